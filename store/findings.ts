import type { Database } from './group-commit.ts';
import type { Findings, JudgementKey } from './ports.ts';
import { prepared } from './prepared.ts';

const selectFindings = prepared((database, key: JudgementKey) =>
  database
    .selectFrom('verifier_findings')
    .select(['asked', 'body'])
    .where('run_key', '=', key.runKey)
    .where('stage', '=', key.stage)
    .where('artefact', '=', key.artefact)
    .where('author', '=', key.author),
);

const insertFinding = prepared(
  (database, found: JudgementKey & { readonly asked: string; readonly body: string; readonly at: number }) =>
    database
      .insertInto('verifier_findings')
      .values({
        run_key: found.runKey,
        stage: found.stage,
        artefact: found.artefact,
        author: found.author,
        asked: found.asked,
        body: found.body,
        at: found.at,
      })
      .onConflict((on) => on.doNothing()),
);

/** Deletes what was kept until there was a verdict. */
export const deleteFindings = prepared((database, key: JudgementKey) =>
  database
    .deleteFrom('verifier_findings')
    .where('run_key', '=', key.runKey)
    .where('stage', '=', key.stage)
    .where('artefact', '=', key.artefact)
    .where('author', '=', key.author),
);

/** What single verifiers found, in SQL. */
export function sqlFindings({ read, write }: Database): Findings {
  return {
    async of(key) {
      const rows = await selectFindings(read, key);
      return new Map(rows.map(({ asked, body }) => [asked, body]));
    },
    async keep(key, found, at) {
      if (found.size === 0) return;
      await write(async (trx) => {
        for (const [asked, body] of found) await insertFinding(trx, { ...key, asked, body, at });
      });
    },
  };
}
