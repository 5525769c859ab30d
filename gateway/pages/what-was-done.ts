import { html } from 'hono/html';
import type { Approval } from '../../contract/approvals.ts';
import { isPending } from '../../core/pending.ts';
import type { Said } from './layout.ts';
import { shownLine } from './parts/shown.ts';

/** What may have been done on the page before this one, as its address says. */
const DONE = ['approved', 'counted', 'rejected', 'edited', 'asked', 'claimed', 'released'] as const;
/** What was done. */
export type Done = (typeof DONE)[number];

/** What is said of what was just done. An address can be made up, so nothing is said that the record denies. */
export function saidOf(done: string | undefined, { state, have, need, claimedBy }: Approval): Said | undefined {
  const waits = isPending(state);
  switch (DONE.find((one) => one === done)) {
    case 'approved':
      if (state === 'approved') return good('Approved. The run goes on.');
      return waits ? good('Your approval was taken; the run is recording it.') : undefined;
    case 'counted':
      return waits && have < need
        ? good(`Your approval counts: ${have} of ${need}. Somebody else has to approve it too.`)
        : undefined;
    case 'rejected':
      return state === 'rejected' || waits ? good('Rejected. Your note is a lesson now.') : undefined;
    case 'edited':
      return state === 'edited' || state === 'superseded' || waits
        ? good('Your version was taken; it is verified again before anything happens.')
        : undefined;
    case 'asked':
      return good('Your words were taken. What comes of them waits in the inbox once it is verified.');
    case 'claimed':
      return state === 'claimed'
        ? { tone: 'good', text: html`${shownLine(claimedBy ?? '', 80)} has it in hand.` }
        : undefined;
    case 'released':
      return state === 'open' ? good('Released: anybody may take it.') : undefined;
    case undefined:
      return undefined;
  }
}

function good(text: string): Said {
  return { tone: 'good', text };
}
