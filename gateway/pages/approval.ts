import { Hono } from 'hono';
import { caseOf, noApproval } from './case.ts';
import { answerCase } from './case-page.ts';
import type { Doing } from './decide-panel.ts';
import { decideRoutes } from './decide.ts';
import { editRoutes } from './edit.ts';
import type { PageOptions } from './page.ts';
import { saidOf } from './what-was-done.ts';

/** `/approvals/<digest>`: what is to be decided, and the forms that decide it. */
export function approvalPages(options: PageOptions): Hono {
  return new Hono()
    .get('/:digest', async (context) => {
      const found = await caseOf(options, context.req.param('digest'));
      if (found === undefined) return await noApproval(context, options);
      const said = saidOf(context.req.query('done'), found.approval);
      return await answerCase(context, options, found, { said, doing: doingOf(context.req.query('do')) });
    })
    .route('/', editRoutes(options))
    .route('/', decideRoutes(options));
}

function doingOf(text: string | undefined): Doing | undefined {
  return text === 'reject' || text === 'ask' ? text : undefined;
}
