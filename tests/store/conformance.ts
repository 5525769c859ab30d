import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Judgement, Store } from '../../store/ports.ts';
import {
  advisory,
  callOf,
  caseOf,
  candidateOf,
  contentsOf,
  lessonOf,
  lookOf,
  moving,
  noticeOf,
  runOf,
  trap,
} from './samples.ts';

/** Opens an empty store for one test; `dispose` takes it away. */
export type OpenEmptyStore = () => Promise<{ readonly store: Store; readonly dispose: () => Promise<void> }>;

const pass: Judgement = {
  verdict: { verdict: 'pass', criteria: [{ name: 'names-the-topic', verdict: 'pass', evidence: 'seen' }] },
  approval: { ask: true, audit: false, because: 'approval rule' },
};
const gate = { runKey: 'r1', gate: 'publish#1', digest: 'sha256:gate', at: 1300 };
const approve = { decision: 'approve', by: 'ada@example.com', identity: 'unverified' } as const;
const reservation = {
  model: 'fake-1',
  microUsd: 40,
  budgets: [
    { id: 'loop:triage:2026-01-01', capMicroUsd: 1000 },
    { id: 'run:r1', capMicroUsd: 100 },
  ],
  at: 1000,
  leaseUntil: 2000,
};
const closing = {
  runKey: 'r1',
  outcome: 'accepted',
  reason: 'done',
  closedAt: 1600,
  artefact: 'sha256:a',
  decided: { ...gate, digest: 'sha256:last', decision: approve, lessons: [lessonOf('r1', 'last')] },
  lessons: [lessonOf('r1', 'closing')],
} as const;

const DOING = { by: 'owner', at: 1000 };
const TOKEN = { id: 'aaaaaaaaaaaa', user: 'ada', secretHash: 'h', label: 'ci', scopes: ['read'] as const };

