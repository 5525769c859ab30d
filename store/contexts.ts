import type { Digest, Timestamp } from '../contract/names.ts';
import { putArtefact } from './artefacts.ts';
import type { Database } from './group-commit.ts';
import { prepared } from './prepared.ts';

/** What stages were given. */
export interface Contexts {
  /** Stores a manifest for good, as what a stage was given, and returns its digest. */
  add(
    given: { readonly runKey: string; readonly stage: string; readonly at: Timestamp },
    manifest: string,
  ): Promise<Digest>;
}

const insertContext = prepared(
  (
    database,
    given: { readonly runKey: string; readonly stage: string; readonly manifest: string; readonly at: number },
  ) =>
    database
      .insertInto('contexts')
      .values({ run_key: given.runKey, stage: given.stage, manifest: given.manifest, at: given.at })
      .onConflict((on) => on.doNothing()),
);

/** What stages were given, in SQL. */
export function sqlContexts({ write }: Database): Contexts {
  return {
    add: (given, text) =>
      write(async (trx) => {
        const manifest = await putArtefact(trx, text, { runKey: given.runKey, keep: 'durable' });
        await insertContext(trx, { ...given, manifest });
        return manifest;
      }),
  };
}
