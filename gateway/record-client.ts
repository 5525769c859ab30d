import {
  Approval,
  ApprovalPage,
  DecisionCounted,
  type ApprovalQuery,
  RaiseCounted,
  type DecisionRequest,
  type RaiseRequest,
} from '../contract/approvals.ts';
import {
  ApiToken,
  SignInOffer,
  User,
  type NewApiToken,
  type NewSignInCode,
  type NewUser,
  type UserChange,
} from '../contract/access.ts';
import { Alert } from '../contract/alerts.ts';
import { Costs, type CostQuery } from '../contract/costs.ts';
import { Erasure, ErasureAnswer, ErasurePlan, type Erasable, type ErasureOrder } from '../contract/erasure.ts';
import { AuditEntry, AuditHead, type AuditQuery } from '../contract/audit.ts';
import { Delivery, DeliveryKey, type DeliveryQuery } from '../contract/hooks.ts';
import { Letter, type LetterQuery } from '../contract/notify.ts';
import { RunList, type RunQuery } from '../contract/record.ts';
import { ReviewAnswer } from '../contract/review-answer.ts';
import { RunRecord, type RecordQuery } from '../contract/run-record.ts';
import { ScheduleForgotten, ScheduleRecord } from '../contract/schedules.ts';
import { z } from 'zod';
import { GatewayError } from './gateway-client.ts';
import { LearningClient } from './learning-client.ts';

const Claim = z.object({ by: z.string(), until: z.number() });

const Owner = z.object({ pid: z.int() });

/** Longest that an erasure may take, in milliseconds: it reads every text, and writes the file anew. */
const ERASURE_MS = 600_000;

/** What commands ask of a record, wherever the gateway is. Each answer is checked. */
export class RecordClient extends LearningClient {
  /** The process that owns the record. */
  async owner(): Promise<z.infer<typeof Owner>> {
    return await this.get('/api/owner', {}, Owner);
  }

  /** Runs, newest first. */
  async runs(query: RunQuery): Promise<RunList> {
    return await this.get('/api/runs', query, RunList);
  }

  /** What money went where. */
  async costs(query: CostQuery): Promise<Costs> {
    return await this.get('/api/costs', query, Costs);
  }

  /** The newest answer to each question of a review. */
  async reviewAnswers(): Promise<readonly ReviewAnswer[]> {
    return await this.get('/api/review-answers', {}, z.array(ReviewAnswer));
  }

  /** Records what a person said about a loop; the same again changes nothing. */
  async answerReview(answer: ReviewAnswer): Promise<void> {
    await this.give('PUT', '/api/review-answers', answer, ReviewAnswer);
  }

  /** What an erasure would take. */
  async planErasure(of: Erasable): Promise<ErasurePlan> {
    return await this.give('POST', '/api/erasures/plan', of, ErasurePlan, ERASURE_MS);
  }

  /** Erases; the same order again changes nothing. */
  async erase(order: ErasureOrder): Promise<ErasureAnswer> {
    return await this.give('PUT', '/api/erasures', order, ErasureAnswer, ERASURE_MS);
  }

  /** What was erased, newest first. */
  async erasures(): Promise<readonly Erasure[]> {
    return await this.get('/api/erasures', {}, z.array(Erasure));
  }

  /** What people should know of, oldest first. */
  async alerts(): Promise<readonly Alert[]> {
    return await this.get('/api/alerts', {}, z.array(Alert));
  }

  /** What people were told, what waits and what failed, newest first. */
  async letters(query: LetterQuery): Promise<readonly Letter[]> {
    return await this.get('/api/notices', query, z.array(Letter));
  }

  /** What is known of schedules. */
  async schedules(): Promise<ScheduleRecord> {
    return await this.get('/api/schedules', {}, ScheduleRecord);
  }

  /** Forgets a schedule that was removed, and its alerts; where there is none, nothing changes. */
  async forgetSchedule(id: string): Promise<void> {
    await this.give('POST', '/api/schedules/forget', { id }, ScheduleForgotten);
  }

  /** Entries of the audit log, oldest first. */
  async audit(query: AuditQuery): Promise<readonly AuditEntry[]> {
    return await this.get('/api/audit', query, z.array(AuditEntry));
  }

