import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { NewUser, UserChange } from '../../contract/access.ts';
import { EXIT } from '../../contract/exit-codes.ts';
import { listedToken, listedUser, tokenTable, userTable } from '../../core/access/user-table.ts';
import { newCode, newToken } from '../../gateway/credentials.ts';
import { GatewayError } from '../../gateway/gateway-client.ts';
import type { RecordClient } from '../../gateway/record-client.ts';
import { DATABASE_FILE, openStore } from '../../store/index.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { Common, TokenWish } from '../commands/users.ts';
import { withTheRecord } from '../record/record-access.ts';
import { whoAmI } from '../review/who.ts';
import { signInAddress } from './starter.ts';

/** Where `up` listens by default: for a link that is made while nothing does. */
const USUAL_ORIGIN = 'http://127.0.0.1:7733';

/** Asks the record of a data folder, as whoever sits here. What it refuses ends the command with the exit code that fits. */
async function asking<T extends object>(
  { env }: CommandContext,
  data: string,
  work: (record: RecordClient) => Promise<T>,
): Promise<T> {
  try {
    return await withTheRecord({ data, env, as: await whoAmI(env) }, work);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const { type, message } = error;
    const missing = type === 'NotFound' || message.startsWith('There is no user');
    throw new CommandError(message, missing ? EXIT.notFound : EXIT.failure);
  }
}

/** `users list`. */
export async function listUsers(context: CommandContext, { data, json }: Common): Promise<void> {
  const users = await asking(context, data, (record) => record.users());
  if (json) context.print(JSON.stringify(users.map(listedUser)));
  else if (users.length > 0) context.print(userTable(users));
  else
    context.report(
      'There are no users. `loopwright up` makes one of who starts it; `loopwright users add` adds others.',
    );
}

/** `users add`: in a folder that may have no record yet. */
export async function addUser(context: CommandContext, { data, json, ...user }: Common & NewUser): Promise<void> {
  if (!existsSync(join(data, DATABASE_FILE))) await (await openStore(data, process.pid)).close();
  const added = await asking(context, data, (record) => record.addUser(user));
  if (json) context.print(JSON.stringify(listedUser(added)));
  else context.print(userTable([added]));
  const differs = JSON.stringify([added.roles, added.scopes]) !== JSON.stringify([user.roles, user.scopes]);
  if (differs || added.disabledAt !== undefined)
    context.report(`${added.name} was there already, and stays so: \`users role\`, \`users enable\` change a user.`);
}

/** `users role | disable | enable`. */
export async function changeUser(context: CommandContext, change: UserChange, { data, json }: Common): Promise<void> {
  const changed = await asking(context, data, (record) => record.changeUser(change));
  context.print(json ? JSON.stringify(listedUser(changed)) : userTable([changed]));
}

/** `users token`: the secret is drawn here, and only its digest leaves the command. */
export async function makeToken(
  context: CommandContext,
  user: string,
  { data, json, scopes, expires, label }: Common & TokenWish,
): Promise<void> {
  const { id, secret, hash } = newToken();
  const until = expires === 'never' ? {} : { expiresAt: Date.now() + expires };
  const made = await asking(context, data, async (record) => {
    const all = scopes ?? (await record.users()).find(({ name }) => name === user)?.scopes ?? [];
    return await record.addApiToken({ id, user, secretHash: hash, label, scopes: [...all], ...until });
  });
  context.print(json ? JSON.stringify({ ...listedToken(made), token: secret }) : secret);
  if (!json)
    context.report(`This is shown once. Keep it where secrets are kept; \`loopwright users revoke ${id}\` ends it.`);
}

/** `users tokens`. */
export async function listTokens(
  context: CommandContext,
  user: string | undefined,
  { data, json }: Common,
): Promise<void> {
  const tokens = await asking(context, data, (record) => record.apiTokens(user));
  if (json) context.print(JSON.stringify(tokens.map(listedToken)));
  else if (tokens.length > 0) context.print(tokenTable(tokens, Date.now()));
  else context.report('There are no API tokens. `loopwright users token <name>` makes one.');
}

/** `users revoke`. */
export async function revokeToken(context: CommandContext, id: string, { data, json }: Common): Promise<void> {
  const revoked = await asking(context, data, (record) => record.revokeApiToken(id));
  context.print(json ? JSON.stringify(listedToken(revoked)) : tokenTable([revoked], Date.now()));
}

/** `users sign-in`: the code is drawn here, and only its digest leaves the command. */
export async function signIn(context: CommandContext, user: string, { data, json }: Common): Promise<void> {
  const { secret, hash } = newCode();
  const { expiresAt, origin } = await asking(context, data, (record) => record.offerSignIn({ user, codeHash: hash }));
  // Without a port it was asked in this very process: nobody serves the folder.
  const served = new URL(origin).protocol === 'https:' || new URL(origin).port !== '';
  const link = signInAddress(served ? origin : USUAL_ORIGIN, secret);
  context.print(json ? JSON.stringify({ link, expiresAt: new Date(expiresAt).toISOString() }) : link);
  if (!served) context.report('Nothing serves this data folder now. Start `loopwright up`, then open the link.');
}
