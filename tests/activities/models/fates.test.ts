import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../activities/evaluate.ts';
import { meteredCall } from '../../../activities/metered-call.ts';
import type { AnswerLimits } from '../../../activities/models/bounded-fetch.ts';
import type { ModelApi } from '../../../activities/models/openai.ts';
import { FAILURES } from '../../../contract/failures.ts';
import { FATES, type Fate, type FateId } from '../../../contract/model-fates.ts';
import { isOutage } from '../../../core/model-fate.ts';
import { digestOf } from '../../../store/index.ts';
import { freePort } from '../../../worker/temporal/ports.ts';
import { noHttp, selfSigned } from '../../support/broken-servers.ts';
import type { Scripted } from '../../support/fake-openai.ts';
import { question, workbench, type Workbench } from '../workbench.ts';

/** How a row of the table is brought about, over real HTTP, and the words that it must have. */
interface Provoked {
  readonly by?: Scripted;
  /** Asked at another address than the fake's. */
  readonly at?: () => Promise<string>;
  readonly apiKey?: string;
  readonly answers?: AnswerLimits;
  readonly timeoutMs?: number;
  /** The call is aborted once the fake has seen it. */
  readonly aborted?: true;
  readonly says: RegExp;
}

const told = (status: number, code: string, message = 'words'): Scripted => ({ status, error: { code, message } });
const bytes = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Scripted => ({
  odd: { bytes: body, headers },
});

/** A row of the table that nothing brings about here does not compile. */
const PROVOKED: Readonly<Record<FateId, Provoked>> = {
  'key-unusable': { apiKey: 'sk-first\nsecond', says: /was not asked: its API key cannot be sent\./ },
  'address-unusable': {
    at: async () => 'http://127.0.0.1:1/v1',
    says: /could not be reached at http:\/\/127.0.0.1:1\/v1\./,
  },
  'name-not-found': {
    at: async () => 'http://no..name/v1',
    says: /: getaddrinfo ENOTFOUND no\.\.name\./,
  },
  'connection-refused': {
    at: async () => `http://127.0.0.1:${await freePort()}/v1`,
    says: /could not be reached at .*ECONNREFUSED/,
  },
  'host-unreachable': { at: async () => 'http://224.0.0.1:80/v1', says: /could not be reached at .*connect E/ },
  'certificate-refused': { at: selfSigned, says: /could not be reached at https:.*: self-signed certificate/ },
  'tls-broken': { at: async () => `https://${await noHttp()}/v1`, says: /could not be reached at https:/ },
  'connection-reset': { by: { reset: true }, says: /could not be reached at .*: other side closed\./ },
  'not-http': { at: async () => `http://${await noHttp()}/v1`, says: /does not match the HTTP\/1\.1 protocol/ },
  'late-before-answer': {
    by: { hang: true },
    timeoutMs: 150,
    says: /did not answer in time: nothing came within 0\.15 s\./,
  },
  'late-in-answer': {
    by: { odd: { dripsEveryMs: 20 } },
    timeoutMs: 300,
    says: /: its answer was not whole within 0\.3 s\./,
  },
  'answer-silent': {
    by: { stalls: true },
    answers: { silenceMs: 60 },
    says: /: its answer fell silent in the middle\./,
  },
  'answer-cut': {
    by: { odd: { cut: true } },
    says: /broke off in the middle of its answer, at http:.*: other side closed\./,
  },
  'answer-too-large': { by: { odd: { large: 20_000_000 } }, says: /sent more than an answer may have/ },
  cancelled: { by: { hang: true }, aborted: true, says: /aborted/ },
  unforeseen: { timeoutMs: 1.5, says: /failed: Error: timeout must be an integer\./ },
  'rate-limited': { by: { status: 429 }, says: /answered 429: scripted 429\./ },
  'no-credit': {
    by: told(429, 'insufficient_quota', 'You exceeded your quota.'),
    says: /answered 429: You exceeded your quota\. Add credit/,
  },
  'server-error': { by: { status: 503 }, says: /answered 503: scripted 503\./ },
  'late-at-provider': { by: { status: 408 }, says: /answered 408: scripted 408\./ },
  conflict: { by: { status: 409 }, says: /answered 409: scripted 409\./ },
  'bad-request': { by: { status: 400 }, says: /answered 400: scripted 400\./ },
  unprocessable: { by: { status: 422 }, says: /answered 422: scripted 422\./ },
  'not-found': {
    by: { status: 404 },
    says: /answered 404: scripted 404 \(asked at http:\/\/127\.0\.0\.1:\d+\/v1\)\. Check `model` and `baseUrl`/,
  },
  'key-refused': { by: { status: 401 }, says: /answered 401: scripted 401\..*`apiKeyEnv`/ },
  'access-denied': { by: { status: 403 }, says: /answered 403: scripted 403\./ },
  'request-too-large': { by: { status: 413 }, says: /answered 413: scripted 413\..*`limits\.contextTokens`/ },
  'context-too-long': {
    by: told(400, 'context_length_exceeded'),
    says: /answered 400: words\. Lower `limits\.contextTokens`/,
  },
  'prompt-filtered': { by: told(400, 'content_filter'), says: /answered 400: words\. Look at the input/ },
  redirect: {
    by: { status: 307, headers: { location: 'https://elsewhere.example/v1?token=x' } },
    says: /answered 307 and sent to https:\/\/elsewhere\.example, which was not followed\./,
  },
  'error-in-answer': {
    by: { body: { error: { message: 'the model is loading' }, usage: null } },
    says: /answered 200 with an error, at http:.*: the model is loading\./,
  },
  'no-answer': {
    by: { body: { hello: 'world' } },
    says: /answered with nothing of the (Responses|Chat Completions) API at http:/,
  },
  'not-json': {
    by: bytes('<html><h1>Sign in</h1></html>'),
    says: /something that is no JSON, at http:.*: <html><h1>Sign in/,
  },
  'not-utf8': {
    by: bytes(Buffer.from('{"title":"Käuze"}', 'latin1'), { 'content-type': 'application/json; charset=utf-8' }),
    says: /bytes that are no UTF-8/,
  },
  'encoding-false': {
    by: bytes('{"id":"resp_1"}', { 'content-encoding': 'gzip' }),
    says: /not packed as its headers say, at http:.*: incorrect header check\./,
  },
  refusal: { by: { refusal: 'I cannot help with that.' }, says: /refused: I cannot help with that\./ },
  'content-filter': {
    by: { truncated: '', because: 'content_filter' },
    says: /did not finish: a content filter stopped its answer\./,
  },
  unfinished: { by: { truncated: '', because: 'moon_phase' }, says: /did not finish: moon_phase\./ },
  truncated: {
    by: { truncated: '{"title": "Ow' },
    says: /stopped at `limits\.tokens` \(100\) before its answer was whole\. Raise `limits\.tokens`/,
  },
  'empty-answer': { by: { text: '' }, says: /is no JSON/ },
  'malformed-json': { by: { text: '{"title": Owls}' }, says: /is no JSON/ },
  'schema-miss': { by: { json: { title: 3, confidence: 1 } }, says: /expected string/ },
};

