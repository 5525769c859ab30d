import type { Delivery } from '../contract/hooks.ts';
import { columns } from './columns.ts';
import { moment } from './figures.ts';
import { plainLine } from './plain-text.ts';

/** A delivery as `hooks list --json` prints it: times in ISO 8601. */
export interface ListedDelivery extends Omit<Delivery, 'receivedAt'> {
  readonly receivedAt: string;
}

/** A delivery as programs read it. */
export function listedDelivery({ receivedAt, ...delivery }: Delivery): ListedDelivery {
  return { ...delivery, receivedAt: new Date(receivedAt).toISOString() };
}

const HEADER = ['RECEIVED', 'SOURCE', 'EVENT', 'STATE', 'RUN', 'DELIVERY', 'REASON'];

/** Longest reason that is shown, in characters. */
const REASON = 160;

/** Deliveries as a table for people. Nothing in it that came from outside is obeyed by a terminal. */
export function deliveryTable(deliveries: readonly Delivery[]): string {
  return columns([
    HEADER,
    ...deliveries.map(({ receivedAt, source, event, state, workflowId, delivery, reason }) => [
      moment(receivedAt),
      source,
      plainLine(event, 40) || '–',
      state,
      workflowId === undefined ? '–' : plainLine(workflowId, 80),
      plainLine(delivery, 120),
      plainLine(reason ?? '', REASON),
    ]),
  ]);
}
