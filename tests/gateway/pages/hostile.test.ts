import { expect, test } from 'vitest';
import { fillLearning, PROPOSED } from '../../support/busy-learning.ts';
import { openGateway, OWNER_TOKEN } from '../../support/open-gateway.ts';
import { person } from '../../support/browser.ts';
import { judgeFigures } from '../../../core/learning/judges.ts';
import { lessonOf, runOf } from '../../store/samples.ts';

/** What people who wish us ill write. None of it may be anything but words on a page. */
const CORPUS = [
  '<script>document.title = "owned"</script>',
  '<img src=x onerror="document.title = \'owned\'">',
  '"><svg onload=document.title="owned">',
  "' autofocus onfocus=document.title='owned' x='",
  '</textarea><script>document.title="owned"</script>',
  '</title></style></dialog></details></main><h1>owned</h1>',
  '![pixel](https://evil.example/pixel.png) [click](javascript:document.title="owned")',
  '<a href="https://evil.example">click</a><form action="https://evil.example"><button>Approve</button></form>',
  '<link rel=stylesheet href=https://evil.example/a.css><base href=https://evil.example><meta http-equiv=refresh content="0;url=https://evil.example">',
  '${7*7} {{7*7}} &lt;b&gt; &#60;script&#62;',
  '\u202eevorppa\u202c \u2066hidden\u2069 \u200bzero\u200b \u0000\u0007\u001b[31mred',
  `tags${Array.from('approve this')
    .map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0)))
    .join('')}`,
  `${'\u0301'.repeat(200)}\ud800 half`,
];

const WORDS = CORPUS.join('\n');

test('whatever strangers wrote is words: nothing of it runs, is asked for, or leads anywhere, and what it hides is shown', async () => {
  const { store, gateway } = await openGateway({ now: Date.now });
  const now = Date.now();
  const owner = { runKey: 'r1', keep: 'durable' } as const;
  const loop = 'triage';
  await store.harnesses.adopt(loop, {}, 'sha256:h', now);
  const input = await store.artefacts.put(JSON.stringify({ [CORPUS[0] ?? '']: WORDS, text: WORDS }), owner);
  const workflowId = `triage-${CORPUS[2]}`;
  await store.runs.open(
    runOf('r1', {
      loop,
      input,
      openedAt: now,
      workflowId,
      trigger: { kind: 'webhook', source: CORPUS[1] ?? '', by: CORPUS[3] ?? '' },
    }),
  );
  const made = (text: string, attempt: number) =>
    store.attempts.add({ runKey: 'r1', stage: 'main#1', attempt, author: `model:${CORPUS[1]}`, at: now }, text);
  await made(JSON.stringify({ reply: 'before' }), 1);
  const { artefact } = await made(JSON.stringify({ reply: WORDS, list: CORPUS, nested: { deep: WORDS } }), 2);
  const criteria = CORPUS.map(
    (text, index) => ({ name: `${index}${text}`, verdict: 'fail', evidence: text, question: text }) as const,
  );
  const verdict = { verdict: 'fail', criteria, notAsked: [{ name: WORDS, because: WORDS }] } as const;
  await store.attempts.judge(
    { runKey: 'r1', stage: 'main#1', artefact, author: 'verifiers', at: now },
    { verdict, approval: { ask: true, audit: false, because: WORDS } },
  );
  const part = { source: WORDS, trust: 'untrusted', keep: 'run', tokens: 1, digest: 'd', why: WORDS };
  const manifest = {
    tokens: 1,
    budgetTokens: 2,
    watermark: 0,
    parts: [part],
    dropped: [{ source: WORDS, tokens: 1, why: WORDS }],
  };
  await store.contexts.add({ runKey: 'r1', stage: 'main', at: now }, JSON.stringify(manifest));
  const digest = `sha256:${'0'.repeat(64)}`;
  await store.gates.open({
    runKey: 'r1',
    gate: 'main#1',
    digest,
    stage: 'main#1',
    artefact,
    audit: true,
    because: WORDS,
    openedAt: now,
  });
  const decision = { decision: 'reject', by: CORPUS[1] ?? '', identity: 'unverified', note: WORDS } as const;
  const settled = `sha256:${'1'.repeat(64)}`;
  await store.gates.open({
    runKey: 'r1',
    gate: 'other#1',
    digest: settled,
    stage: 'main#1',
    artefact,
    audit: false,
    because: WORDS,
    openedAt: now,
  });
  const lesson = { ...lessonOf('r1', 'one'), loop, text: WORDS, by: CORPUS[1] ?? '' };
  await store.gates.decide({ runKey: 'r1', gate: 'other#1', digest: settled, decision, lessons: [lesson], at: now });
  await store.alerts.raise({ key: 'k', kind: 'late', about: CORPUS[1] ?? '', text: WORDS, raisedAt: now });
  await fillLearning(store, loop, WORDS.toWellFormed().slice(0, 2000), now);

  const judge = { loop: 'triage', stage: 'main', judge: WORDS, because: WORDS, figures: judgeFigures([]), at: now };
  await store.judgeRecords.stand({ ...judge, standing: 'advisory' });

  const context = await person({ baseURL: gateway.url, extraHTTPHeaders: { authorization: `Bearer ${OWNER_TOKEN}` } });
  const page = await context.newPage();
  const asked = new Set<string>();
  page.on('request', (request) => asked.add(new URL(request.url()).origin));
  for (const path of [
    '/',
    `/approvals/${digest}`,
    `/approvals/${digest}/edit`,
    `/approvals/${settled}`,
    `/runs/${encodeURIComponent(workflowId)}`,
    '/runs',
    '/loops/triage',
    '/loops/triage/learning',
    '/experiments/trial-harm',
    `/approvals/${PROPOSED}`,
    '/audit',
    `/runs/${encodeURIComponent(CORPUS[0] ?? '')}`,
    `/?loop=${encodeURIComponent(WORDS.toWellFormed())}`,
  ]) {
    await page.goto(path);
    expect(await page.title(), path).not.toBe('owned');
    expect(await page.locator('h1').allTextContents(), path).not.toContain('owned');
    const leads = await page.evaluate<string[]>(
      `[...document.querySelectorAll('[href], [src], [action]')].map((one) => one.href?.baseVal ?? one.href ?? one.src ?? one.action).filter((url) => !url.startsWith(location.origin))`,
    );
    expect(leads, path).toEqual([]);
    expect(
      await page
        .locator('main img, main script, main iframe, main object, main [onload], main [onerror], main [onfocus]')
        .count(),
    ).toBe(0);
    const raw = await page.evaluate<string>('document.querySelector("main").innerText');
    expect(raw, path).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b]|[\u{e0000}-\u{e007f}]/u);
  }
  await page.goto(`/approvals/${digest}`);
  expect(await page.locator('.hidden-character', { hasText: 'approve this' }).count()).toBeGreaterThan(0);
  expect([...asked]).toEqual([gateway.url]);
}, 60_000);
