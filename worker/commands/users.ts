import { Command, InvalidArgumentError } from 'commander';
import ms, { type StringValue } from 'ms';
import { SCOPES, UserName, type Scope } from '../../contract/access.ts';
import type { CommandContext } from '../command.ts';
import { dataOption } from './options.ts';

/** What all of them may be told. */
export interface Common {
  readonly json: boolean;
  readonly data: string;
}

const HELP = `
A user may have three scopes: read (look at everything), decide (approve, reject, edit, answer), start (runs). Roles are
words of yours, which approval policies name. Nobody is deleted: what they decided names them. Every change is on the
audit log. These commands are for whoever can read the data folder; users cannot change users.`;

/** `loopwright users`: who may use the gateway. */
export function usersCommand(context: CommandContext): Command {
  const users = new Command('users').description('who may use the gateway, and with what').addHelpText('after', HELP);
  const data = dataOption(context);
  const inner = (name: string, words: string): Command =>
    users
      .command(name, { isDefault: name === 'list' })
      .description(words)
      .option(...data);
  inner('list', 'list users, by name')
    .option('--json', 'print one JSON array of objects', false)
    .action(async (options: Common) => (await work()).listUsers(context, options));
  inner('add', 'add a user')
    .argument('<name>', 'such as ada@example.com', userName)
    .option('--scopes <scopes>', `what the user may do: ${SCOPES.join(',')}`, scopeList, ['read', 'decide'])
    .option('--roles <roles>', 'roles, with commas between', list, [])
    .option('--json', 'print the user as one JSON object', false)
    .action(async (name: string, options: Common & { readonly scopes: Scope[]; readonly roles: string[] }) =>
      (await work()).addUser(context, { ...options, name }),
    );
  inner('role', "replace a user's roles, or scopes")
    .argument('<name>', 'the user', userName)
    .argument('[roles]', 'roles, with commas between; "" for none', list)
    .option('--scopes <scopes>', `what the user may do: ${SCOPES.join(',')}`, scopeList)
    .option('--json', 'print the user as one JSON object', false)
    .action(async (name: string, roles: string[] | undefined, options: Common & { readonly scopes?: Scope[] }) => {
      const { scopes, ...common } = options;
      await (await work()).changeUser(context, { name, ...(roles && { roles }), ...(scopes && { scopes }) }, common);
    });
  for (const [word, disabled, words] of [
    ['disable', true, 'let nobody in under this name any more: sessions end, tokens are refused, at once'],
    ['enable', false, 'let a disabled user in again'],
  ] as const)
    inner(word, words)
      .argument('<name>', 'the user', userName)
      .option('--json', 'print the user as one JSON object', false)
      .action(async (name: string, options: Common) => (await work()).changeUser(context, { name, disabled }, options));
  inner('token', 'make an API token of a user, and print it: it is shown this once')
    .argument('<name>', 'the user', userName)
    .option('--scopes <scopes>', 'what the token is good for (default: all that its user may do)', scopeList)
    .option('--expires <time>', 'when it expires: "90 days", "12 hours", never', lifetime, ms('90 days'))
    .option('--label <words>', 'what it is for', label, '')
    .option('--json', 'print one JSON object: { id, token, user, … }', false)
    .action(async (name: string, options: Common & TokenWish) => (await work()).makeToken(context, name, options));
  inner('tokens', 'list API tokens, newest first')
    .argument('[name]', 'only of this user', userName)
    .option('--json', 'print one JSON array of objects', false)
    .action(async (name: string | undefined, options: Common) => (await work()).listTokens(context, name, options));
  inner('revoke', 'revoke an API token: it is refused at once')
    .argument('<token>', 'its id, as `users tokens` shows it')
    .option('--json', 'print the token as one JSON object', false)
    .action(async (id: string, options: Common) => (await work()).revokeToken(context, id, options));
  inner('sign-in', 'print a link that signs a user in, once, within ten minutes')
    .argument('<name>', 'the user', userName)
    .option('--json', 'print one JSON object: { link, expiresAt }', false)
    .action(async (name: string, options: Common) => (await work()).signIn(context, name, options));
  return users;
}

/** What a token is to be good for. */
export interface TokenWish {
  readonly scopes?: Scope[];
  /** In milliseconds from now; `never`. */
  readonly expires: number | 'never';
  readonly label: string;
}

const work = async () => await import('../access/users-work.ts');

function userName(text: string): string {
  const { success, data, error } = UserName.safeParse(text);
  if (!success) throw new InvalidArgumentError(error.issues[0]?.message ?? '');
  return data;
}

const list = (text: string): string[] => text.split(',').flatMap((word) => (word.trim() === '' ? [] : [word.trim()]));

function scopeList(text: string): Scope[] {
  const words = list(text);
  const unknown = words.find((word) => !(SCOPES as readonly string[]).includes(word));
  if (unknown !== undefined || words.length === 0)
    throw new InvalidArgumentError(`expected some of ${SCOPES.join(', ')}, with commas between`);
  return words as Scope[];
}

function label(text: string): string {
  if (text.length > 200) throw new InvalidArgumentError('expected at most 200 characters');
  return text;
}

/** Longest that a token may last, unless it never expires: longer is a slip of the keyboard. */
const LONGEST_MS = ms('10 years');

function lifetime(text: string): number | 'never' {
  if (text === 'never') return text;
  const value = /^\d/.test(text) && text.length <= 40 ? ms(text as StringValue) : Number.NaN;
  if (!Number.isFinite(value) || value <= 0 || value > LONGEST_MS)
    throw new InvalidArgumentError('expected a time up to 10 years, such as "90 days" or "12 hours", or never');
  return value;
}
