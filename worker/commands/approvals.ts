import { Command, InvalidArgumentError, Option } from 'commander';
import { APPROVAL_STATES, MOST_APPROVALS, type ApprovalQuery } from '../../contract/approvals.ts';
import type { CommandContext } from '../command.ts';
import { dataOption, upTo, who } from './options.ts';

/** What all of them may be told. */
export interface Common {
  readonly json: boolean;
  readonly data: string;
  /** Who decides, where nobody has to prove it. */
  readonly as?: string;
}

/** What is said with a decision. */
export interface Said {
  readonly note?: string;
  readonly feedback?: string;
  /** File with an output, or `-`. */
  readonly outputFile?: string;
  readonly approve?: boolean;
}

const AS = 'who you are, without LOOPWRIGHT_TOKEN (default: git’s user.email, else the user’s name)';

const HELP = `
What is decided is the digest that you were shown: give it, or its first eight hex digits or more. With LOOPWRIGHT_TOKEN
(\`loopwright users token <name>\`) you decide as that user, and the gateway signs it; without it as whoever owns the data
folder, unverified, which policies with \`signed: true\` refuse.
Exits 5 where somebody else was first, 4 where it is not yours to decide, 3 where there is no such thing.`;

/** `loopwright approvals`: what waits for people, and deciding it. */
export function approvalsCommand(context: CommandContext): Command {
  const approvals = new Command('approvals')
    .description('what waits for people: list, show, approve, reject, revise, claim')
    .addHelpText('after', HELP);
  const inner = (name: string, words: string): Command =>
    approvals
      .command(name, { isDefault: name === 'list' })
      .description(words)
      .option('--json', 'print JSON', false)
      .option(...dataOption(context));
  const deciding = (name: string, words: string): Command =>
    inner(name, words)
      .argument('<digest>', 'what you were shown: its first eight hex digits or more', digest)
      .option('--as <name>', AS, who);
  inner('list', 'list what waits, what expires first first; or what was settled, newest first')
    .addOption(
      new Option('--state <state>', 'what stands so')
        .choices(['pending', 'settled', ...APPROVAL_STATES])
        .default('pending'),
    )
    .option('--loop <name>', 'only of this loop')
    .option('--after <place>', 'the page after this one, as the one before said')
    .option('--limit <n>', `how many, at most ${MOST_APPROVALS}`, upTo(MOST_APPROVALS), 50)
    .action(async ({ json, data, ...query }: Common & ApprovalQuery) =>
      (await work()).list(context, { json, data }, query),
    );
  inner('show', 'show what is decided, why, and on what evidence')
    .argument('<digest>', 'its digest, or the first eight hex digits or more', digest)
    .action(async (named: string, options: Common) => (await work()).show(context, options, named));
  deciding('approve', 'approve exactly what the digest stands for')
    .option('--note <words>', 'why; goes on record')
    .action(async (named: string, options: Common & Said) => (await work()).decide(context, options, named, 'approve'));
  deciding('reject', 'reject it: the run ends, and the note is its lesson')
    .requiredOption('--note <words>', 'why')
    .action(async (named: string, options: Common & Said) => (await work()).decide(context, options, named, 'reject'));
  deciding('revise', 'ask for another attempt, or bring your own version')
    .option('--feedback <words>', 'what should be different: one more attempt, not counted against the limit')
    .option(
      '--output-file <file>',
      'your own version, as JSON (- reads stdin): it is verified again under a digest of its own',
    )
    .option('--approve', 'with --output-file: approve it too, if it passes and the policy lets you', false)
    .action(async (named: string, options: Common & Said) => (await work()).decide(context, options, named, 'revise'));
  inner('raise', 'add to the cap that a run waits at, so that it goes on (`limits.onCap: ask`)')
    .argument('<run>', 'its workflow id')
    .requiredOption('--usd <n>', 'USD to add, for good', amount)
    .requiredOption('--reason <words>', 'why; goes on record')
    .option('--as <name>', AS, who)
    .action(async (run: string, options: Common & { readonly usd: number; readonly reason: string }) =>
      (await work()).raise(context, options, run),
    );
  deciding('claim', 'take it in hand for a quarter of an hour: nobody else decides it meanwhile').action(
    async (named: string, options: Common) => (await work()).claim(context, options, named),
  );
  deciding('release', 'let go of it').action(async (named: string, options: Common) =>
    (await work()).release(context, options, named),
  );
  return approvals;
}

function amount(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0.000001 && value <= 1000) return value;
  throw new InvalidArgumentError('expected USD from 0.000001 to 1000');
}

const work = async () => await import('../approvals/work.ts');

function digest(text: string): string {
  if (/^(sha256:)?[0-9a-f]{8,64}$/.test(text)) return text;
  throw new InvalidArgumentError(
    'expected the first eight hex digits of a digest or more, as `approvals list` shows them',
  );
}
