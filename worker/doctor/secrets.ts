import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_FILE } from '../models/config.ts';
import { ok, type Check, type DoctorSettings, type Finding } from './check.ts';
import type { FoundLoops } from './loops.ts';

/** What keys of known providers look like: OpenAI and its kind, GitHub, Slack, AWS, Google, Hugging Face, JSON Web Tokens. */
const KEYS =
  /\b(?:sk-[A-Za-z0-9_-]{12,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abposr]-[\w-]{10,}|AKIA[A-Z0-9]{16}|AIza[\w-]{30,}|hf_[A-Za-z0-9]{20,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*)/g;

/** Variables whose values are secrets, by their names. */
const SECRET_NAME = /(?:KEY|TOKEN|SECRET|PASSWORD)$/;
/** Shorter values would hide words. */
const SHORTEST_SECRET = 8;

/** Hides what looks like a key, and every value of a variable that is named like a secret: messages of parsers quote lines of files. */
export function redactor(env: NodeJS.ProcessEnv): (text: string) => string {
  const values = secretValues(env);
  return (text) => {
    const hidden = values.reduce((rest, value) => rest.replaceAll(value, '…'), text);
    return hidden.replace(KEYS, (found) => `${found.slice(0, 3)}…`);
  };
}

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

/** Longest first, so that no part of one is left when another that begins alike is hidden. */
function secretValues(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env)
    .flatMap(([name, value = '']) => (SECRET_NAME.test(name) && value.length >= SHORTEST_SECRET ? [value] : []))
    .toSorted((one, other) => other.length - one.length);
}
