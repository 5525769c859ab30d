import { CALL_LIMITS, type Fates } from './fate.ts';

/** A provider that cannot be reached, or that breaks off: others may answer. */
const OUTAGE = { type: 'ModelError.Unavailable', next: 'again', outage: true } as const;

/** No whole answer in time. It may have been worked on, so it may have been charged. */
const LATE = { type: 'ModelError.Timeout', next: 'again', outage: true, paid: 'uncertain' } as const;

const SHORTEN = 'Lower `limits.tokens` or `limits.contextTokens`, or route to a faster model.';
const BASE_URL = 'Check `baseUrl` of its route in loopwright.yaml';

/** Calls that came to no whole answer. What was never sent costs nothing; everything else may have been charged. */
export const NETWORK_FATES = {
  'key-unusable': {
    what: 'The API key holds a character that no HTTP header may hold, so no request was made.',
    type: 'ModelError.Auth',
    next: 'final',
    outage: false,
    paid: 'nothing',
    fix: 'Set the key again, in the variable that `apiKeyEnv` of its route names: one line, no quotes.',
  },
  'address-unusable': {
    what: 'No request can be made to the address: a blocked port, or no URL of HTTP.',
    type: 'ModelError.BadRequest',
    next: 'final',
    outage: false,
    paid: 'nothing',
    fix: `${BASE_URL}.`,
  },
  'name-not-found': {
    ...OUTAGE,
    what: 'DNS has no address for the host.',
    paid: 'nothing',
    fix: `${BASE_URL}, and the DNS of this machine.`,
  },
  'connection-refused': {
    ...OUTAGE,
    what: 'Nothing listens at the address.',
    paid: 'nothing',
    fix: `Start the model server. ${BASE_URL}.`,
  },
  'host-unreachable': {
    ...OUTAGE,
    what: 'There is no way to the host, or it did not take the connection in time.',
    paid: 'nothing',
    fix: `${BASE_URL}, and the network, firewall and proxy between here and there.`,
  },
  'certificate-refused': {
    ...OUTAGE,
    what: 'The certificate of the server is expired, for another name, or signed by nobody we know.',
    paid: 'nothing',
    fix: 'Renew the certificate, or name its authority in NODE_EXTRA_CA_CERTS where the worker starts.',
  },
  'tls-broken': {
    ...OUTAGE,
    what: 'TLS with the server failed: often it speaks plain HTTP there.',
    paid: 'uncertain',
    fix: `${BASE_URL}: a server without TLS is at http, not https.`,
  },
  'connection-reset': {
    ...OUTAGE,
    what: 'The connection was closed or reset before an answer began.',
    paid: 'uncertain',
    fix: "Look at the provider's status page, or at the log of the model server.",
  },
  'not-http': {
    ...OUTAGE,
    what: 'What came back is no HTTP, or has larger headers than a client takes.',
    paid: 'uncertain',
    fix: `${BASE_URL}: something else than a model server seems to listen there.`,
  },
  'late-before-answer': { ...LATE, what: 'Nothing came before the time was over.', fix: SHORTEN },
  'late-in-answer': {
    ...LATE,
    what: 'An answer began, and was not whole before the time was over, however often a byte came.',
    fix: SHORTEN,
  },
  'answer-silent': {
    ...LATE,
    what: `An answer began, and then nothing more came for ${CALL_LIMITS.silenceMs / 1000} seconds.`,
    fix: 'Look at the log of the model server, and at proxies between here and there.',
  },
  'answer-cut': {
    ...OUTAGE,
    what: 'The connection ended in the middle of an answer.',
    paid: 'uncertain',
    fix: "Look at the provider's status page, and at the time limits of proxies between here and there.",
  },
  'answer-too-large': {
    what: `The answer is larger than ${CALL_LIMITS.answerBytes / 2 ** 20} MiB; reading stopped there.`,
    type: 'ModelError.TooLarge',
    next: 'final',
    outage: false,
    paid: 'uncertain',
    fix: `Lower \`limits.tokens\`. ${BASE_URL}: no model answers so much.`,
  },
  cancelled: {
    what: 'The run was cancelled or stopped, so the call in flight was aborted.',
    type: 'cancelled',
    next: 'ends',
    outage: false,
    paid: 'uncertain',
    fix: 'Nothing: somebody wanted it so.',
  },
  unforeseen: {
    what: 'The client raised something that this table does not foresee.',
    type: 'ModelError.Unavailable',
    next: 'again',
    outage: false,
    paid: 'uncertain',
    fix: 'The cause is in the failure. Please report it: it belongs in the table.',
  },
} as const satisfies Fates;
