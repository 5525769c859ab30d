import { spawnSync } from 'node:child_process';
import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const OUT = 'dist';

/** Builds the package into `dist/`: the same tree as JavaScript with declarations and source maps, and the loops' own files. */
await rm(OUT, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json'],
  {
    stdio: 'inherit',
  },
);
if (status !== 0) process.exit(status ?? 1);
/** Files that are read as they are: the loops' own, and what `init` writes. */
const AS_THEY_ARE = [
  { folder: 'loops', wants: (name: string) => !name.endsWith('.ts') },
  { folder: 'worker/init/template', wants: () => true },
  { folder: 'gateway/pages/assets', wants: () => true },
];
for (const { folder, wants } of AS_THEY_ARE) {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && wants(entry.name)) await cp(path, join(OUT, path));
  }
}
