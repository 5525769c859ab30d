import type { CostLine, Costs } from '../contract/costs.ts';
import { dollars } from './figures.ts';
import { usd } from './money.ts';
import { plainLine } from './plain-text.ts';
import { columns } from './columns.ts';

/** Money of a group as `cost --json` prints it, in USD. */
export interface ListedCost {
  readonly group: string;
  /** Settled and uncertain together: what is booked. */
  readonly spentUsd: number;
  readonly settledUsd: number;
  readonly uncertainUsd: number;
  readonly heldUsd: number;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly runs: number;
  readonly accepted: number;
  /** All that was spent, on what was not accepted too, for each accepted result; absent where there is none. */
  readonly perAcceptedUsd?: number;
}

/** Money of a group as programs read it. */
export function listedCost(line: CostLine): ListedCost {
  const spent = line.settledMicroUsd + line.uncertainMicroUsd;
  return {
    group: line.group,
    spentUsd: usd(spent),
    settledUsd: usd(line.settledMicroUsd),
    uncertainUsd: usd(line.uncertainMicroUsd),
    heldUsd: usd(line.heldMicroUsd),
    calls: line.calls,
    inputTokens: line.inputTokens,
    outputTokens: line.outputTokens,
    runs: line.runs,
    accepted: line.accepted,
    ...(line.accepted === 0 ? {} : { perAcceptedUsd: usd(perAccepted(line)) }),
  };
}

function perAccepted({ settledMicroUsd, uncertainMicroUsd, accepted }: CostLine): number {
  return Math.round((settledMicroUsd + uncertainMicroUsd) / accepted);
}

/** Money as a table for people, with its total, and the budgets that run low under it. */
export function costTable({ lines, total, low }: Costs, by: string): string {
  const head = [
    by.toUpperCase(),
    'SPENT',
    'OF IT UNCERTAIN',
    'IN FLIGHT',
    'CALLS',
    'TOKENS IN/OUT',
    'RUNS',
    'ACCEPTED',
    'PER ACCEPTED',
  ];
  const rows = [...lines, { ...total, group: 'TOTAL' }].map(cellsOf);
  const warnings = low.map(
    ({ budget, usedMicroUsd, capMicroUsd }) =>
      `Low: ${plainLine(budget, 200)} has used ${dollars(usedMicroUsd)} of ${dollars(capMicroUsd)}`,
  );
  return [columns([head, ...rows]), ...(warnings.length === 0 ? [] : ['', ...warnings])].join('\n');
}

function cellsOf(line: CostLine): string[] {
  return [
    plainLine(line.group, 60),
    dollars(line.settledMicroUsd + line.uncertainMicroUsd),
    dollars(line.uncertainMicroUsd),
    dollars(line.heldMicroUsd),
    String(line.calls),
    `${line.inputTokens}/${line.outputTokens}`,
    String(line.runs),
    String(line.accepted),
    line.accepted === 0 ? '-' : dollars(perAccepted(line)),
  ];
}
