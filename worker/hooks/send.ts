import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text as all } from 'node:stream/consumers';
import { z } from 'zod';
import { EXIT } from '../../contract/exit-codes.ts';
import { mistakeLine } from '../../contract/mistake.ts';
import { readGatewayFile } from '../../gateway/gateway-file.ts';
import { Refusal } from '../../gateway/refusals.ts';
import { SIGN } from '../../gateway/sign.ts';
import { CommandError, type CommandContext } from '../command.ts';
import { isAlive } from '../temporal/tether.ts';
import { readHooksFile } from './hooks-file.ts';

/** What to send. */
export interface SendOptions {
  /** `-` is stdin. */
  readonly bodyFile: string;
  readonly event: string;
  readonly id?: string;
  readonly data: string;
}

const Answer = z.object({ source: z.string(), delivery: z.string(), known: z.boolean() });

/** A sender waits this long for a gateway on the same machine, in milliseconds. */
const PATIENCE_MS = 10_000;

/** Sends a delivery to the process that owns a data folder, signed as the source would. @throws CommandError with what is missing. */
export async function send(
  { env }: CommandContext,
  name: string,
  options: SendOptions,
): Promise<z.infer<typeof Answer>> {
  const { file, value, mistakes } = await readHooksFile(env);
  if (mistakes.length > 0) throw new CommandError(mistakes.map(mistakeLine).join('\n'));
  const source = value !== undefined && Object.hasOwn(value.sources, name) ? value.sources[name] : undefined;
  if (source === undefined) {
    const known = Object.keys(value?.sources ?? {}).join(', ') || 'none';
    throw new CommandError(`${file} has no source \`${name}\`. It has: ${known}.`, EXIT.notFound);
  }
  const [variable = ''] = source.secrets;
  const secret = env[variable] ?? '';
  if (secret === '')
    throw new CommandError(`${variable}, with which ${name} signs, is not set here. Set it as the worker has it.`);
  const gateway = await readGatewayFile(options.data);
  if (gateway === undefined || !isAlive(gateway.pid))
    throw new CommandError(
      `Nobody owns ${options.data}. Start \`loopwright up\` there, or name its folder with --data.`,
      EXIT.notFound,
    );
  const body = await bodyOf(options.bodyFile);
  const signed = SIGN[source.kind]({
    secret,
    id: options.id ?? randomUUID(),
    at: Date.now(),
    event: options.event,
    body,
  });
  const response = await fetch(`http://127.0.0.1:${gateway.port}/hooks/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...signed },
    body,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const said: unknown = await response.json();
  const answer = Answer.safeParse(said);
  if (answer.success) return answer.data;
  const refused = Refusal.safeParse(said);
  throw new CommandError(refused.success ? refused.data.error.message : `The gateway answered ${response.status}.`);
}

async function bodyOf(file: string): Promise<string> {
  if (file === '-') return await all(process.stdin);
  return await readFile(file, 'utf8').catch((error: Error) => {
    throw new CommandError(`The body cannot be read from ${file}: ${error.message}.`, EXIT.notFound);
  });
}
