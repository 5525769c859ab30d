import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_FILE } from '../models/config.ts';
import { KEYS, secretValues } from '../redactor.ts';
import { ok, type Check, type DoctorSettings, type Finding } from './check.ts';
import type { FoundLoops } from './loops.ts';

/** Whether a secret stands in a file that people share. */
export function secretsCheck({ env }: DoctorSettings, loops: () => Promise<FoundLoops>): Check {
  return {
    name: 'secrets in files',
    run: async () => {
      const { folders } = await loops().catch(() => ({ folders: [] }));
      const files = [env['LOOPWRIGHT_CONFIG'] ?? CONFIG_FILE, ...folders.map((folder) => join(folder, 'harness.yaml'))];
      const places = await Promise.all(files.map((file) => placesIn(file, secretValues(env))));
      return look(places.flat(), files.length);
    },
  };
}

function look(places: readonly string[], looked: number): Finding {
  if (places.length === 0) return ok(`none in loopwright.yaml and ${looked - 1} harness files`);
  return {
    kind: 'warn',
    saw: `what looks like a key stands at ${places.join(', ')}`,
    fix: 'take it out, revoke it at its provider if the file was ever shared, and name an environment variable instead (`apiKeyEnv: MY_KEY`)',
  };
}

async function placesIn(file: string, values: readonly string[]): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line, index) => {
    const has = line.search(KEYS) >= 0 || values.some((value) => line.includes(value));
    return has ? [`${file}:${index + 1}`] : [];
  });
}
