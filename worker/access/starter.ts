import { hostname, userInfo } from 'node:os';
import { SCOPES, UserName } from '../../contract/access.ts';
import { newCode } from '../../gateway/credentials.ts';
import type { Store } from '../../store/ports.ts';

/** Who started this process, as a user's name: `<user>@<host>`. */
export function starterName(env: NodeJS.ProcessEnv): string {
  const name = `${systemUser(env)}@${hostname()}`.replaceAll(/[\s,\p{C}]/gu, '-');
  return UserName.parse(name.slice(0, 200));
}

function systemUser(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return env['USER'] ?? env['USERNAME'] ?? 'owner';
  }
}

/**
 * A link that signs in who started this process, once, for ten minutes. Where there are no users at all, the starter becomes one
 * who may do everything; where others are and the starter is none of them, or disabled, there is no link.
 */
export async function starterLink(
  { users, signIns }: Pick<Store, 'users' | 'signIns'>,
  { name, origin, now }: { readonly name: string; readonly origin: string; readonly now: () => number },
): Promise<string | undefined> {
  const doing = { by: name, at: now() };
  const all = await users.list();
  if (all.length === 0) await users.add({ name, roles: [], scopes: SCOPES }, doing);
  else if (!all.some((user) => user.name === name && user.disabledAt === undefined)) return undefined;
  const { secret, hash } = newCode();
  await signIns.offer({ user: name, codeHash: hash }, doing);
  return signInAddress(origin, secret);
}

/** Where a code signs in. */
export function signInAddress(origin: string, code: string): string {
  return `${origin}/sign-in?code=${code}`;
}
