import { resolve } from 'node:path';
import { plainCommand, plainLine, plainText } from '../../core/plain-text.ts';
import { skipped, type Check, type DoctorSettings, type Finding } from './check.ts';
import { clockCheck } from './clock.ts';
import { readConfigFile } from '../models/config.ts';
import { configCheck } from './config-file.ts';
import { dataFolderChecks } from './data-folder.ts';
import { examine, type Examined } from './examine.ts';
import { fetchedChecks } from './fetched.ts';
import { harnessesCheck } from './harnesses.ts';
import { hooksCheck } from './hooks-file.ts';
import { loopFinder, loopsCheck } from './loops.ts';
import { machineChecks } from './machine.ts';
import { modelChecks, type ModelChecks } from './models.ts';
import { notifyCheck } from './notify-file.ts';
import { programChecks } from './program.ts';
import { redactor } from '../redactor.ts';
import { readSchedulesFile } from '../schedules/schedules-file.ts';
import { schedulesCheck } from './schedules.ts';
import { secretsCheck } from './secrets.ts';
import { serverFinder, type ServerFinder } from './server.ts';
import { temporalChecks } from './temporal.ts';

/** A look that asks others gets a little more than they do, so that it can say whom it waited for. */
const OWN_WORDS_MS = 1500;

/** Longest name of a check, in characters: those of models are named for a route. */
const LONGEST_NAME = 100;

/** How to examine an installation. */
export interface DoctorOptions extends DoctorSettings {
  /** Set for `--fix`: gets lines of progress. */
  readonly mend?: (text: string) => void;
  /** Address to try when nobody names a server; the Temporal CLI's own by default. */
  readonly defaultAddress?: string;
  /** Told the names of all checks before the first is made, so that what follows can be aligned. */
  readonly began?: (names: readonly string[]) => void;
  /** Told of each check in the order of the list, as soon as it and all before it are made. */
  readonly examined?: (one: Examined) => void;
}

/** What came of all checks, in the order of the list. */
export interface Diagnosis {
  /** Nothing failed; there may be warnings. */
  readonly ok: boolean;
  readonly checks: readonly Examined[];
}

/** Makes all checks at once, each within its time, and mends what it may. Never throws for what it finds. */
export async function doctor(options: DoctorOptions): Promise<Diagnosis> {
  const server = serverFinder({ ...options, data: resolve(options.data) });
  const redact = redactor(options.env);
  // Before, for a key that holds what is taken out; after, for one that was hidden by it.
  const safe = (text: string): string => redact(plainText(redact(text)));
  try {
    await loadModules();
    const checks = (await allChecks(options, server)).map((check) => ({
      ...check,
      name: plainLine(check.name, LONGEST_NAME),
    }));
    options.began?.(checks.map(({ name }) => name));
    const running = checks.map((check) => examine(check, { ...options, timeoutMs: options.timeoutMs + OWN_WORDS_MS }));
    const done: Examined[] = [];
    for (const one of running) {
      const examined = shown(await one, safe);
      done.push(examined);
      options.examined?.(examined);
    }
    return { ok: done.every(({ finding }) => finding.kind !== 'fail'), checks: done };
  } finally {
    await server.close();
  }
}

async function allChecks(settings: DoctorSettings, server: ServerFinder): Promise<Check[]> {
  const read = await readConfigFile(settings.env);
  const { file, config } = read;
  const schedules = await readSchedulesFile(settings.env);
  const none: ModelChecks = { checks: [unread], dates: async () => [] };
  const models = config === undefined ? none : modelChecks(settings, file, config);
  const loops = loopFinder(settings, read.models);
  return [
    ...programChecks(settings),
    ...dataFolderChecks(settings),
    ...temporalChecks(settings, server),
    clockCheck(settings, server, models.dates),
    ...fetchedChecks(settings),
    configCheck(read),
    ...models.checks,
    loopsCheck(settings, loops),
    harnessesCheck(settings, loops, read.models),
    schedulesCheck(settings, schedules, server),
    hooksCheck(settings, loops),
    notifyCheck(settings),
    secretsCheck(settings, loops),
    ...machineChecks(settings),
  ];
}

/** Loads what the checks load: a busy machine takes seconds for it, which are not the checks' time. What does not load, they say. */
async function loadModules(): Promise<void> {
  const later = [import('@temporalio/worker'), import('../../activities/models/local/minilm.ts')];
  await Promise.allSettled(later);
}

const unread: Check = { name: 'models', run: async () => skipped('loopwright.yaml has mistakes') };

/** A check as anybody may see it: without keys, and with nothing in it that a terminal obeys. */
function shown({ name, finding, did }: Examined, safe: (text: string) => string): Examined {
  return { name, finding: shownFinding(finding, safe), ...(did === undefined ? {} : { did: safe(did) }) };
}

function shownFinding(finding: Finding, safe: (text: string) => string): Finding {
  const saw = safe(finding.saw);
  if (!('fix' in finding)) return { ...finding, saw };
  const { command } = finding;
  const safeCommand = command === undefined ? {} : { command: plainCommand(command) };
  return { ...finding, saw, fix: safe(finding.fix), ...safeCommand };
}
