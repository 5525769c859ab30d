import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Who sits here: git's `user.email`, else the user's name in the environment; undefined where neither says. */
export async function whoAmI(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const git = await promisify(execFile)('git', ['config', 'user.email'], { env, timeout: 5000 }).catch(() => undefined);
  const email = git?.stdout.trim() ?? '';
  const name = email === '' ? (env['USER'] ?? env['USERNAME'] ?? '') : email;
  return name === '' ? undefined : name.slice(0, 200);
}
