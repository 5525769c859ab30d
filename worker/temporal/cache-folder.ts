import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * The user's cache folder for what can be fetched again: `LOOPWRIGHT_CACHE`; else `loopwright` under `XDG_CACHE_HOME`
 * (ignored where relative, as its specification says), `~/Library/Caches` on macOS, `%LOCALAPPDATA%\loopwright\Cache` on Windows,
 * or `~/.cache`. The folder may not exist yet.
 */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const own = env['LOOPWRIGHT_CACHE'];
  if (own) return resolve(own);
  const xdg = env['XDG_CACHE_HOME'];
  if (xdg && isAbsolute(xdg)) return join(xdg, 'loopwright');
  const home = env['HOME'] || env['USERPROFILE'] || homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'loopwright');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'loopwright', 'Cache');
  return join(home, '.cache', 'loopwright');
}
