import { expect, test } from 'vitest';
import { Trigger } from '../../../contract/run.ts';
import { ciTrigger } from '../../../worker/run/ci-trigger.ts';

const GITHUB = { GITHUB_ACTIONS: 'true', GITHUB_REPOSITORY: 'acme/shop', GITHUB_RUN_ID: '42', GITHUB_ACTOR: 'ada' };
const GITLAB = { GITLAB_CI: 'true', CI_PIPELINE_URL: 'https://gitlab.example/p/7', GITLAB_USER_LOGIN: 'bo' };

test('a job says which one it is, and who started it', () => {
  expect(ciTrigger(GITHUB, undefined)).toEqual({ kind: 'ci', source: 'acme/shop#42', by: 'ada' });
  expect(ciTrigger(GITLAB, undefined)).toEqual({ kind: 'ci', source: 'https://gitlab.example/p/7', by: 'bo' });
});

test('who is named with --by is who asks for it', () => {
  expect(ciTrigger(GITHUB, 'eve')).toMatchObject({ kind: 'ci', by: 'eve' });
});

test('outside of a job there is nothing to say, and what a job leaves out is left out', () => {
  expect(ciTrigger({}, 'eve')).toBeUndefined();
  expect(ciTrigger({ CI: 'true' }, undefined)).toBeUndefined();
  expect(ciTrigger({ GITHUB_ACTIONS: 'true', GITHUB_RUN_ID: '' }, undefined)).toEqual({ kind: 'ci' });
  expect(Trigger.parse(ciTrigger({ ...GITLAB, CI_PIPELINE_URL: 'x'.repeat(900) }, 'y'.repeat(900)))).toBeDefined();
});
