import { Command, InvalidArgumentError } from 'commander';
import { MOST_AUDIT, type AuditEntry, type AuditHead, type AuditQuery } from '../../contract/audit.ts';
import { EXIT } from '../../contract/exit-codes.ts';
import type { RecordClient } from '../../gateway/record-client.ts';
import { CommandError, type CommandContext } from '../command.ts';
import { dataOption, positive, upTo } from './options.ts';

interface Common {
  readonly json: boolean;
  readonly data: string;
}

const HELP = `
Each entry holds on to the one before it, so that one that was changed, left out or put elsewhere shows. That the end was
cut off shows by a head that was written down before: the process that owns the data folder writes them to
audit-heads.jsonl there. LOOPWRIGHT_AUDIT_HEADS names a file elsewhere; whoever can write the folder cannot write that.`;

/** `loopwright audit`: who decided and changed what, and whether that is still as it was written. */
export function auditCommand(context: CommandContext): Command {
  const command = new Command('audit')
    .description('who decided and changed what: decisions, raised budgets, erasures, harnesses, users')
    .addHelpText('after', HELP);
  command
    .command('list', { isDefault: true })
    .description('list entries, oldest first')
    .option('--after <entry>', 'only entries after this one', positive, 0)
    .option('--limit <n>', `how many, at most ${MOST_AUDIT}`, upTo(MOST_AUDIT), 100)
    .option('--json', 'print one JSON array of objects', false)
    .option(...dataOption(context))
    .action((options: Common & AuditQuery) => list(context, options));
  command
    .command('head')
    .description('print the newest entry: keep it where nobody can change it, and give it to `audit verify` later')
    .option('--json', 'print one JSON object: { seq, hash, at }', false)
    .option(...dataOption(context))
    .action((options: Common) => head(context, options));
  command
    .command('verify')
    .description('hold the log against itself and against heads that were written down; names the first bad entry')
    .option('--head <entry:hash>', 'a head that was kept elsewhere', readHead)
    .option('--json', 'print one JSON object: { ok, entries, heads, erased, head, bad? }', false)
    .option(...dataOption(context))
    .action((options: Common & { readonly head?: AuditHead }) => verify(context, options));
  return command;
}

async function list(
  { env, print, report }: CommandContext,
  { json, data, ...query }: Common & AuditQuery,
): Promise<void> {
  const [{ withTheRecord }, { auditTable, listedEntry }] = await Promise.all([
    import('../record/record-access.ts'),
    import('../../core/audit-table.ts'),
  ]);
  const entries = await withTheRecord({ data, env }, (record) => record.audit(query));
  if (json) print(JSON.stringify(entries.map(listedEntry)));
  else if (entries.length > 0) print(auditTable(entries));
  else report('No entry matches.');
}

async function head({ env, print }: CommandContext, { json, data }: Common): Promise<void> {
  const { withTheRecord } = await import('../record/record-access.ts');
  const newest = await withTheRecord({ data, env }, (record) => record.auditHead());
  print(json ? JSON.stringify(newest) : `${newest.seq}:${newest.hash}`);
}

async function verify(
  { env, print }: CommandContext,
  { json, data, head: kept }: Common & { readonly head?: AuditHead },
): Promise<void> {
  const [{ withTheRecord }, { headsFile, readHeads }, { verifyAudit }] = await Promise.all([
    import('../record/record-access.ts'),
    import('../audit/heads.ts'),
    import('../audit/verify.ts'),
  ]);
  const heads = [...(await readHeads(headsFile(env, data))), ...(kept === undefined ? [] : [kept])];
  const found = await withTheRecord({ data, env }, (record) => verifyAudit(everyEntry(record), heads));
  const { bad, entries, erased } = found;
  if (json) print(JSON.stringify({ ok: bad === undefined, ...found }));
  else if (bad === undefined)
    print(
      `All ${entries} entries are as they were written${erased === 0 ? '' : ` (the words of ${erased} were erased)`}, and ${heads.length} heads agree. The newest is ${found.head.seq}:${found.head.hash}.`,
    );
  if (bad !== undefined)
    throw new CommandError(`Entry ${bad.seq} is the first that is not as it was written: ${bad.why}.`, EXIT.failure);
}

async function* everyEntry(record: RecordClient): AsyncGenerator<AuditEntry, void> {
  for (let after = 0; ;) {
    const page = await record.audit({ after, limit: MOST_AUDIT });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < MOST_AUDIT) return;
    // Whatever numbers somebody has written there: never the same page again.
    after = Math.max(after + 1, last.seq);
  }
}

function readHead(text: string): AuditHead {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError(
      'expected an entry and its hash as `audit head` prints them, <entry>:<64 hex digits>',
    );
  return { seq: Number(seq), hash, at: 0 };
}