const key = { stage: 'main#1', attempt: 1, call: 'generate' };

/** A workbench whose endpoint meets that fate, and one call of it. */
async function provoke(api: ModelApi, { by, at, apiKey = 'test', answers, timeoutMs = 5000, aborted }: Provoked) {
  const elsewhere = at === undefined ? {} : { baseUrl: await at() };
  const asks = { api, apiKey, ...elsewhere, ...(answers === undefined ? {} : { answers }) };
  const bench = await workbench({ script: by === undefined ? [] : [by], asks });
  const controller = new AbortController();
  const request = question({ timeoutMs, signal: controller.signal });
  const call = bench.within(() => meteredCall(bench.deps, bench.run, key, bench.endpoint, request));
  if (aborted === true) {
    await expect.poll(() => bench.model.seen.length).toBe(1);
    controller.abort();
  }
  const ended: unknown = await call.then(
    ({ text }) => text,
    (reason: unknown) => reason,
  );
  return { bench, ended };
}

/** What the first criterion of a verdict says about a text. */
async function schemaVerdict(bench: Workbench, text: string) {
  await bench.store.attempts.add({ runKey: 'r1', stage: 'main#1', attempt: 1, author: 'model:fake-1', at: 1 }, text);
  const request = { run: bench.run, stage: 'main#1', attempt: 1, earlier: {}, artefact: digestOf(text) };
  const { verdict } = await bench.within(() => evaluate(bench.deps, request));
  return verdict.criteria[0];
}

/** What the ledger must say of one call, by what its row says is paid. */
function line(paid: Fate['paid'], used: boolean): object {
  if (paid === 'nothing') return { state: 'released', booked: 0 };
  return paid === 'used' && used ? { state: 'settled', booked: 140 } : { state: 'uncertain' };
}

describe.each<ModelApi>(['responses', 'chat'])('asked through %s, a call ends', (api) => {
  test.each(Object.entries(PROVOKED) as [FateId, Provoked][])('%s', async (id, provoked) => {
    const { type, next, outage, paid, fix } = FATES[id];
    const { bench, ended } = await provoke(api, provoked);
    if (type === 'verdict') {
      expect(await schemaVerdict(bench, ended as string)).toMatchObject({
        name: 'schema',
        verdict: 'fail',
        evidence: expect.stringMatching(provoked.says) as unknown,
      });
    } else if (type === 'cancelled') {
      expect(ended).not.toBeInstanceOf(ApplicationFailure);
      expect((ended as Error).message).toMatch(provoked.says);
    } else {
      expect(ended).toMatchObject({ type, nonRetryable: next !== 'again', details: [{ fate: id }] });
      const { message } = ended as Error;
      expect(message).toMatch(/^fake-1 /);
      expect(message).toMatch(provoked.says);
      expect(message).toContain(`. ${fix}`);
      expect(isOutage(ended)).toBe(outage);
    }
    expect(await bench.ledger()).toEqual([expect.objectContaining(line(paid, id !== 'error-in-answer'))]);
    // One request: Temporal owns the retries.
    expect(bench.model.seen).toHaveLength(provoked.by === undefined ? 0 : 1);
  });
});

test.each(Object.entries(FATES))(
  '%s is tried again where its failure is, and its words end as sentences do',
  (_id, fate) => {
    if (fate.type !== 'verdict' && fate.type !== 'cancelled')
      expect(fate.next === 'again').toBe(FAILURES[fate.type].retryable);
    for (const text of [fate.what, fate.fix]) expect(text).toMatch(/^[^a-z].*[^.]\.$/s);
  },
);
