import { readFile } from 'node:fs/promises';
import ms, { type StringValue } from 'ms';
import { HooksFile, type HookSource } from '../../contract/hooks.ts';
import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import { compileHook, HOOK_VARIABLES } from '../../core/hooks/match.ts';
import { nearest } from '../../core/nearest.ts';
import type { HookSources } from '../../gateway/hook-source.ts';
import { CommandError } from '../command.ts';
import { celMistakes } from '../load/cel-mistakes.ts';
import { readYaml, type YamlFile } from '../load/yaml-file.ts';

/** File that says who may send webhooks. Its name can be changed with `LOOPWRIGHT_HOOKS`. */
export const HOOKS_FILE = 'hooks.yaml';

/** Shortest secret, in bytes: what is shorter can be guessed. */
const LEAST_SECRET_BYTES = 16;

/** `hooks.yaml` as it was read, with every mistake in it. No secret is needed for that. */
export interface ReadHooks {
  readonly file: string;
  /** Undefined where there is no such file, or it has mistakes. */
  readonly value: HooksFile | undefined;
  readonly mistakes: readonly Mistake[];
}

/** Reads the file that says who may send; without the file nobody may. `loops` are those that rules may start, where they are known. */
export async function readHooksFile(env: NodeJS.ProcessEnv, loops?: readonly string[]): Promise<ReadHooks> {
  const file = env['LOOPWRIGHT_HOOKS'] ?? HOOKS_FILE;
  try {
    return readText(await readFile(file, 'utf8'), file, loops);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    if (code === 'ENOENT' && env['LOOPWRIGHT_HOOKS'] === undefined) return { file, value: undefined, mistakes: [] };
    const fix = 'Create it, or name another with LOOPWRIGHT_HOOKS.';
    return { file, value: undefined, mistakes: [{ file, rule: `cannot be read: ${message}`, fix }] };
  }
}

function readText(text: string, file: string, loops: readonly string[] | undefined): ReadHooks {
  const read = readYaml(text, file, HooksFile);
  if (read.value === undefined) return { file, value: undefined, mistakes: read.mistakes };
  const mistakes = Object.entries(read.value.sources).flatMap(([name, source]) => [
    ...sourceMistakes(name, source, read, loops),
  ]);
  return { file, value: mistakes.length === 0 ? read.value : undefined, mistakes };
}

function* sourceMistakes(
  name: string,
  { rules }: HookSource,
  at: YamlFile<HooksFile>,
  loops: readonly string[] | undefined,
): Generator<Mistake, void> {
  for (const [index, rule] of rules.entries()) {
    const path = ['sources', name, 'rules', index];
    yield* celMistakes(rule.when, HOOK_VARIABLES, [...path, 'when'], at);
    for (const [field, text] of expressionsOf(rule))
      yield* celMistakes(text, HOOK_VARIABLES, [...path, ...field], at, '');
    if (rule.loop === undefined && (rule.input !== undefined || rule.key !== undefined))
      yield at.mistake(
        path,
        'a rule without `loop` starts nothing, so it has no `input` and no `key`',
        'Name the `loop`.',
      );
    if (rule.loop !== undefined && loops !== undefined && !loops.includes(rule.loop)) {
      const near = nearest(rule.loop, loops);
      const fix = near === undefined ? `Use one of ${loops.join(', ')}.` : `Did you mean \`${near}\`?`;
      yield at.mistake([...path, 'loop'], `there is no loop "${rule.loop}"`, fix);
    }
    if (rule.when === 'true' && index < rules.length - 1)
      yield at.mistake(
        path,
        'a rule without `when` always holds, so those after it are never reached',
        'Put it last, or give it a `when`.',
      );
  }
}

/** The expressions of a rule that give values, by where they stand. */
function expressionsOf({ input, key, requestedBy, order }: HookSource['rules'][number]): [string[], string][] {
  const fields: [string[], string | undefined][] = [
    [['key'], key],
    [['requestedBy'], requestedBy],
    [['order', 'subject'], order?.subject],
    [['order', 'version'], order?.version],
    ...(typeof input === 'string'
      ? [[['input'], input] as [string[], string]]
      : Object.entries(input ?? {}).map(([name, text]): [string[], string] => [['input', name], text])),
  ];
  return fields.filter((field): field is [string[], string] => field[1] !== undefined);
}

/**
 * Reads `hooks.yaml` and the secrets that it names.
 * @throws CommandError naming the file, the field and the fix; also where a secret is not in the environment.
 */
export async function readHooks(env: NodeJS.ProcessEnv): Promise<HookSources> {
  const { file, value, mistakes } = await readHooksFile(env);
  if (mistakes.length > 0) throw new CommandError(mistakes.map(mistakeLine).join('\n'));
  const sources = Object.entries(value?.sources ?? {}).map(([name, source]) => {
    const secrets = source.secrets.map((variable) => secretOf(`${file}: source \`${name}\``, source, variable, env));
    const toleranceMs = ms(source.tolerance as StringValue);
    return [name, { kind: source.kind, secrets, toleranceMs, match: compileHook(source.rules) }] as const;
  });
  return new Map(sources);
}

function secretOf(where: string, { kind }: HookSource, variable: string, env: NodeJS.ProcessEnv): string {
  const secret = env[variable] ?? '';
  const fix = `Set ${variable} where the worker starts to the secret that the sender signs with.`;
  if (secret === '') throw new CommandError(`${where} is signed with ${variable}, which is not set. ${fix}`);
  const bytes = kind === 'standard' ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64') : Buffer.from(secret);
  if (bytes.length >= LEAST_SECRET_BYTES) return secret;
  throw new CommandError(
    `${where}: ${variable} has a secret of ${bytes.length} bytes, and ${LEAST_SECRET_BYTES} or more are needed${kind === 'standard' ? ' (base64, after `whsec_`)' : ''}. ${fix}`,
  );
}
