import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What WCAG 2.2 AA is made of. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** What may be otherwise where the same page is narrow. */
const NARROW_RULES = ['target-size', 'scrollable-region-focusable', 'color-contrast', 'aria-hidden-focus'];

let axe: Promise<string> | undefined;

/**
 * Fails with what axe finds wrong with a page, by rule and place: in light, in dark (where colours are others), and 320 px
 * wide, where nothing may have to be scrolled sideways.
 */
export async function expectAccessible(page: Page, name: string): Promise<void> {
  // A page that a form was answered with may be there before its style.
  await page.waitForLoadState('load');
  axe ??= readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(await axe);
  const found = await wrong(page, { type: 'tag', values: TAGS });
  await page.emulateMedia({ colorScheme: 'dark' });
  found.push(...(await wrong(page, { type: 'rule', values: ['color-contrast'] })).map((one) => `dark: ${one}`));
  await page.emulateMedia({ colorScheme: 'light' });
  const size = page.viewportSize() ?? { width: 1280, height: 900 };
  await page.setViewportSize({ width: 320, height: 700 });
  found.push(...(await wrong(page, { type: 'rule', values: NARROW_RULES })).map((one) => `narrow: ${one}`));
  const width = await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  if (width > 0) found.push(`narrow: it has to be scrolled sideways by ${width} px`);
  await page.setViewportSize(size);
  expect(found, name).toEqual([]);
}

interface Only {
  readonly type: 'tag' | 'rule';
  readonly values: readonly string[];
}

async function wrong(page: Page, runOnly: Only): Promise<string[]> {
  const { violations } = await page.evaluate(async (only) => {
    const { axe: run } = globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    return await run.run({ runOnly: only, resultTypes: ['violations'] });
  }, runOnly);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
  );
}
