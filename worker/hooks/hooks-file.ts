import ms, { type StringValue } from 'ms';
import { HooksFile, type HookSource } from '../../contract/hooks.ts';
import { mistakeLine, type Mistake } from '../../contract/mistake.ts';
import { compileHook, HOOK_VARIABLES } from '../../core/hooks/match.ts';
import { nearest } from '../../core/nearest.ts';
import type { HookSources } from '../../gateway/hook-source.ts';
import { secretKey } from '../../gateway/signatures.ts';
import { CommandError } from '../command.ts';
import { celMistakes } from '../load/cel-mistakes.ts';
import { readNamedFile } from '../load/named-file.ts';
import type { MistakeAt } from '../load/schema-mistakes.ts';
import { readYaml } from '../load/yaml-file.ts';

/** File that says who may send webhooks. Its name can be changed with `LOOPWRIGHT_HOOKS`. */
export const HOOKS_FILE = 'hooks.yaml';

/** Shortest secret, in bytes: what is shorter can be guessed. */
const LEAST_SECRET_BYTES = 16;

/** `hooks.yaml` as it was read, with every mistake in it. No secret and no loop is needed for that. */
export interface ReadHooks {
  readonly file: string;
  /** Undefined where there is no such file, or it does not fit its schema. */
  readonly value: HooksFile | undefined;
  readonly mistakes: readonly Mistake[];
  /** A mistake at a field, with its line. */
  readonly mistake: MistakeAt;
}

/** Reads the file that says who may send; without the file nobody may. */
export async function readHooksFile(env: NodeJS.ProcessEnv): Promise<ReadHooks> {
  const read = await readNamedFile(env, 'LOOPWRIGHT_HOOKS', HOOKS_FILE);
  const { file } = read;
  const { value, mistakes, mistake } = readYaml(read.kind === 'read' ? read.text : '', file, HooksFile);
  if (read.kind === 'absent') return { file, value: undefined, mistakes: [], mistake };
  if (read.kind === 'unreadable') return { file, value: undefined, mistakes: [read.mistake], mistake };
  const ofRules = Object.entries(value?.sources ?? {}).flatMap(([name, source]) => [
    ...sourceMistakes(name, source, mistake),
  ]);
  return { file, value, mistakes: [...mistakes, ...ofRules], mistake };
}

/** Rules that start loops which are not among those that there are. */
export function hookLoopMistakes({ value, mistake }: ReadHooks, loops: readonly string[]): Mistake[] {
  return Object.entries(value?.sources ?? {}).flatMap(([name, { rules }]) =>
    rules.flatMap(({ loop }, index) => {
      if (loop === undefined || loops.includes(loop)) return [];
      const near = nearest(loop, loops);
      const fix = near === undefined ? `Use one of ${loops.join(', ')}.` : `Did you mean \`${near}\`?`;
      return [mistake(['sources', name, 'rules', index, 'loop'], `there is no loop "${loop}"`, fix)];
    }),
  );
}

function* sourceMistakes(name: string, { rules }: HookSource, mistake: MistakeAt): Generator<Mistake, void> {
  const at = { mistake };
  for (const [index, rule] of rules.entries()) {
    const path = ['sources', name, 'rules', index];
    yield* celMistakes(rule.when, HOOK_VARIABLES, [...path, 'when'], at);
    for (const [field, text] of expressionsOf(rule))
      yield* celMistakes(text, HOOK_VARIABLES, [...path, ...field], at, '');
    if (rule.loop === undefined && (rule.input !== undefined || rule.key !== undefined))
      yield mistake(
        path,
        'a rule without `loop` starts nothing, so it has no `input` and no `key`',
        'Name the `loop`.',
      );
    if (rule.when === 'true' && index < rules.length - 1)
      yield mistake(
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
 * Who may send, with the secrets that `hooks.yaml` names.
 * @throws CommandError naming the file, the field and the fix; also where a secret is not in the environment.
 */
export function hookSources({ file, value, mistakes }: ReadHooks, env: NodeJS.ProcessEnv): HookSources {
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
  const { length } = secretKey(kind, secret);
  if (length >= LEAST_SECRET_BYTES) return secret;
  throw new CommandError(
    `${where}: ${variable} has a secret of ${length} bytes, and ${LEAST_SECRET_BYTES} or more are needed${kind === 'standard' ? ' (base64, after `whsec_`)' : ''}. ${fix}`,
  );
}
