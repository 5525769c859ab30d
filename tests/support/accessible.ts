import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What WCAG 2.2 AA is made of. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

let axe: Promise<string> | undefined;

/** Fails with what axe finds wrong with a page, by rule and place; and where it has to be scrolled sideways. */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  axe ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(await axe);
  const { violations } = await page.evaluate(async (tags) => {
    const { axe: run } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    return await run.run({ runOnly: { type: 'tag', values: tags } });
  }, TAGS);
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
  expect(found, name).toEqual([]);
  const width = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  expect(width, `${name} has to be scrolled sideways`).toBeLessThanOrEqual(0);
}
