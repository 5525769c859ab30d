import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import type { Erasable, Erasure, ErasurePlan } from '../../contract/erasure.ts';
import { EXIT } from '../../contract/exit-codes.ts';
import { mentions } from '../../core/mentions.ts';
import { CommandError } from '../command.ts';
import { withTheRecord, type RecordPlace } from '../record/record-access.ts';
import { runLines } from './erase-text.ts';
import { deleteFiles, emptyVectors, othersNaming, reportsNaming } from './files-naming.ts';

/** What an erasure takes, in the store and beside it. */
export interface WholePlan extends ErasurePlan {
  /** Files in the data folder, as a whole. */
  readonly files: readonly string[];
}

/** Who erases, and why. */
export interface Signed {
  readonly by: string;
  readonly reason?: string;
  readonly at: number;
}

/** What was erased, and what still names the subject. */
export interface Done {
  readonly plan: WholePlan;
  readonly erasure: Erasure;
  /** Files in the data folder that are not ours to change. */
  readonly left: readonly string[];
}

/** What an erasure would take. */
export async function planErasure(place: RecordPlace, of: Erasable): Promise<WholePlan> {
  const plan = await withTheRecord(place, (record) => record.planErasure(of));
  return await withFiles(place.data, of, plan);
}

/**
 * Erases. The files go first and the cache last, so that a kill in between leaves what the same command finds again.
 * @throws CommandError (conflict) where a run that is open stands on what would go; nothing is changed then.
 */
export async function erase(place: RecordPlace, of: Erasable, { by, reason, at }: Signed): Promise<Done> {
  const { data } = place;
  const plan = await planErasure(place, of);
  refuseOpen(plan);
  if (reason !== undefined && namedBy(of)(reason))
    throw new CommandError('--reason names the subject, and it stays on record: leave that out of it.', EXIT.usage);
  await deleteFiles(resolve(data), plan.files);
  const order = { id: randomUUID(), by, at, files: plan.files.length, of, ...(reason === undefined ? {} : { reason }) };
  const answer = await withTheRecord(place, (record) => record.erase(order));
  if (answer.kind === 'refused') throw openRuns(answer.plan);
  emptyVectors(resolve(data));
  return {
    plan: { ...answer.plan, files: plan.files },
    erasure: answer.erasure,
    left: await othersNaming(resolve(data), namedBy(of)),
  };
}

async function withFiles(data: string, of: Erasable, plan: ErasurePlan): Promise<WholePlan> {
  const files = await reportsNaming(resolve(data), namedBy(of));
  return { ...plan, files, counts: { ...plan.counts, ...(files.length === 0 ? {} : { files: files.length }) } };
}

function namedBy({ subject, insideWords }: Erasable): (text: string) => boolean {
  return subject === undefined ? () => false : mentions(subject, insideWords);
}

function refuseOpen(plan: ErasurePlan): void {
  if (plan.open.length > 0) throw openRuns(plan);
}

function openRuns({ open }: ErasurePlan): CommandError {
  const one = open.length === 1;
  return new CommandError(
    `${open.length} run${one ? ' is' : 's are'} open and stand${one ? 's' : ''} on what would go, so nothing was erased. Let ${one ? 'it' : 'them'} end, or stop ${one ? 'it' : 'them'} (\`temporal workflow signal --name stop -w ID --input '{"by":"…","reason":"…"}'\`), then erase again:\n${runLines(open).join('\n')}`,
    EXIT.conflict,
  );
}
