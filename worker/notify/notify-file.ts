import { privateEntry } from '../../activities/sources/addresses.ts';
import type { Mistake } from '../../contract/mistake.ts';
import { NotifyFile, type Channel } from '../../contract/notify-file.ts';
import { nearest } from '../../core/nearest.ts';
import { NOTICE_VARIABLES } from '../../core/notify/routing.ts';
import { celMistakes } from '../load/cel-mistakes.ts';
import { got } from '../load/expectation.ts';
import { readNamedFile } from '../load/named-file.ts';
import type { MistakeAt } from '../load/schema-mistakes.ts';
import { readYaml } from '../load/yaml-file.ts';
import { urlMistake } from './target-url.ts';

/** File that says whom to tell. Its name can be changed with `LOOPWRIGHT_NOTIFY`. */
export const NOTIFY_FILE = 'notify.yaml';

/** `notify.yaml` as it was read, with every mistake in it. No secret is needed for that. */
export interface ReadNotify {
  readonly file: string;
  /** Undefined where there is no such file, or it does not fit its schema. */
  readonly value: NotifyFile | undefined;
  readonly mistakes: readonly Mistake[];
}

/** Reads the file that says whom to tell; without the file nobody is told. */
export async function readNotifyFile(env: NodeJS.ProcessEnv): Promise<ReadNotify> {
  const read = await readNamedFile(env, 'LOOPWRIGHT_NOTIFY', NOTIFY_FILE);
  const { file } = read;
  if (read.kind === 'absent') return { file, value: undefined, mistakes: [] };
  if (read.kind === 'unreadable') return { file, value: undefined, mistakes: [read.mistake] };
  const { value, mistakes, mistake } = readYaml(read.text, file, NotifyFile);
  if (value === undefined) return { file, value, mistakes };
  return { file, value, mistakes: [...channelMistakes(value, mistake), ...ruleMistakes(value, mistake)] };
}

function* channelMistakes({ channels }: NotifyFile, mistake: MistakeAt): Generator<Mistake, void> {
  for (const [index, channel] of channels.entries()) {
    const at = (field: string) => ['channels', index, field];
    if (channels.findIndex(({ name }) => name === channel.name) < index)
      yield mistake(at('name'), `another channel is called ${channel.name} too`, 'Give it a name of its own.');
    if (channel.kind === 'email') yield* emailMistakes(channel, at, mistake);
    else yield* privateMistakes(channel.allowPrivate, at, mistake);
    if (channel.kind === 'webhook') yield* webhookMistakes(channel, at, mistake);
  }
}

type At = (field: string) => PropertyKey[];

function* webhookMistakes(
  { url, urlEnv, allowPrivate }: Extract<Channel, { kind: 'webhook' }>,
  at: At,
  mistake: MistakeAt,
): Generator<Mistake, void> {
  if ((url === undefined) === (urlEnv === undefined))
    yield mistake(
      at(url === undefined ? 'name' : 'urlEnv'),
      `expected \`url\` or \`urlEnv\`, got ${url === undefined ? 'neither' : 'both'}`,
      url === undefined ? 'Add `url: https://…`.' : 'Remove one of them.',
    );
  const wrong = url === undefined ? undefined : urlMistake(url, allowPrivate);
  if (wrong !== undefined) yield mistake(at('url'), wrong.rule, wrong.fix);
}

function* privateMistakes(entries: readonly string[], at: At, mistake: MistakeAt): Generator<Mistake, void> {
  for (const [index, entry] of entries.entries())
    if (privateEntry(entry) === undefined)
      yield mistake(
        [...at('allowPrivate'), index],
        `expected a private address, or a network of them, with its port, got ${got(entry)}`,
        'Write it as `127.0.0.1:8080`, `10.2.0.0/16:443` or `[fd12::/16]:443`; link-local addresses are never allowed.',
      );
}

function* emailMistakes(
  { user, passwordEnv, tls, port }: Extract<Channel, { kind: 'email' }>,
  at: At,
  mistake: MistakeAt,
): Generator<Mistake, void> {
  if ((user === undefined) !== (passwordEnv === undefined))
    yield mistake(
      at(user === undefined ? 'passwordEnv' : 'user'),
      '`user` and `passwordEnv` go together',
      `Add \`${user === undefined ? 'user' : 'passwordEnv'}\`, or remove the other.`,
    );
  if (tls === 'none' && user !== undefined)
    yield mistake(
      at('tls'),
      'a password would be sent so that everybody on the way can read it',
      'Write `tls: starttls` or `tls: tls`, or remove `user` and `passwordEnv`.',
    );
  if (tls === 'starttls' && port === 465)
    yield mistake(at('tls'), 'port 465 is encrypted from the start', 'Write `tls: tls`, or `port: 587`.');
}

function* ruleMistakes({ channels, rules }: NotifyFile, mistake: MistakeAt): Generator<Mistake, void> {
  const names = channels.map(({ name }) => name);
  for (const [index, { when, to }] of (rules ?? []).entries()) {
    yield* celMistakes(when, NOTICE_VARIABLES, ['rules', index, 'when'], { mistake });
    for (const [place, name] of to.entries()) {
      if (names.includes(name)) continue;
      const near = nearest(name, names);
      const fix = near === undefined ? `Use some of ${names.join(', ')}.` : `Did you mean \`${near}\`?`;
      yield mistake(['rules', index, 'to', place], `there is no channel ${got(name)}`, fix);
    }
  }
  for (const [index, name] of rules === undefined ? [] : names.entries())
    if (!(rules ?? []).some(({ to }) => to.includes(name)))
      yield mistake(['channels', index, 'name'], `no rule sends anything to ${name}`, 'Name it in the `to` of a rule.');
}
