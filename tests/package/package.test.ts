import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { execute, install, type Installed } from '../support/packed.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const bin = (name: string): string => join(ROOT, 'node_modules', '.bin', name);

/** Most runtime dependencies that the package may have; those without which it works as well are counted apart. */
const MOST_DEPENDENCIES = 25;

let installed: Installed;
beforeAll(async () => (installed = await install()), 180_000);

describe('the tarball', () => {
  test('is one that publint and attw have nothing against', async () => {
    const lint = await execute(bin('publint'), ['--strict', installed.tarball], installed.folder);
    expect(lint, lint.stdout).toMatchObject({ code: 0 });
    const types = await execute(bin('attw'), ['--profile', 'esm-only', installed.tarball], installed.folder);
    expect(types, types.stdout).toMatchObject({ code: 0 });
  }, 120_000);

  test('has few dependencies, none of which needs an install script, and declarations, source maps and docs', async () => {
    const { dependencies, optionalDependencies = {} } = JSON.parse(await installedFile('package.json')) as {
      dependencies: Record<string, string>;
      optionalDependencies?: Record<string, string>;
    };
    expect(Object.keys(dependencies).length).toBeLessThanOrEqual(MOST_DEPENDENCIES);
    expect(Object.keys(optionalDependencies)).toEqual(['onnxruntime-node']);
    const { stdout } = await execute('tar', ['-tzf', installed.tarball], installed.folder);
    const files = stdout
      .trim()
      .split('\n')
      .map((file) => file.replace('package/', ''));
    // What browsers are given is served as it was written.
    const modules = files.filter(
      (file) => file.startsWith('dist/') && file.endsWith('.js') && !file.startsWith('dist/gateway/pages/assets/'),
    );
    for (const module of modules) {
      expect(files).toContain(`${module}.map`);
      expect(files).toContain(module.replace(/\.js$/, '.d.ts'));
    }
    const { sourcesContent } = JSON.parse(await installedFile('dist/core/rule.js.map')) as { sourcesContent: string[] };
    expect(sourcesContent[0]).toContain('export function parseRule');
    for (const kind of ['tutorial', 'how-to', 'reference', 'explanation'])
      expect(
        files.filter((file) => file.startsWith(`docs/${kind}/`)),
        kind,
      ).not.toEqual([]);
    expect(
      files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts') && !file.includes('init/template/')),
    ).toEqual([]);
    expect(files.filter((file) => /^(tests|bench|docs\/generate)\//.test(file))).toEqual([]);
  });

  test.each([
    [
      'loopwright',
      'InvalidLoop check compute defineFinder defineLoop documents failure files find git http human judge lessons model pairwise panel source sql stage',
    ],
    ['loopwright/workflow', 'default loopWorkflow'],
    [
      'loopwright/client',
      'LoopClient OUTCOMES SEARCH_ATTRIBUTES TASK_QUEUE TASK_TIMEOUT approveSignal decideUpdate rejectSignal reviseSignal statusQuery stopSignal watchRun',
    ],
    ['loopwright/worker', 'LoopwrightPlugin TASK_QUEUE createActivities'],
    ['loopwright/testing', 'TestEnvironment replayAll scriptedModel'],
  ])('%s exports by name: %s', async (entry, names) => {
    const script = `console.log(Object.keys(await import(${JSON.stringify(entry)})).toSorted().join(' '))`;
    const { stdout, stderr } = await execute('node', ['--input-type=module', '-e', script], installed.folder);
    expect(stdout.trim(), stderr).toBe(names);
  });

  test('keeps to itself what it does not export', async () => {
    const script = `await import('loopwright/dist/store/index.js')`;
    const { code, stderr } = await execute('node', ['--input-type=module', '-e', script], installed.folder);
    expect(code).toBe(1);
    expect(stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  test('has types that a strict project takes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'loopwright-strict-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await symlink(join(installed.folder, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'use.mts'), USE);
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: STRICT, include: ['*.mts'] }));
    const { stdout } = await execute(bin('tsc'), ['--project', '.'], folder);
    expect(stdout).toBe('');
  }, 60_000);
});

const STRICT = {
  target: 'es2024',
  lib: ['es2024', 'esnext.disposable'],
  module: 'nodenext',
  strict: true,
  declaration: true,
  outDir: 'declared',
  skipLibCheck: true,
  types: [],
};

const USE = `
import { check, compute, defineLoop, model, stage } from 'loopwright';
import { LoopClient, type RunResult } from 'loopwright/client';
import { scriptedModel, TestEnvironment } from 'loopwright/testing';
import { loopWorkflow, type Run } from 'loopwright/workflow';
import { createActivities, type LoopwrightPlugin } from 'loopwright/worker';
import { z } from 'zod';

const In = z.object({ topic: z.string() });
const Out = z.object({ title: z.string() });
export const titles = defineLoop<z.infer<typeof In>, z.infer<typeof Out>>({
  name: 'titles',
  input: In,
  output: Out,
  stages: {
    main: {
      generate: model(),
      verify: [check('on-topic', (output, input) => ({ verdict: output.title.includes(input.topic) ? 'pass' : 'fail', evidence: output.title }))],
    },
  },
});
export const byModel = model<z.infer<typeof In>, z.infer<typeof Out>>();
export const byFunction = compute<z.infer<typeof In>, z.infer<typeof Out>>('titles', ({ topic }) => ({ title: topic }));
export const aside = stage(Out, { generate: byFunction, verify: [check('named', ({ title }) => ({ verdict: title ? 'pass' : 'fail', evidence: title }))] });
export const titled = loopWorkflow('titled', async (run: Run) => await run.stage<{ title: string }>('main'));
export const environment: Promise<TestEnvironment> = TestEnvironment.create({ loops: '.', models: { default: scriptedModel([{ title: 'x' }]) } });
export const result = (client: LoopClient): Promise<RunResult> => client.result('titles-1');
export type Plugin = LoopwrightPlugin;
export const activities: typeof createActivities = createActivities;
// @ts-expect-error an output has no such field
check<z.infer<typeof In>, z.infer<typeof Out>>('wrong', (output) => ({ verdict: 'pass', evidence: output.nothing }));
`;

async function installedFile(path: string): Promise<string> {
  return await readFile(join(installed.folder, 'node_modules', 'loopwright', path), 'utf8');
}