/** The writes of a run's life in their order, each with its own repetition. */
const WRITES: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
  'adopting a harness': (store) => store.harnesses.adopt('triage', { instructions: 'sort' }, 'sha256:h', 900),
  'proposing a candidate': (store) =>
    store.candidates.propose(candidateOf('sha256:c'), { body: {}, digest: 'sha256:h2' }),
  'promoting it': (store) =>
    store.harnesses.promote({ ...moving('p'), version: 'v2', expected: 'v1', e: 25.5, unproven: false }),
  'rolling back': (store) => store.harnesses.rollback(moving('r')),
  'opening a run': (store) => store.runs.open(runOf('r1')),
  'opening a duplicate': (store) =>
    store.runs.openDuplicate(runOf('r2', { workKey: 'triage/r1' }), 'triage-r1', 'inProgress: triage-r1'),
  'storing an artefact': (store) => store.artefacts.put('a text', { runKey: 'r1', keep: 'durable' }),
  'recording what a stage was given': (store) =>
    store.contexts.add({ runKey: 'r1', stage: 'main', at: 1050 }, '{"parts":[]}'),
  'reserving money': (store) => store.ledger.reserve(callOf('r1'), reservation),
  'settling a call': (store) => store.ledger.settle(callOf('r1'), { microUsd: 10, inputTokens: 5, outputTokens: 2 }),
  'recording an attempt': (store) =>
    store.attempts.add(
      { runKey: 'r1', stage: 'main#1', attempt: 1, author: 'model:fake-1', at: 1100 },
      'what was made',
    ),
  'recording a verdict': (store) =>
    store.attempts.judge({ runKey: 'r1', stage: 'main#1', artefact: 'sha256:a', author: 'verifiers', at: 1150 }, pass),
  'keeping what a verifier found': (store) =>
    store.findings.keep(
      { runKey: 'r1', stage: 'main#1', artefact: 'sha256:a', author: 'verifiers' },
      new Map([['judge:taste@1', '{"criteria":[]}']]),
      1140,
    ),
  'opening a gate': (store) =>
    store.gates.open({ ...gate, stage: 'main#1', artefact: 'sha256:a', audit: true, because: 'audit', openedAt: 1200 }),
  'recording a decision': (store) =>
    store.gates.decide({ ...gate, decision: approve, lessons: [lessonOf('r1', 'decision')] }),
  'beginning a second call and giving it up': async (store) => {
    await store.ledger.reserve(callOf('r1', { attempt: 2 }), reservation);
    await store.ledger.giveUp(callOf('r1', { attempt: 2 }));
  },
  'beginning a third call and releasing it': async (store) => {
    await store.ledger.reserve(callOf('r1', { attempt: 3 }), reservation);
    await store.ledger.release(callOf('r1', { attempt: 3 }));
  },
  'putting a row into the outbox': (store) => store.effects.put('titles', 'triage/r1/publish', { title: 'Owls' }),
  'growing a case and a failure of a lesson': (store) =>
    store.cases.grow({
      loop: 'triage',
      upTo: 1,
      cases: [caseOf('grown')],
      failures: [{ loop: 'triage', cluster: 'said: rude', feedback: 'human', lesson: 1, runKey: 'r1', at: 1540 }],
    }),
  'taking the cases of a file': (store) => store.cases.putFile('triage', [caseOf('line', { source: 'file' })]),
  'moving a case': (store) => store.cases.move('triage', 'grown', 'pinned'),
  'retiring a lesson': (store) =>
    store.lessonStates.change([{ loop: 'triage', lesson: 1, state: 'retired', because: 'old', by: 'ada', at: 1545 }]),
  'saying when lessons expire': (store) => store.lessonStates.setExpiry({ loop: 'triage', afterMs: 1000 }),
  'answering a question of a review': (store) =>
    store.reviewAnswers.add({ loop: 'triage', check: 'trigger.explicit', answer: 'manual', by: 'ada', at: 1550 }),
  'keeping what a source answered': (store) =>
    store.sourceAnswers.put({ key: 'k', loop: 'triage', body: '[]', at: 1560, expiresAt: 9000 }),
  'raising an alert': (store) =>
    store.alerts.raise({ key: 'late:nightly', kind: 'late', about: 'nightly', text: 'did not run', raisedAt: 1570 }),
  'clearing an alert': (store) => store.alerts.clear('late:nightly', 1580),
  'keeping a look at a schedule': (store) => store.scheduleLooks.keep(lookOf('nightly')),
  'forgetting a schedule': (store) => store.scheduleLooks.forget('nightly'),
  'planning a notice': (store) => store.notices.plan(...noticeOf('sha256:gate')),
  'beginning to send it': (store) =>
    store.notices.begin({ channel: 'ops', ids: ['approval:sha256:gate@1000/opened'], at: 1200, nextAt: 6200 }),
  'having sent it': (store) =>
    store.notices.settle({ channel: 'ops', ids: ['approval:sha256:gate@1000/opened'], state: 'sent', at: 1300 }),
  'forgetting notices': (store) => store.notices.expire(1400).then(() => undefined),
  'receiving a delivery': (store) =>
    store.inbox.receive({ source: 'notes', delivery: 'd1', event: 'note', body: '{}', at: 1570 }).then(() => undefined),
  'settling a delivery': (store) =>
    store.inbox.settle({ source: 'notes', delivery: 'd1' }, { state: 'started', workflowId: 'triage-r1' }),
  'recording a start': (store) =>
    store.starts.record({ origin: 'sha256:o', startedBy: 'find', loop: 'triage', workflowId: 'triage-r1', at: 1590 }),
  'adding a user': (store) => store.users.add({ name: 'ada', roles: ['lead'], scopes: ['read', 'decide'] }, DOING),
  'changing a user': (store) => store.users.change({ name: 'ada', roles: [] }, DOING),
  'making an API token': (store) => store.apiTokens.add(TOKEN, DOING),
  'making a code': (store) => store.signIns.offer({ user: 'ada', codeHash: 'c1' }, DOING),
  'using a code up': (store) => store.signIns.redeem({ codeHash: 'c1', idHash: 's1', at: 1100 }),
  'opening a session': (store) => store.sessions.open({ idHash: 's2', user: 'ada', token: TOKEN.id, at: 1100 }),
  'ending a session': (store) => store.sessions.end('s1', 1200),
  'revoking an API token': (store) => store.apiTokens.revoke(TOKEN.id, DOING),
  'ending all sessions': (store) => store.sessions.endAll(1300),
  'disabling a user': (store) => store.users.change({ name: 'ada', disabled: true }, DOING),
  'changing what a judge is good for': (store) => store.judgeRecords.stand(advisory).then(() => undefined),
  'recording what it said to a trap': (store) => store.judgeRecords.answer(trap),
  'closing a run with its last decision': (store) => store.runs.close(closing),
};

