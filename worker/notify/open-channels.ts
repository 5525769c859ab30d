import { mistakeLine } from '../../contract/mistake.ts';
import type { Channel } from '../../contract/notify-file.ts';
import { secretKey } from '../../gateway/signatures.ts';
import { CommandError } from '../command.ts';
import type { OpenChannel } from './channel.ts';
import { emailChannel } from './email.ts';
import type { ReadNotify } from './notify-file.ts';
import { urlMistake } from './target-url.ts';
import { slackChannel, webhookChannel } from './webhook.ts';

/** Shortest secret, in bytes: what is shorter can be guessed. */
const LEAST_SECRET_BYTES = 16;

/** Where channels get what is not in the file. */
export interface ChannelSurroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Certificates to trust in place of those that Node does, as PEM. `NODE_EXTRA_CA_CERTS` is for everybody else. */
  readonly authorities?: string | undefined;
}

/**
 * The channels of a file, with the secrets that it names.
 * @throws CommandError naming the file, the channel and the fix, and never a value; also where a secret is not in the environment.
 */
export function openChannels({ file, value, mistakes }: ReadNotify, around: ChannelSurroundings): OpenChannel[] {
  if (mistakes.length > 0) throw new CommandError(mistakes.map(mistakeLine).join('\n'));
  return (value?.channels ?? []).map((channel) => open(channel, `${file}: channel \`${channel.name}\``, around));
}

function open(channel: Channel, where: string, { env, authorities }: ChannelSurroundings): OpenChannel {
  switch (channel.kind) {
    case 'webhook': {
      const { url, urlEnv, secretEnv, allowPrivate } = channel;
      const target = { ...channel, url: url ?? urlOf(where, urlEnv ?? '', allowPrivate, env) };
      return webhookChannel(target, secretOf(where, secretEnv, env));
    }
    case 'slack':
      return slackChannel({ ...channel, url: urlOf(where, channel.urlEnv, channel.allowPrivate, env) });
    case 'email': {
      const { passwordEnv } = channel;
      const password = passwordEnv === undefined ? undefined : valueOf(where, passwordEnv, 'its password', env);
      return emailChannel(channel, password, authorities);
    }
  }
}

function valueOf(where: string, variable: string, what: string, env: NodeJS.ProcessEnv): string {
  const value = env[variable] ?? '';
  if (value !== '') return value;
  throw new CommandError(`${where} needs ${variable}, which is not set. Set it where the worker starts to ${what}.`);
}

function urlOf(where: string, variable: string, allowPrivate: readonly string[], env: NodeJS.ProcessEnv): string {
  const url = valueOf(where, variable, 'the URL of the webhook', env);
  const wrong = urlMistake(url, allowPrivate);
  if (wrong === undefined) return url;
  throw new CommandError(`${where}: ${variable}: ${wrong.rule}. Fix: ${wrong.fix}`);
}

function secretOf(where: string, variable: string, env: NodeJS.ProcessEnv): string {
  const secret = valueOf(where, variable, 'the secret that the receiver verifies with', env);
  const { length } = secretKey('standard', secret);
  if (length >= LEAST_SECRET_BYTES) return secret;
  throw new CommandError(
    `${where}: ${variable} has a secret of ${length} bytes, and ${LEAST_SECRET_BYTES} or more are needed (base64, after \`whsec_\`).`,
  );
}
