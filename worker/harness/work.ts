import { randomUUID } from 'node:crypto';
import type { Harness } from '../../contract/harness.ts';
import type { HarnessLine } from '../../contract/harness-record.ts';
import type { HarnessMove } from '../../contract/harness-move.ts';
import { diffText } from '../../core/harness/diff-text.ts';
import { promotionDoubt } from '../../core/harness/doubt.ts';
import { moveTable, versionTable } from '../../core/harness/tables.ts';
import { diffOf } from '../../core/learning/change.ts';
import { plainText } from '../../core/plain-text.ts';
import type { CommandContext } from '../command.ts';
import type { Common, Promoting, RollingBack } from '../commands/harness.ts';
import { asked, bodyOf, harnessOf } from './asked.ts';
import { harnessYaml } from './harness-yaml.ts';

/** Lists the versions of a loop's harness, newest first. */
export async function list(context: CommandContext, options: Common, loop: string): Promise<void> {
  const { versions, moves } = await asked(context, options, (record) => record.harness(loop));
  if (options.json) return context.print(JSON.stringify(versions.map(listedLine)));
  context.print(versionTable(versions));
  const promotions = moves.filter(({ kind }) => kind === 'promotion').length;
  if (promotions > 0)
    context.report(
      `Of ${promotions} promotion${promotions === 1 ? '' : 's'} about ${promotionDoubt(moves).toFixed(1)} may be false, by their evidence (the sum of 1/E).`,
    );
}

/** Lists every move between versions, newest first. */
export async function history(context: CommandContext, options: Common, loop: string): Promise<void> {
  const { moves } = await asked(context, options, (record) => record.harness(loop));
  context.print(options.json ? JSON.stringify(moves.map(listedMove)) : moveTable(moves));
}

/** Shows a version: what it says, as YAML, and what is known of it. */
export async function show(
  context: CommandContext,
  options: Common,
  loop: string,
  version: string | undefined,
): Promise<void> {
  const found = await bodyOf(context, options, loop, version);
  const { body, ...line } = found;
  if (options.json) return context.print(JSON.stringify({ ...listedLine(line), body }));
  context.report(versionTable([line]));
  context.print(plainText(harnessYaml(harnessOf(found))).trimEnd());
}

/** Shows what became of one version in another, component by component. */
export async function diff(
  context: CommandContext,
  options: Common,
  loop: string,
  [from, to]: readonly [string, string],
): Promise<void> {
  const bodies = await Promise.all([from, to].map((version) => bodyOf(context, options, loop, version)));
  const [before, after] = bodies.map(harnessOf) as [Harness, Harness];
  const diffs = diffOf(before, after);
  if (options.json) return context.print(JSON.stringify({ loop, from, to, components: diffs }));
  if (diffs.length > 0) context.print(diffText(diffs));
  else context.report(`${from} and ${to} say the same.`);
}

/** Lets a loop run on a candidate. */
export async function promote(
  context: CommandContext,
  options: Promoting,
  loop: string,
  version: string,
): Promise<void> {
  const { reason, unproven } = options;
  const { current, move } = await asked(context, options, async (record) => {
    const expected = options.expected ?? (await record.harnessBody(loop, version)).candidate?.base ?? version;
    return await record.promoteHarness(loop, { version, expected, key: randomUUID(), reason, unproven });
  });
  said(context, options, loop, { current, move });
}

/** Lets a loop run on an earlier version again. */
export async function rollback(context: CommandContext, options: RollingBack, loop: string): Promise<void> {
  const { to, expected, reason } = options;
  const moved = await asked(context, options, (record) =>
    record.rollbackHarness(loop, { to, expected, reason, key: randomUUID() }),
  );
  said(context, options, loop, moved);
}

function said(
  { print }: CommandContext,
  { json }: Common,
  loop: string,
  { current, move }: { readonly current: string; readonly move: HarnessMove },
): void {
  if (json) return print(JSON.stringify({ current, move: listedMove(move) }));
  const marked = move.unproven ? ', marked as promoted unproven' : '';
  print(`${loop} runs on ${current} from now on${marked}; runs that are open end on what they began with.`);
}

/** A version as `--json` prints it: times in ISO 8601. */
function listedLine({ at, promotion, ...line }: HarnessLine): object {
  return {
    ...line,
    ...(promotion === undefined ? {} : { promotion: listedMove(promotion) }),
    at: new Date(at).toISOString(),
  };
}

function listedMove({ at, ...move }: HarnessMove): object {
  return { ...move, at: new Date(at).toISOString() };
}
