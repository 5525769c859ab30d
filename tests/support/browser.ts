import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** Nothing but what a test asks for goes out. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let starting: Promise<Browser> | undefined;

/** Debian's Chromium, one for each process of tests; it ends with it. @throws Error that says how to install it. */
async function browser(): Promise<Browser> {
  const { stdout } = await promisify(execFile)('sh', ['-c', 'command -v chromium']).catch((cause: unknown) => {
    throw new Error('There is no `chromium` on PATH. Install it: apt-get install chromium', { cause });
  });
  return await chromium.launch({ executablePath: stdout.trim(), headless: true, args: QUIET });
}

/** A person's browser, with cookies of its own; it is closed when the test ends. */
export async function person(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
  starting ??= browser();
  const context = await (await starting).newContext(options);
  context.setDefaultTimeout(20_000);
  onTestFinished(() => context.close());
  return context;
}
