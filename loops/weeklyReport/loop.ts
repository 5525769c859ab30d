import { z } from 'zod';
import { check, compute, defineLoop, model, stage, type Finding } from '../define/index.ts';
import { collect, Figures, ReportInput } from './collect.ts';
import { draft } from './draft.ts';
import { liesOf } from './read-report.ts';
import { recount } from './recount.ts';

const Report = z.object({ markdown: z.string().min(1).max(60_000) });
type Report = z.infer<typeof Report>;

/** Reports on the runs that closed in the days before its cut. Its workflow is `workflows/weekly-report.ts`. */
export const weeklyReport = defineLoop<ReportInput, Report>({
  name: 'weeklyReport',
  input: ReportInput,
  output: Report,
  stages: {
    collect: stage(Figures, {
      generate: compute('collect', (input, { facts, asOf }) => collect(input, facts, asOf)),
      verify: [
        check('recounted', async ({ figures }, { days }, { facts, asOf }) => {
          const text = figures.map(({ label, value }) => `${label}: ${value}`).join('\n');
          return findingOf(text, await recount(facts, days, asOf));
        }),
      ],
    }),
    draft: {
      generate: model({
        keyless: (_input, { earlier }) => ({ markdown: draft(Figures.parse(earlier['collect'])) }),
      }),
      verify: [
        check('every-figure-recounted', async ({ markdown }, { days }, { facts, asOf }) =>
          findingOf(markdown, await recount(facts, days, asOf)),
        ),
      ],
    },
  },
  act: {
    publish: {
      repeatable: true,
      run: ({ markdown }, { input, asOf, files }) => files.write(fileName(asOf, input.days), markdown),
    },
  },
});

/** As many lies as a writer can mend at once. */
const SHOWN_LIES = 20;

function findingOf(text: string, truths: Awaited<ReturnType<typeof recount>>): Finding {
  const lies = liesOf(text, truths);
  if (lies.length === 0)
    return { verdict: 'pass', evidence: `all ${truths.figures.length} figures hold, and no others` };
  const more = lies.length > SHOWN_LIES ? `; and ${lies.length - SHOWN_LIES} more` : '';
  return { verdict: 'fail', evidence: `${lies.slice(0, SHOWN_LIES).join('; ')}${more}` };
}

/** One file a period: `weeklyReport-2026-07-13T090000Z-7d.md`. */
function fileName(asOf: number, days: number): string {
  return `weeklyReport-${new Date(asOf).toISOString().replaceAll(':', '').replace('.000Z', 'Z')}-${days}d.md`;
}
