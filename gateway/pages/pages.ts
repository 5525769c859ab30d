import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Visitor } from '../../contract/access.ts';
import { failureStatus } from '../refusals.ts';
import { demand, type Visited } from '../visitor.ts';
import { approvalPages } from './approval.ts';
import { inboxPages } from './inbox.ts';
import { auditPage } from './audit.ts';
import { harnessPages } from './harness.ts';
import { lessonPages } from './lessons.ts';
import { experimentPage } from './experiment.ts';
import { learningPages } from './learning.ts';
import { loopPage } from './loop.ts';
import { loopListPage } from './loops.ts';
import { spendPage } from './spend.ts';
import { startPages } from './start.ts';
import { missingPage } from './missing.ts';
import { reviewPage } from './review.ts';
import { answerPage, seenSoFar, type PageOptions } from './page.ts';
import { runPage } from './run.ts';
import { runListPage } from './runs.ts';
import { shownLine } from './parts/shown.ts';

/** Where pages are: whoever looks at one may read. What changes something demands more of its own. */
const PLACES = ['/', '/approvals/*', '/runs/*', '/loops/*', '/experiments/*', '/spend', '/audit'];

/** Pages for people. */
export function pageRoutes(options: PageOptions): Hono<Visited> {
  const pages = new Hono<Visited>();
  pages.onError(async (error, context) => {
    const body = html`<h1>This did not work</h1>
      <p role="alert">${shownLine(error.message, 1000)}</p>
      <p><a href="/">Back to the inbox</a></p>`;
    return await answerPage(context, options, { frame: { title: 'Failed' }, body, status: failureStatus(error) });
  });
  for (const place of PLACES) pages.use(place, demand('read'), seenSoFar(options));
  pages.route('/', inboxPages(options));
  pages.route('/approvals', approvalPages(options));
  pages.route('/runs', runListPage(options));
  pages.route('/runs', runPage(options));
  pages.route('/loops', loopListPage(options));
  pages.route('/loops', startPages(options));
  pages.route('/loops', harnessPages(options));
  pages.route('/loops', lessonPages(options));
  pages.route('/loops', reviewPage(options));
  pages.route('/loops', learningPages(options));
  pages.route('/loops', loopPage(options));
  pages.route('/experiments', experimentPage(options));
  pages.route('/spend', spendPage(options));
  pages.route('/audit', auditPage(options));
  pages.get('*', async (context, next) => {
    const asksForPage = (context.req.header('accept') ?? '').includes('text/html');
    const known = (context.get('visitor') as Visitor | undefined) !== undefined;
    if (!asksForPage || !known || context.req.path.startsWith('/api/')) return await next();
    return await missingPage(context, options, `There is no page ${context.req.path}.`);
  });
  return pages;
}
