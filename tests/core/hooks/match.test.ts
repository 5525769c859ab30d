import examples from '@octokit/webhooks-examples';
import { describe, expect, test } from 'vitest';
import { HookRule } from '../../../contract/hooks.ts';
import { compileHook, type Received } from '../../../core/hooks/match.ts';

const rules = (...all: object[]) => compileHook(all.map((one) => HookRule.parse(one)));
const received = (body: unknown, event = 'note'): Received => ({ source: 'notes', delivery: 'd1', event, body });

type Payload = Readonly<Record<string, unknown>>;

/** What GitHub sends. Its types say another shape than its module has. */
const PAYLOADS = examples as unknown as readonly { readonly name: string; readonly examples: readonly Payload[] }[];

/** A payload that GitHub sends. */
function payload(event: string, fits: (example: Payload) => boolean): unknown {
  return PAYLOADS.find(({ name }) => name === event)?.examples.find(fits);
}

describe("GitHub's own payloads", () => {
  const github = rules(
    {
      when: 'event == "issues" && body.action == "opened"',
      loop: 'supportTriage',
      key: '"issue-" + string(body.issue.id)',
      input: {
        id: 'string(body.issue.id)',
        text: 'body.issue.title + "\\n\\n" + (body.issue.body == null ? "" : body.issue.body)',
      },
      requestedBy: '"github:" + body.sender.login',
      order: { subject: 'string(body.issue.id)', version: 'body.issue.updated_at' },
    },
    {
      when: 'event == "workflow_run" && body.action == "completed" && body.workflow_run.conclusion == "failure"',
      loop: 'mendTheBuild',
      input: '{"run": string(body.workflow_run.id), "head": body.workflow_run.head_sha}',
    },
  );

  test('an issue that was opened starts a triage', () => {
    const body = payload('issues', ({ action }) => action === 'opened');
    expect(github({ source: 'github', delivery: 'd1', event: 'issues', body })).toEqual({
      kind: 'start',
      loop: 'supportTriage',
      key: 'issue-444500041',
      input: {
        id: '444500041',
        text: "Spelling error in the README file\n\nIt looks like you accidently spelled 'commit' with two 't's.",
      },
      options: {
        requestedBy: 'github:Codertocat',
        trigger: { kind: 'webhook', source: 'github', by: 'github:Codertocat' },
      },
      order: { subject: '444500041', version: Date.parse('2019-05-15T15:20:18Z') },
    });
  });

  test('a run of a workflow that failed starts a loop for it, one that went well does not', () => {
    const completed = payload('workflow_run', ({ action }) => action === 'completed') as {
      readonly workflow_run: { readonly id: number; readonly head_sha: string };
    };
    const event = (conclusion: string) => ({
      source: 'github',
      delivery: 'd2',
      event: 'workflow_run',
      body: { ...completed, workflow_run: { ...completed.workflow_run, conclusion } },
    });
    expect(github(event('failure'))).toMatchObject({
      kind: 'start',
      loop: 'mendTheBuild',
      key: 'github:d2',
      input: { run: String(completed.workflow_run.id), head: completed.workflow_run.head_sha },
    });
    expect(github(event('success'))).toEqual({ kind: 'ignored', because: 'none of 2 rules holds' });
  });

  test('none of all the other payloads breaks a rule', () => {
    for (const { name, examples: all } of PAYLOADS)
      for (const body of all) {
        const match = github({ source: 'github', delivery: 'd', event: name, body });
        const opened = name === 'issues' && body['action'] === 'opened';
        const failedBuild = name === 'workflow_run' && JSON.stringify(body).includes('"conclusion":"failure"');
        expect(match.kind, `${name}: ${JSON.stringify(match)}`).toBe(opened || failedBuild ? 'start' : 'ignored');
      }
  });
});

test('the first rule that holds counts; one without a loop notes what is newer and starts nothing', () => {
  const match = rules(
    { when: 'body.closed', order: { subject: 'body.id', version: 'body.at' } },
    { loop: 'triage', input: { id: 'body.id' }, order: { subject: 'body.id', version: 'body.at' } },
  );
  expect(match(received({ id: 'a', at: 2, closed: true }))).toEqual({
    kind: 'ignored',
    because: 'rule 1 starts nothing',
    order: { subject: 'a', version: 2 },
  });
  expect(match(received({ id: 'a', at: 1, closed: false }))).toMatchObject({ kind: 'start', input: { id: 'a' } });
});

test.each([
  ['a field that is not there', { id: 'x' }, 'rule 1, `input.text`: rule `body.text`: field not found: text'],
  [
    'a key that is no name',
    { text: '', id: 'a b' },
    '`key`: expected 1 to 200 letters (a-z), digits, ".", "_", "-" or ":", got "a b"',
  ],
  ['a key that is no text', { text: '', id: 7 }, '`key`: expected 1 to 200 letters'],
  ['a key that breaks out of a command', { text: '', id: "x'; reboot" }, '`key`: expected 1 to 200 letters'],
  [
    'a version that is no time',
    { text: '', id: 'x', at: 'yesterday' },
    '`order.version`: expected a number or a time such as 2026-01-31T09:00:00Z, got "yesterday"',
  ],
  ['no object at all', null, 'rule 1, `'],
])('%s fails the delivery, and says which part of which rule', (_what, body, because) => {
  const match = rules({
    loop: 'triage',
    input: { text: 'body.text' },
    key: 'body.id',
    order: { subject: '"all"', version: 'has(body.at) ? body.at : 1' },
  });
  expect(match(received(body))).toMatchObject({ kind: 'failed', because: expect.stringContaining(because) as unknown });
});

test('a value that JSON has not is named, with the way out', () => {
  const match = rules({ loop: 'triage', input: { at: 'timestamp(body.at)' } });
  expect(match(received({ at: '2026-01-31T09:00:00Z' }))).toMatchObject({
    kind: 'failed',
    because: expect.stringContaining('wrap times in `string(…)`') as unknown,
  });
});