/** What every store must do, whatever is behind it. */
export function storeConformance(name: string, open: OpenEmptyStore): void {
  describe(`a store on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      const opened = await open();
      store = opened.store;
      onTestFinished(opened.dispose);
    });

    test.each(Object.keys(WRITES))('%s twice changes nothing and answers the same', async (title) => {
      const steps = Object.entries(WRITES);
      const index = steps.findIndex(([step]) => step === title);
      for (const [, write] of steps.slice(0, index)) await write(store);
      const write = WRITES[title] as (store: Store) => Promise<unknown>;
      const before = await contentsOf(store);
      const answer = await write(store);
      const after = await contentsOf(store);
      expect(after).not.toEqual(before);
      expect(await write(store)).toEqual(answer);
      expect(await contentsOf(store)).toEqual(after);
    });

    test('what a verifier found is kept as it was first, by its key, until there is a verdict', async () => {
      const key = { runKey: 'r1', stage: 'main#1', artefact: 'sha256:a', author: 'verifiers' };
      await store.findings.keep(key, new Map([['check:a', 'first']]), 1);
      await store.findings.keep(
        key,
        new Map([
          ['check:a', 'second'],
          ['check:b', 'other'],
        ]),
        2,
      );
      await store.findings.keep({ ...key, author: 'verifiers/edit' }, new Map([['check:a', 'edit']]), 3);
      expect(Object.fromEntries(await store.findings.of(key))).toEqual({ 'check:a': 'first', 'check:b': 'other' });
      await store.attempts.judge({ ...key, at: 4 }, pass);
      expect((await store.findings.of(key)).size).toBe(0);
      expect((await store.findings.of({ ...key, author: 'verifiers/edit' })).size).toBe(1);
    });

    test('a write that fails in its middle leaves nothing, and takes no other of the same moment with it', async () => {
      const put = (text: string, keep: string) => store.artefacts.put(text, { runKey: 'r1', keep: keep as 'run' });
      const answers = await Promise.allSettled([put('one', 'run'), put('two', 'for ever'), put('three', 'durable')]);
      expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      const bodies = await store.facts.query('select body from artefacts order by body');
      expect(bodies.map(({ body }) => body)).toEqual(['one', 'three']);
    });

    test('an attempt that is recorded already is the answer, whatever is made later', async () => {
      const attempt = { runKey: 'r1', stage: 'main#1', attempt: 1, author: 'model:x', at: 1 };
      const recorded = await store.attempts.add(attempt, 'first');
      expect(await store.artefacts.get(recorded.artefact)).toBe('first');
      expect(await store.attempts.add({ ...attempt, author: 'model:y' }, 'second')).toEqual(recorded);
      expect(await store.attempts.find('r1', 'main#1', 1)).toEqual(recorded);
      expect(await store.attempts.find('r1', 'main#2', 1)).toBeUndefined();
    });

    test('the first verdict of an author on an artefact stays, and each author has one', async () => {
      const key = { runKey: 'r1', stage: 'main#1', artefact: 'sha256:a', author: 'verifiers' };
      const fail: Judgement = { ...pass, verdict: { verdict: 'fail', criteria: [] } };
      await store.attempts.judge({ ...key, at: 1 }, fail);
      await store.attempts.judge({ ...key, at: 2 }, pass);
      await store.attempts.judge({ ...key, author: 'human:ada', at: 3 }, pass);
      expect(await store.attempts.judgement(key)).toEqual(fail);
      expect(await store.attempts.judgements('r1', 'main#1', 'sha256:a')).toEqual([fail, pass]);
      expect(await store.attempts.judgements('r2', 'main#1', 'sha256:a')).toEqual([]);
    });

    test('two revisions of one gate version are two decisions', async () => {
      const revise = (feedback: string) => ({ ...approve, decision: 'revise', feedback }) as const;
      await store.gates.decide({ ...gate, decision: revise('shorter'), lessons: [lessonOf('r1', 'one')] });
      expect(await store.gates.decide({ ...gate, decision: revise('kinder'), lessons: [lessonOf('r1', 'two')] })).toBe(
        2,
      );
      expect(await store.facts.query('select decision from decisions')).toHaveLength(2);
    });

    test('an approval counts for exactly its artefact and its run', async () => {
      const version = { stage: 'main#1', audit: false, because: 'rule', openedAt: 1 };
      await store.gates.open({ ...gate, ...version, artefact: 'sha256:a' });
      await store.gates.open({ ...gate, ...version, digest: 'sha256:edited', artefact: 'sha256:b' });
      await store.gates.open({ ...gate, ...version, runKey: 'r2', artefact: 'sha256:b' });
      await store.gates.decide({ ...gate, digest: 'sha256:edited', decision: approve, lessons: [] });
      const reject = { ...approve, decision: 'reject', note: 'no' } as const;
      await store.gates.decide({ ...gate, runKey: 'r2', decision: reject, lessons: [] });
      expect(await store.gates.approved('r1', 'sha256:b')).toBe(true);
      expect(await store.gates.approved('r1', 'sha256:a')).toBe(false);
      expect(await store.gates.approved('r2', 'sha256:b')).toBe(false);
    });

    test('an effect is new once, then begun, then done with its result', async () => {
      const effect = { key: 'triage/r1/label', runKey: 'r1', name: 'label', artefact: 'sha256:a', at: 1 };
      const answers = await Promise.all([store.effects.begin(effect), store.effects.begin(effect)]);
      expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['begun', 'new']);
      await store.effects.finish(effect.key, { sent: 1 }, 2);
      await store.effects.finish(effect.key, { sent: 2 }, 3);
      expect(await store.effects.begin(effect)).toEqual({ kind: 'done', artefact: 'sha256:a', result: { sent: 1 } });
    });

    test('lessons are read in the order they were learnt, up to the watermark', async () => {
      await store.gates.decide({ ...gate, decision: approve, lessons: [lessonOf('r1', 'a'), lessonOf('r1', 'b')] });
      const watermark = await store.lessons.watermark();
      await store.gates.decide({ ...gate, digest: 'sha256:later', decision: approve, lessons: [lessonOf('r1', 'c')] });
      const read = await store.lessons.list({ loop: 'triage', after: 0, upTo: watermark });
      expect(read.map(({ input }) => input)).toEqual([{ id: 'a' }, { id: 'b' }]);
      expect(await store.lessons.list({ loop: 'triage', after: watermark, upTo: watermark + 9 })).toHaveLength(1);
      expect(await store.lessons.list({ loop: 'other', after: 0, upTo: watermark })).toEqual([]);
    });

    test('the newest answer to each check counts, and older ones stay on record', async () => {
      const answer = { loop: 'triage', check: 'trigger.explicit', answer: 'manual', by: 'ada', at: 1000 };
      const newer = { ...answer, answer: 'webhook desk', note: 'since May', by: 'bo', at: 3000 };
      const other = { ...answer, loop: 'report', at: 4000 };
      const second = { ...answer, check: 'learning.worked', answer: 'yes', at: 2000 };
      for (const given of [newer, answer, second, other]) await store.reviewAnswers.add(given);
      expect(await store.reviewAnswers.newest('triage')).toEqual([second, newer]);
      expect(await store.reviewAnswers.newest()).toEqual([other, second, newer]);
      expect(await store.facts.query('select answer from review_answers')).toHaveLength(4);
    });
  });
}
