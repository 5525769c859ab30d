import { join } from 'node:path';
import { sqlAlerts } from './alerts.ts';
import { sqlApprovals } from './approvals.ts';
import { sqlApiTokens } from './api-tokens.ts';
import { recentTexts, sqlArtefacts } from './artefacts.ts';
import { sqlAttempts } from './attempts.ts';
import { sqlCandidates } from './candidates.ts';
import { sqlCases } from './cases.ts';
import { sqlChanges } from './changes.ts';
import { sqlLoopBook } from './loop-book.ts';
import { sqlContexts } from './contexts.ts';
import { sqlAudit } from './audit.ts';
import { sqlAutonomy } from './autonomy.ts';
import { DATABASE_FILE } from './database-file.ts';
import { sqlCosts } from './costs.ts';
import { sqlEffects } from './effects.ts';
import { ErasureCount } from './erasure-count.ts';
import { ErasedNames } from './erased-names.ts';
import { sqlErasures } from './erasures.ts';
import { sqlExperiments } from './experiments.ts';
import { sqlFailures } from './failures.ts';
import { sqlFindings } from './findings.ts';
import { sqlGates } from './gates.ts';
import { sqlGrades } from './grades.ts';
import { sqlHarnesses } from './harnesses.ts';
import { sqlLessonStates } from './lesson-states.ts';
import { sqlJudgeRecords } from './judge-records.ts';
import { sqlLedger } from './ledger.ts';
import { sqlLessons } from './lessons.ts';
import { groupCommit, type Database } from './group-commit.ts';
import { sqlInbox } from './inbox.ts';
import { sqlNotices } from './notices.ts';
import { own } from './owner.ts';
import type { Store } from './ports.ts';
import { sqlReviewFacts } from './review-facts.ts';
import { sqlReviewAnswers } from './review-answers.ts';
import { sqlRecords } from './records.ts';
import { sqlRuns } from './runs.ts';
import { sqlScheduleLooks } from './schedule-looks.ts';
import { sqlSessions } from './sessions.ts';
import { sqlSignIns } from './sign-ins.ts';
import { sqlSourceAnswers } from './source-answers.ts';
import { sqlStarts } from './starts.ts';
import { sqlStatements } from './statements.ts';
import { openDatabase, openReader } from './sqlite.ts';
import { sqlUsers } from './users.ts';

export { digestOf } from './artefacts.ts';
export { DATABASE_FILE } from './database-file.ts';

/**
 * Opens the store of a data folder and owns the folder until it is closed.
 * @throws `StoreUnavailable` when another process owns it, or a newer program wrote it.
 */
export async function openStore(folder: string, pid: number): Promise<Store> {
  const ownership = own(folder, pid);
  const path = join(folder, DATABASE_FILE);
  const read = await openDatabase(path).catch((error: unknown) => {
    ownership.release();
    throw error;
  });
  const reader = openReader(path);
  const database = { read, write: groupCommit(read) };
  const recent = recentTexts();
  const names = await ErasedNames.in(read);
  const erasures = new ErasureCount(read);
  return {
    artefacts: sqlArtefacts(database, recent),
    runs: sqlRuns(database, names),
    records: sqlRecords(database, names),
    contexts: sqlContexts(database),
    attempts: sqlAttempts(database, recent),
    findings: sqlFindings(database),
    gates: sqlGates(database),
    approvals: sqlApprovals(database),
    statements: sqlStatements(database),
    lessons: sqlLessons(database, erasures),
    effects: sqlEffects(database, names),
    ledger: sqlLedger(database),
    costs: sqlCosts(database),
    harnesses: sqlHarnesses(database),
    reviewAnswers: sqlReviewAnswers(database),
    sourceAnswers: sqlSourceAnswers(database),
    erasures: sqlErasures(database, { names, recent, erasures }),
    alerts: sqlAlerts(database),
    notices: sqlNotices(database),
    scheduleLooks: sqlScheduleLooks(database),
    inbox: sqlInbox(database),
    starts: sqlStarts(database),
    audit: sqlAudit(database),
    users: sqlUsers(database),
    apiTokens: sqlApiTokens(database),
    signIns: sqlSignIns(database),
    sessions: sqlSessions(database),
    changes: sqlChanges(database),
    ...whatIsLearnt(database),
    loopBook: sqlLoopBook(database),
    facts: {
      query: async (text, parameters = []) => reader.prepare(text).all(...parameters),
    },
    async close() {
      // Writes that were asked for before this one are on disk when it is.
      await database.write(() => Promise.resolve());
      reader.close();
      await read.destroy();
      ownership.release();
    },
  };
}

/** What loops are measured by, and what comes of it. */
function whatIsLearnt(database: Database) {
  return {
    cases: sqlCases(database),
    experiments: sqlExperiments(database),
    grades: sqlGrades(database),
    candidates: sqlCandidates(database),
    failures: sqlFailures(database),
    lessonStates: sqlLessonStates(database),
    judgeRecords: sqlJudgeRecords(database),
    reviewFacts: sqlReviewFacts(database),
    autonomy: sqlAutonomy(database),
  };
}
