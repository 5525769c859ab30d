import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { fetchContext } from '../../../activities/fetch-context.ts';
import { sourceReader } from '../../../activities/sources/index.ts';
import { http, model } from '../../../loops/define/index.ts';
import { names, titleLoop } from '../../support/loops.ts';
import { workbench } from '../workbench.ts';
import { httpServer } from './http-server.ts';

test('a run that is cancelled hangs up on the page that it reads', async () => {
  const activity = new MockActivityEnvironment();
  const gone = Promise.withResolvers<void>();
  const { url, port } = await httpServer((request) => {
    request.on('close', gone.resolve);
    activity.cancel();
  });
  const context = [http({ url, hosts: [url], why: 'facts', timeoutMs: 60_000 })];
  const { deps, run } = await workbench({
    loop: titleLoop('reads', { stages: { main: { context, generate: model(), verify: [names] } } }),
    sources: sourceReader({ allowPrivate: [`127.0.0.1:${port}`] }, { path: undefined }),
  });
  await expect(activity.run(fetchContext, deps, { run, stage: 'main' })).rejects.toThrow(/cancel|abort/i);
  await gone.promise;
});
