import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { assertNever } from '../../core/assert-never.ts';
import type { DeskAnswer } from '../desk.ts';
import type { Said } from './layout.ts';
import { clock } from './parts/time.ts';
import { shownLine } from './parts/shown.ts';

/** What is said to whose decision did not count, and with which status: the loser of a race hears who won. */
export function refusedSaid(answer: Exclude<DeskAnswer, { kind: 'decided' }>): {
  readonly said: Said;
  readonly status: ContentfulStatusCode;
} {
  switch (answer.kind) {
    case 'lost':
      return {
        status: 409,
        said: {
          tone: 'warn',
          text: html`${shownLine(answer.by, 80)} was first: it is ${answer.state}. Your decision did not count.`,
        },
      };
    case 'late':
      return { status: 410, said: { tone: 'warn', text: 'It is over: nobody can decide this version any more.' } };
    case 'held':
      return {
        status: 409,
        said: { tone: 'warn', text: html`${shownLine(answer.by, 80)} has it in hand until ${clock(answer.until)}.` },
      };
    case 'unknown':
      return { status: 404, said: { tone: 'warn', text: 'Nothing like it ever waited here.' } };
    case 'unreachable':
      return {
        status: 503,
        said: {
          tone: 'warn',
          text: html`Whether it counts is not known: ${shownLine(answer.why, 400)}. Send it again; the same twice is
          one.`,
        },
      };
    case 'forbidden':
      return {
        status: 403,
        said: { tone: 'bad', text: html`You may not decide this: ${shownLine(answer.why, 400)}.` },
      };
    case 'refused':
      return { status: 422, said: { tone: 'bad', text: html`It did not count: ${shownLine(answer.why, 600)}.` } };
    default:
      return assertNever(answer);
  }
}
