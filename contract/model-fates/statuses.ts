import { CALL_LIMITS, type Fates } from './fate.ts';

/** The provider is not well, and others may be: the call is tried again. */
const OUTAGE = { next: 'again', outage: true } as const;

/** Refused before any work, for a reason that stays. */
const REFUSED = { next: 'final', outage: false, paid: 'nothing' } as const;

const KEY = 'Look at the variable that `apiKeyEnv` of its route in loopwright.yaml names, where the worker starts';

/** What a status other than 200 says. */
export const STATUS_FATES = {
  'rate-limited': {
    ...OUTAGE,
    what: `429: too many requests or tokens for the moment. A wait that it asks for is kept to, up to ${CALL_LIMITS.waitMs / 60_000} minutes.`,
    type: 'ModelError.RateLimit',
    paid: 'nothing',
    fix: 'Wait, raise the limit at the provider, or route the loop to another model.',
  },
  'no-credit': {
    what: '402, or 429 with `insufficient_quota`: the account has no credit left, which no waiting mends.',
    type: 'ModelError.NoCredit',
    next: 'final',
    outage: true,
    paid: 'nothing',
    fix: 'Add credit or raise the spending limit at the provider, or route the loop to another one.',
  },
  'server-error': {
    ...OUTAGE,
    what: '5xx: the provider, or a proxy before it, failed.',
    type: 'ModelError.Unavailable',
    paid: 'uncertain',
    fix: "Look at the provider's status page, or at the log of the model server.",
  },
  'late-at-provider': {
    ...OUTAGE,
    what: '408: the provider gave up. It may charge for that, as Azure does.',
    type: 'ModelError.Timeout',
    paid: 'uncertain',
    fix: 'Lower `limits.tokens` or `limits.contextTokens`, or route to a faster model.',
  },
  conflict: {
    ...OUTAGE,
    what: '409: the provider is busy with something that this call has to wait for.',
    type: 'ModelError.Unavailable',
    paid: 'uncertain',
    fix: "Look at the provider's status page.",
  },
  'bad-request': {
    ...REFUSED,
    what: '400, or another 4xx: the provider does not take the request as such.',
    type: 'ModelError.BadRequest',
    fix: 'Check `model`, `baseUrl` and `api` of its route in loopwright.yaml, and `limits.tokens` of the harness.',
  },
  unprocessable: {
    ...REFUSED,
    what: '422: the provider does not take a field of the request.',
    type: 'ModelError.BadRequest',
    fix: 'Check `api` of its route in loopwright.yaml, and `limits.tokens` of the harness.',
  },
  'not-found': {
    ...REFUSED,
    what: '404: no such model, or no such address.',
    type: 'ModelError.BadRequest',
    fix: 'Check `model` and `baseUrl` of its route in loopwright.yaml.',
  },
  'key-refused': {
    ...REFUSED,
    what: '401: the key is missing, wrong or expired.',
    type: 'ModelError.Auth',
    fix: `${KEY}.`,
  },
  'access-denied': {
    ...REFUSED,
    what: '403: the key may not do this.',
    type: 'ModelError.Auth',
    fix: `Ask the provider for access to the model. ${KEY}.`,
  },
  'request-too-large': {
    ...REFUSED,
    what: '413: the request is larger than the server takes.',
    type: 'ModelError.TooLarge',
    fix: 'Lower `limits.contextTokens` of the harness, or route to a model that takes more.',
  },
  'context-too-long': {
    what: 'The context is longer than the model reads, by the code `context_length_exceeded` or in words for it.',
    type: 'ModelError.TooLarge',
    next: 'final',
    outage: false,
    // Azure may charge for it: https://learn.microsoft.com/azure/ai-services/openai/how-to/manage-costs
    paid: 'uncertain',
    fix: 'Lower `limits.contextTokens` of the harness (and `limits.tokens`, which counts too), or route to a model that reads more.',
  },
  'prompt-filtered': {
    what: '400 with `content_filter`: the provider does not let the prompt pass. Azure charges for it.',
    type: 'ModelError.Refused',
    next: 'final',
    outage: false,
    paid: 'uncertain',
    fix: 'Look at the input. Change the instructions, route such work to another model, or do it by hand.',
  },
  redirect: {
    ...REFUSED,
    what: '3xx: the server sends to another address. It is not followed, because the key and the prompt would go along.',
    type: 'ModelError.BadRequest',
    fix: 'Set `baseUrl` of its route in loopwright.yaml to the address itself, if you trust it.',
  },
} as const satisfies Fates;
