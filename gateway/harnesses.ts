import { Hono, type Context } from 'hono';
import type { Candidate } from '../contract/candidate.ts';
import { VersionName } from '../contract/harness-move.ts';
import { PromoteRequest, RollbackRequest, type HarnessMoved } from '../contract/harness-record.ts';
import type { Moved, Store } from '../store/ports.ts';
import { harnessBodyOf, harnessRecordOf } from './harness-record.ts';
import { refusal } from './refusals.ts';
import { demand, ownerOnly, type Visited } from './visitor.ts';

/** What these routes stand on. */
interface HarnessRoutesOptions {
  readonly store: Pick<Store, 'harnesses' | 'candidates' | 'loopBook'>;
  readonly now: () => number;
}

/**
 * `GET /api/harnesses/<loop>`: versions and moves; `…/<version>`: one, with its body. `POST …/rollback` takes the scope
 * `decide`; `POST …/promote` passes every gate, so it is for commands of this machine alone. 409 says what the loop runs
 * on, 422 that nothing has proven the candidate.
 */
export function harnessRoutes({ store, now }: HarnessRoutesOptions): Hono<Visited> {
  return new Hono<Visited>()
    .get('/:loop', async (context) => {
      const record = await harnessRecordOf(store, context.req.param('loop'));
      return record === undefined ? noLoop(context) : context.json(record);
    })
    .get('/:loop/:version', async (context) => {
      const version = VersionName.parse(context.req.param('version'));
      const found = await harnessBodyOf(store, context.req.param('loop'), version);
      return found === undefined ? noVersion(context, version) : context.json(found);
    })
    .post('/:loop/promote', ownerOnly, async (context) => {
      const loop = context.req.param('loop');
      const request = PromoteRequest.parse(await context.req.json());
      const found = await harnessBodyOf(store, loop, request.version);
      if (found === undefined) return noVersion(context, request.version);
      const { candidate } = found;
      if (candidate === undefined)
        return refusal(
          context,
          409,
          'Conflict',
          `${request.version} of ${loop} came from its file and ran already. Go back to it: loopwright harness rollback ${loop} --to ${request.version}`,
        );
      if (candidate.state !== 'proven' && !request.unproven)
        return refusal(context, 422, 'Unproven', unproven(request.version, candidate));
      const { experiment } = candidate;
      const moved = await store.harnesses.promote({
        ...request,
        loop,
        ...(experiment === undefined ? {} : { experiment }),
        unproven: candidate.state !== 'proven',
        by: context.get('visitor').name,
        at: now(),
      });
      return answered(context, loop, moved);
    })
    .post('/:loop/rollback', demand('decide'), async (context) => {
      const loop = context.req.param('loop');
      const request = RollbackRequest.parse(await context.req.json());
      if ((await store.harnesses.current(loop)) === undefined) return noLoop(context);
      const { to } = request;
      if (to !== undefined && (await store.harnesses.find(loop, to)) === undefined) return noVersion(context, to);
      const by = context.get('visitor').name;
      return answered(context, loop, await store.harnesses.rollback({ ...request, loop, by, at: now() }));
    });
}

function answered(context: Context, loop: string, moved: Moved): Response {
  switch (moved.kind) {
    case 'moved':
      return context.json({ current: moved.current, move: moved.move } satisfies HarnessMoved);
    case 'already':
      return refusal(context, 409, 'Conflict', `${loop} runs on ${moved.current} already.`);
    case 'conflict':
      return refusal(
        context,
        409,
        'Conflict',
        `${loop} runs on ${moved.current}, and not on what was expected: somebody moved it meanwhile, and what that changed would be lost. Look at it first: loopwright harness history ${loop}`,
      );
  }
}

function unproven(version: string, { state, because }: Pick<Candidate, 'state' | 'because'>): string {
  const why = because === undefined ? '' : ` (${because})`;
  return `Nothing has proven that ${version} is better: it is ${state}${why}. A person may promote it all the same, with --unproven, and it stays marked so.`;
}

function noLoop(context: Context): Response {
  return refusal(context, 404, 'NotFound', `This record has no loop "${context.req.param('loop')}".`);
}

function noVersion(context: Context, version: string): Response {
  return refusal(
    context,
    404,
    'NotFound',
    `Loop "${context.req.param('loop')}" has no harness ${version} on this record.`,
  );
}
