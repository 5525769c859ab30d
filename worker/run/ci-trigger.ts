import type { Trigger } from '../../contract/run.ts';

/** What started a run, where it was started by a job of GitHub Actions or GitLab CI: their own variables say it. */
export function ciTrigger(env: NodeJS.ProcessEnv, by: string | undefined): Trigger | undefined {
  if (env['GITHUB_ACTIONS'] === 'true')
    return triggerOf([env['GITHUB_REPOSITORY'], env['GITHUB_RUN_ID']], '#', by ?? env['GITHUB_ACTOR']);
  if (env['GITLAB_CI'] === 'true') return triggerOf([env['CI_PIPELINE_URL']], '', by ?? env['GITLAB_USER_LOGIN']);
  return undefined;
}

function triggerOf(parts: readonly (string | undefined)[], separator: string, by: string | undefined): Trigger {
  const source = parts.every((part) => part !== undefined && part !== '') ? parts.join(separator).slice(0, 200) : '';
  return {
    kind: 'ci',
    ...(source === '' ? {} : { source }),
    ...(by === undefined || by === '' ? {} : { by: by.slice(0, 200) }),
  };
}
