import type { Fates } from './fate.ts';

/** A server that lies about its format, or has none: it, or something before it, is broken. */
const OUTAGE = { type: 'ModelError.Unavailable', next: 'again', outage: true, paid: 'uncertain' } as const;

/** The model's own last word. */
const SAID = { next: 'final', outage: false, paid: 'used' } as const;

/** An answer whose text is no use: a verdict, so that the next attempt is told what was wrong. */
const VERDICT = { type: 'verdict', next: 'repair', outage: false, paid: 'used' } as const;

const INPUT = 'Look at the input. Change the instructions, route such work to another model, or do it by hand.';
const FORMAT =
  'Where it happens often, check that the server keeps to a format (`api` in loopwright.yaml), or use a larger model.';
const SERVER = 'Check `baseUrl` of its route in loopwright.yaml, and what stands between here and there';

/** What an answer with status 200 holds. */
export const ANSWER_FATES = {
  'error-in-answer': {
    ...OUTAGE,
    what: '200, and the body says that something failed.',
    paid: 'used',
    fix: "Look at the provider's status page, or at the log of the model server.",
  },
  'no-answer': {
    ...OUTAGE,
    what: '200, and JSON that is nothing of the API that was asked.',
    fix: `${SERVER}; \`api\` of the route says which API is asked.`,
  },
  'not-json': {
    ...OUTAGE,
    what: '200, and no JSON, whatever the headers say: the web page of a proxy, or half a text.',
    fix: `${SERVER}: proxies and sign-in pages answer so.`,
  },
  'not-utf8': {
    ...OUTAGE,
    what: '200, and bytes that are no UTF-8, whatever the headers say.',
    fix: 'JSON is UTF-8: look at the model server, and at proxies that change encodings.',
  },
  'encoding-false': {
    ...OUTAGE,
    what: '200, and a body that is not packed as `content-encoding` says.',
    fix: 'Look at the model server, and at proxies that pack or unpack.',
  },
  refusal: { ...SAID, what: 'The model refused.', type: 'ModelError.Refused', fix: INPUT },
  'content-filter': {
    ...SAID,
    what: 'A content filter stopped the answer.',
    type: 'ModelError.Refused',
    fix: INPUT,
  },
  unfinished: {
    ...SAID,
    what: 'The answer says that it is incomplete, for a reason that is not in this table.',
    type: 'ModelError.Refused',
    fix: 'Read the reason; try another model for such work.',
  },
  truncated: {
    ...SAID,
    what: 'The answer reached the token limit before it was whole: the server says so, or it is no JSON and used every token.',
    type: 'ModelError.Truncated',
    fix: 'Raise `limits.tokens` or ask for less.',
  },
  'empty-answer': { ...VERDICT, what: 'The answer has no text at all.', fix: FORMAT },
  'malformed-json': { ...VERDICT, what: 'The answer’s text is no JSON.', fix: FORMAT },
  'schema-miss': { ...VERDICT, what: 'The answer’s JSON does not fit the schema.', fix: FORMAT },
} as const satisfies Fates;
