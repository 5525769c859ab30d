import { CODE_MS, type NewSignInCode } from '../contract/access.ts';
import type { Timestamp } from '../contract/names.ts';
import { addAudit } from './audit.ts';
import type { Database } from './group-commit.ts';
import { openSession } from './sessions.ts';
import { userNamed, userToLetIn, type Doing } from './users.ts';

/** What became of a code that somebody gave. */
export type Redeemed =
  | { readonly kind: 'opened'; readonly user: string }
  | { readonly kind: 'refused'; readonly why: 'unknown' | 'used' | 'expired' | 'disabled' };

/** Codes that sign in once, for ten minutes. */
export interface SignIns {
  /** Keeps a code; the same again changes nothing. Answers until when it signs in. @throws `InvalidInput` where its user is not there or disabled. */
  offer(code: NewSignInCode, doing: Doing): Promise<Timestamp>;
  /** Uses a code up and opens a session with it, in one transaction; with the same session again the answer is the same. */
  redeem(given: {
    readonly codeHash: string;
    /** Of the session to open. */
    readonly idHash: string;
    readonly at: Timestamp;
  }): Promise<Redeemed>;
}

/** Codes, in SQL. */
export function sqlSignIns({ write }: Database): SignIns {
  return {
    offer: ({ user, codeHash }, { by, at }) =>
      write(async (trx) => {
        const known = await trx
          .selectFrom('sign_in_codes')
          .select('expires_at')
          .where('code_hash', '=', codeHash)
          .executeTakeFirst();
        if (known !== undefined) return known.expires_at;
        await userToLetIn(trx, user);
        const expiresAt = at + CODE_MS;
        await trx
          .deleteFrom('sign_in_codes')
          .where('expires_at', '<', at - CODE_MS)
          .execute();
        await trx
          .insertInto('sign_in_codes')
          .values({ code_hash: codeHash, user, created_at: at, expires_at: expiresAt, session: null })
          .execute();
        await addAudit(trx, { at, kind: 'access', body: { what: 'sign-in code made', by, user } });
        return expiresAt;
      }),
    redeem: ({ codeHash, idHash, at }) =>
      write(async (trx): Promise<Redeemed> => {
        const code = await trx
          .selectFrom('sign_in_codes')
          .selectAll()
          .where('code_hash', '=', codeHash)
          .executeTakeFirst();
        if (code === undefined) return { kind: 'refused', why: 'unknown' };
        if (code.session === idHash) return { kind: 'opened', user: code.user };
        if (code.session !== null) return { kind: 'refused', why: 'used' };
        if (code.expires_at <= at) return { kind: 'refused', why: 'expired' };
        if ((await userNamed(trx, code.user))?.disabledAt !== undefined) return { kind: 'refused', why: 'disabled' };
        await trx.updateTable('sign_in_codes').set({ session: idHash }).where('code_hash', '=', codeHash).execute();
        await openSession(trx, { idHash, user: code.user, at });
        return { kind: 'opened', user: code.user };
      }),
  };
}
