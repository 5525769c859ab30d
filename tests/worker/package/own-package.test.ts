import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { ownModule } from '../../../worker/package/own-module.ts';
import { ENTRIES } from '../../../worker/package/own-package.ts';

const { exports } = createRequire(import.meta.url)('loopwright/package.json') as { exports: Record<string, string> };

test('a loop that we load gets from us what everybody else gets from the package', () => {
  const ours = Object.entries(ENTRIES).map(([name, path]) => [name.replace('loopwright', '.'), `./dist/${path}.js`]);
  const { './package.json': _data, ...modules } = exports;
  expect(Object.fromEntries(ours)).toEqual(modules);
  for (const path of Object.values(ENTRIES)) expect(existsSync(ownModule(path)), path).toBe(true);
});
