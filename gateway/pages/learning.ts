import { randomBytes } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { IMPROVE } from '../../contract/names.ts';
import { demand, type Visited } from '../visitor.ts';
import type { FieldMistake } from '../workshop.ts';
import { learningBody, type Learning } from './learning-body.ts';
import { mistakeList } from './mistake-list.ts';
import { missingPage } from './missing.ts';
import { answerPage, visitorOf, type PageOptions } from './page.ts';
import { learningPath } from './parts/run-words.ts';
import { sentFields } from './sent-fields.ts';

/** Experiments, candidates and moves that are shown. */
const NEWEST = 30;

/** `GET /loops/<name>/learning`: how a loop learns. `POST /loops/<name>/improve`: starts the run of `improve` that looks for a change. */
export function learningPages(options: PageOptions): Hono<Visited> {
  return new Hono<Visited>()
    .get('/:name/learning', (context) => answer(context, options))
    .get('/:name/improve', (context) => context.redirect(learningPath(context.req.param('name')), 303))
    .post('/:name/improve', demand('start'), async (context) => {
      const loop = context.req.param('name');
      const sent = await sentFields(context);
      const key = /^[\w-]{8,64}$/.exec(sent.get('key') ?? '')?.[0] ?? newKey();
      const { name } = visitorOf(context);
      const trigger = { kind: 'manual', source: 'dashboard', by: name } as const;
      const started = await options.workshop()?.start(IMPROVE, {
        key: `${loop}-${key}`,
        input: { loop },
        options: { requestedBy: name, trigger },
      });
      if (started?.kind !== 'started') return await answer(context, options, started?.mistakes ?? []);
      return context.redirect(
        `/runs/${encodeURIComponent(started.workflowId)}${started.alreadyRunning ? '?done=running' : ''}`,
        303,
      );
    });
}

/** Names a run, so that a form that is sent twice starts one. */
function newKey(): string {
  return randomBytes(5).toString('hex');
}

async function answer(context: Context, options: PageOptions, mistakes?: readonly FieldMistake[]): Promise<Response> {
  const loop = context.req.param('name') ?? '';
  const learning = await learningOf(options, loop);
  if (learning === undefined) return await missingPage(context, options, `There is no loop “${loop}” on record.`);
  const here =
    options
      .workshop()
      ?.loops()
      .map(({ name }) => name) ?? [];
  const mayImprove = loop !== IMPROVE && [IMPROVE, loop].every((name) => here.includes(name));
  const looking = { visitor: visitorOf(context), now: options.now(), key: mayImprove ? newKey() : undefined };
  const said = mistakes === undefined ? undefined : ({ tone: 'bad', text: mistakeList(mistakes) } as const);
  return await answerPage(context, options, {
    frame: { title: `How ${loop} learns`, section: 'loops', said },
    body: learningBody(learning, looking),
    status: mistakes === undefined ? 200 : 422,
  });
}

/** All that is on record of how a loop learns; undefined where the record knows no such loop. */
async function learningOf({ store, now }: PageOptions, loop: string): Promise<Learning | undefined> {
  const { harnesses, experiments, candidates, failures, loopBook } = store;
  const current = await harnesses.current(loop);
  if (current === undefined) return undefined;
  const version = `v${current.version}`;
  const [baseline, clusters, cases, proposed, held, moves] = await Promise.all([
    experiments.baseline(loop, version),
    failures.clusters(loop, now()),
    loopBook.cases(loop),
    candidates.list({ loop, limit: NEWEST }),
    experiments.list({ loop, limit: NEWEST }),
    harnesses.moves(loop, NEWEST),
  ]);
  return { loop, version, baseline, clusters, cases, candidates: proposed, experiments: held, moves };
}