  /** The newest entry of the audit log. */
  async auditHead(): Promise<AuditHead> {
    return await this.get('/api/audit/head', {}, AuditHead);
  }

  /** What came over webhooks, newest first. */
  async deliveries(query: DeliveryQuery): Promise<readonly Delivery[]> {
    return await this.get('/api/deliveries', query, z.array(Delivery));
  }

  /** Lets a failed delivery be looked at again. @throws the gateway's `NotFound` where there is none. */
  async retryDelivery(key: DeliveryKey): Promise<void> {
    await this.give('POST', '/api/deliveries/retry', key, DeliveryKey);
  }

  /** Who may use the gateway, by name. */
  async users(): Promise<readonly User[]> {
    return await this.get('/api/users', {}, z.array(User));
  }

  /** Adds a user; answers whoever has the name. */
  async addUser(user: NewUser): Promise<User> {
    return await this.give('PUT', '/api/users', user, User);
  }

  /** Changes a user. @throws the gateway's `NotFound` where there is none. */
  async changeUser(change: UserChange): Promise<User> {
    return await this.give('POST', '/api/users/change', change, User);
  }

  /** API tokens of a user, or of all, newest first. */
  async apiTokens(user?: string): Promise<readonly ApiToken[]> {
    return await this.get('/api/users/tokens', { user }, z.array(ApiToken));
  }

  /** Adds an API token; the same id again changes nothing. */
  async addApiToken(token: NewApiToken): Promise<ApiToken> {
    return await this.give('PUT', '/api/users/tokens', token, ApiToken);
  }

  /** Revokes an API token. @throws the gateway's `NotFound` where there is none. */
  async revokeApiToken(id: string): Promise<ApiToken> {
    return await this.give('POST', '/api/users/tokens/revoke', { id }, ApiToken);
  }

  /** Lets a code sign a user in once. */
  async offerSignIn(code: NewSignInCode): Promise<SignInOffer> {
    return await this.give('PUT', '/api/users/sign-ins', code, SignInOffer);
  }

  /** What waits for people, or was settled by them. */
  async approvals(query: ApprovalQuery): Promise<ApprovalPage> {
    return await this.get('/api/approvals', query, ApprovalPage);
  }

  /** One of them, by its digest or the beginning of it. @throws the gateway's `UnknownApproval` or `Ambiguous`. */
  async approval(digest: string): Promise<Approval> {
    return await this.get(`/api/approvals/${digest}`, {}, Approval);
  }

  /** What is decided, as JSON; undefined where it has expired. @throws as {@link approval}. */
  async approvalOutput(digest: string): Promise<string | undefined> {
    return (await this.get(`/api/approvals/${digest}/output`, {}, z.object({ output: z.string().optional() }))).output;
  }

  /** Decides it. @throws the gateway's `AlreadyDecided`, `TooLate`, `Claimed`, `Forbidden`, `Refused`, … */
  async decide(digest: string, decision: DecisionRequest): Promise<DecisionCounted> {
    return await this.give('POST', `/api/approvals/${digest}/decide`, decision, DecisionCounted);
  }

  /** Adds to the cap that a run waits at. @throws the gateway's `Refused`. */
  async raise(raise: RaiseRequest): Promise<RaiseCounted> {
    return await this.give('POST', '/api/approvals/raise', raise, RaiseCounted);
  }

  /** Takes it in hand. @throws the gateway's `Claimed` or `Settled`. */
  async claim(digest: string): Promise<z.infer<typeof Claim>> {
    return await this.give('POST', `/api/approvals/${digest}/claim`, {}, Claim);
  }

  /** Lets go of it. */
  async release(digest: string): Promise<object> {
    return await this.give('POST', `/api/approvals/${digest}/release`, {}, z.object({}));
  }

  /** All about one run; undefined where the record has none. */
  async run(query: RecordQuery): Promise<RunRecord | undefined> {
    try {
      return await this.get('/api/runs/record', query, RunRecord);
    } catch (error) {
      if (error instanceof GatewayError && error.type === 'UnknownRun') return undefined;
      throw error;
    }
  }
}
