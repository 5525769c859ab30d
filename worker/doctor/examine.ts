import type { Check, Finding } from './check.ts';

/** A check that was made. */
export interface Examined {
  readonly name: string;
  readonly finding: Finding;
  /** What `--fix` did, or why it could not. */
  readonly did?: string;
}

/** How to examine. */
export interface ExamineOptions {
  /** A check that takes longer fails, naming itself. */
  readonly timeoutMs: number;
  /** Mend what can be mended, and look again; gets lines of progress. */
  readonly mend?: (text: string) => void;
}

/** Makes a check, within its time. Never throws: a check that breaks is a failure by its name. */
export async function examine(check: Check, { timeoutMs, mend: report }: ExamineOptions): Promise<Examined> {
  const { name } = check;
  const finding = await look(check, timeoutMs);
  if (report === undefined || !('mend' in finding) || finding.mend === undefined) return { name, finding };
  try {
    const did = await finding.mend(report);
    return { name, finding: await look(check, timeoutMs), did };
  } catch (error) {
    return { name, finding, did: `could not be fixed: ${(error as Error).message}` };
  }
}

async function look(check: Check, timeoutMs: number): Promise<Finding> {
  const end = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve(tooLate(check.name, timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([check.run(end.signal), late]);
  } catch (error) {
    return {
      kind: 'fail',
      saw: `the check itself broke: ${error instanceof Error ? error.message : String(error)}`,
      fix: `report this as a fault of the check \`${check.name}\`; what it looks at may be all right`,
    };
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}

function tooLate(name: string, timeoutMs: number): Finding {
  return {
    kind: 'fail',
    saw: `no answer within ${timeoutMs / 1000} s`,
    fix: `look at what \`${name}\` depends on, or run doctor again when the machine is less busy`,
  };
}
