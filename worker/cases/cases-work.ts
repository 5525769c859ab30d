import { EXIT } from '../../contract/exit-codes.ts';
import { MOST_CASES, type CaseListQuery, type CaseMove, type KeptCase } from '../../contract/case.ts';
import { caseLine, caseTable, caseText, listedCase } from '../../core/case-table.ts';
import { GatewayError } from '../../gateway/gateway-client.ts';
import type { RecordClient } from '../../gateway/record-client.ts';
import { CommandError, type CommandContext } from '../command.ts';
import type { Common } from '../commands/cases.ts';
import { withTheRecord } from '../record/record-access.ts';
import { writeWhole } from '../write-whole.ts';

/** Lists cases. */
export async function listCases(
  { env, print, report }: CommandContext,
  { json, data }: Common,
  query: CaseListQuery,
): Promise<void> {
  const found = await withTheRecord({ data, env }, (record) => record.cases(query));
  if (json) print(JSON.stringify(found.map(listedCase)));
  else if (found.length > 0) print(caseTable(found));
  else report(`Loop ${query.loop} has no such case. Cases grow from what people decide, while a worker runs.`);
}

/** Shows one case. */
export async function showCase(
  { env, print }: CommandContext,
  { json, data }: Common,
  { loop, id }: Pick<KeptCase, 'loop' | 'id'>,
): Promise<void> {
  const found = await withTheRecord({ data, env }, (record) => record.case(loop, id)).catch(refused);
  print(json ? JSON.stringify(listedCase(found)) : caseText(found));
}

/** Changes what cases are for, one after the other. */
export async function moveCases(
  { env, print }: CommandContext,
  { json, data }: Common,
  moves: readonly CaseMove[],
): Promise<void> {
  const moved = await withTheRecord({ data, env }, async (record) => {
    const done: KeptCase[] = [];
    for (const move of moves) done.push(await record.moveCase(move));
    return done;
  }).catch(refused);
  print(json ? JSON.stringify(moved.map(listedCase)) : caseTable(moved));
}

/** Writes cases as lines of `cases.jsonl`, to a file or to stdout. */
export async function exportCases(
  { env, print, report }: CommandContext,
  { data, file }: { readonly data: string; readonly file?: string },
  query: Omit<CaseListQuery, 'limit' | 'after'>,
): Promise<void> {
  const cases = await withTheRecord({ data, env }, (record) => everyCase(record, query));
  const lines = cases.map(caseLine);
  if (file === undefined) for (const line of lines) print(line);
  else await writeWhole(file, lines.map((line) => `${line}\n`).join(''));
  report(`${lines.length} ${lines.length === 1 ? 'case' : 'cases'}${file === undefined ? '' : ` in ${file}`}.`);
}

async function everyCase(record: RecordClient, query: Omit<CaseListQuery, 'limit' | 'after'>): Promise<KeptCase[]> {
  const all: KeptCase[] = [];
  for (;;) {
    const after = all.at(-1)?.id;
    const page = await record.cases({
      ...query,
      limit: MOST_CASES,
      ...(after === undefined ? {} : { after }),
    });
    all.push(...page);
    if (page.length < MOST_CASES) return all;
  }
}

function refused(error: Error): never {
  if (!(error instanceof GatewayError)) throw error;
  if (error.type === 'NotFound') throw new CommandError(error.message, EXIT.notFound);
  if (error.type === 'OfFile') throw new CommandError(error.message, EXIT.conflict);
  throw error;
}
