import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { GatePolicy } from '../../../contract/approvals.ts';
import { NotifyFile } from '../../../contract/notify-file.ts';
import type { Decision } from '../../../contract/messages.ts';
import type { LetterQuery } from '../../../contract/notify.ts';
import { compileRouting } from '../../../core/notify/routing.ts';
import { openStore } from '../../../store/index.ts';
import type { Store } from '../../../store/ports.ts';
import { Notifier } from '../../../worker/notify/notifier.ts';
import { openChannels, type ChannelSurroundings } from '../../../worker/notify/open-channels.ts';
import { Postman } from '../../../worker/notify/postman.ts';
import { POLICY } from '../../core/notify/approvals.ts';
import { runOf } from '../../store/samples.ts';

/** The secret of webhooks in tests. */
export const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

/** Address of the dashboard in tests. */
export const ORIGIN = 'https://loops.example.com';

/** A store in a folder of its own. */
export async function ownStore(): Promise<{ readonly folder: string; readonly store: Store }> {
  const folder = await mkdtemp(join(tmpdir(), 'loopwright-notify-'));
  const store = await openStore(folder, process.pid);
  onTestFinished(async () => {
    await store.close().catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  });
  return { folder, store };
}

/** Puts a gate before people. */
export async function openGate(
  store: Store,
  name: string,
  openedAt: number,
  { policy = {}, output = { title: 'Owls' } }: { policy?: Partial<GatePolicy>; output?: unknown } = {},
): Promise<void> {
  await store.runs.open(runOf(name, { openedAt }));
  const text = JSON.stringify(output);
  const made = { runKey: name, stage: 'main#1', attempt: 1, author: 'model:x', at: openedAt };
  const { artefact } = await store.attempts.add(made, text);
  const criteria = [{ name: 'names-the-topic', verdict: 'pass', evidence: 'Owls' }] as const;
  await store.attempts.judge(
    { runKey: name, stage: 'main#1', artefact, author: 'verifiers', at: openedAt },
    { verdict: { verdict: 'pass', criteria }, approval: { ask: true, audit: false, because: 'rule' } },
  );
  const version = { stage: 'main#1', artefact, audit: false, because: 'the confidence is low', openedAt };
  const digest = `sha256:${name}`;
  await store.gates.open({ runKey: name, gate: 'main#1', digest, ...version, policy: { ...POLICY, ...policy } });
}

/** Decides a gate. */
export async function decide(store: Store, name: string, decision: Partial<Decision>, at: number): Promise<void> {
  const said = { decision: 'approve', by: 'ada', identity: 'signed', ...decision } as const;
  await store.gates.decide({
    runKey: name,
    gate: 'main#1',
    digest: `sha256:${name}`,
    decision: said,
    lessons: [],
    at,
  });
}

/** Channels that are sent to from a store, at times that the test says. */
export async function telling(file: object, more: Partial<ChannelSurroundings> = {}) {
  const { folder, store } = await ownStore();
  const value = NotifyFile.parse(file);
  const env = { HOOK_SECRET: SECRET, ...more.env };
  const channels = openChannels({ file: 'notify.yaml', value, mistakes: [] }, { ...more, env });
  const clock = { now: 0 };
  const reports: string[] = [];
  const around = { store, origin: ORIGIN, now: () => clock.now, report: (text: string) => void reports.push(text) };
  const notifier = new Notifier({ ...around, routing: compileRouting(value) });
  const postmen = channels.map((channel) => new Postman({ ...around, channel }));
  const { signal } = new AbortController();
  return {
    folder,
    store,
    clock,
    reports,
    look: () => notifier.look(),
    send: () => Promise.all(postmen.map((one) => one.round(signal))),
    /** Looks and sends at a time. */
    at: async (now: number) => {
      clock.now = now;
      await notifier.look();
      await Promise.all(postmen.map((one) => one.round(signal)));
    },
    letters: async (query: Partial<LetterQuery> = {}) =>
      (await store.notices.list({ limit: 99, ...query })).map(
        ({ channel, event, state, attempts }) => `${channel} ${event} ${state} ${attempts}`,
      ),
  };
}
