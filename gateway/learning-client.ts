import { BriefFacts } from '../contract/brief.ts';
import { KeptCase, type CaseListQuery, type CaseMove } from '../contract/case.ts';
import { Cluster } from '../contract/cluster.ts';
import { Baseline, ExperimentReport, type ExperimentQuery } from '../contract/experiment-report.ts';
import { Experiment } from '../contract/experiment.ts';
import {
  HarnessBody,
  HarnessMoved,
  HarnessRecord,
  type PromoteRequest,
  type RollbackRequest,
} from '../contract/harness-record.ts';
import { KeptLesson, LessonExpiry, type LessonListQuery, type LessonVerdict } from '../contract/kept-lesson.ts';
import { Calibration } from '../contract/judges.ts';
import { LoopEvidence } from '../contract/loop-evidence.ts';
import { z } from 'zod';
import { GatewayClient } from './gateway-client.ts';

/** What commands ask about what loops learn by, and how they are measured and improved. */
export class LearningClient extends GatewayClient {
  /** What the newest runs of a loop show. */
  async loopEvidence(loop: string): Promise<LoopEvidence> {
    return await this.get('/api/loop-evidence', { loop }, LoopEvidence);
  }

  /** Experiments, newest first. */
  async experiments(query: ExperimentQuery): Promise<readonly Experiment[]> {
    return await this.get('/api/experiments', query, z.array(Experiment));
  }

  /** The newest eval of the version that a loop runs on. @throws the gateway's `NotFound`. */
  async baseline(loop: string): Promise<Baseline> {
    return await this.get('/api/experiments/baseline', { loop }, Baseline);
  }

  /** What is known of one. @throws the gateway's `NotFound`. */
  async experiment(id: string): Promise<ExperimentReport> {
    return await this.get(`/api/experiments/${encodeURIComponent(id)}`, {}, ExperimentReport);
  }

  /** What a brief on a loop is made from. @throws the gateway's `NotFound`. */
  async brief(loop: string): Promise<BriefFacts> {
    return await this.get(`/api/briefs/${encodeURIComponent(loop)}`, {}, BriefFacts);
  }

  /** How good the judges of a loop are. @throws the gateway's `NotFound`. */
  async judges(loop: string): Promise<readonly Calibration[]> {
    return await this.get('/api/judges', { loop }, z.array(Calibration));
  }

  /** Versions and moves of a loop's harness. @throws the gateway's `NotFound`. */
  async harness(loop: string): Promise<HarnessRecord> {
    return await this.get(`/api/harnesses/${encodeURIComponent(loop)}`, {}, HarnessRecord);
  }

  /** One version of it, with its body. @throws the gateway's `NotFound`. */
  async harnessBody(loop: string, version: string): Promise<HarnessBody> {
    return await this.get(`/api/harnesses/${encodeURIComponent(loop)}/${version}`, {}, HarnessBody);
  }

  /** Lets a loop run on a candidate. @throws the gateway's `Conflict`, `Unproven`, `Forbidden` or `NotFound`. */
  async promoteHarness(loop: string, request: PromoteRequest): Promise<HarnessMoved> {
    return await this.give('POST', `/api/harnesses/${encodeURIComponent(loop)}/promote`, request, HarnessMoved);
  }

  /** Lets a loop run on an earlier version again. @throws the gateway's `Conflict`, `InvalidInput`, `Forbidden` or `NotFound`. */
  async rollbackHarness(loop: string, request: RollbackRequest): Promise<HarnessMoved> {
    return await this.give('POST', `/api/harnesses/${encodeURIComponent(loop)}/rollback`, request, HarnessMoved);
  }

  /** Cases of a loop, oldest first. */
  async cases(query: CaseListQuery): Promise<readonly KeptCase[]> {
    return await this.get('/api/cases', query, z.array(KeptCase));
  }

  /** One of them. @throws the gateway's `NotFound`. */
  async case(loop: string, id: string): Promise<KeptCase> {
    return await this.get('/api/cases/one', { loop, id }, KeptCase);
  }

  /** Says what a case is for. @throws the gateway's `NotFound`, or `OfFile` where a line of a file says it. */
  async moveCase(body: CaseMove): Promise<KeptCase> {
    return await this.give('POST', '/api/cases/move', body, KeptCase);
  }

  /** In which ways runs of a loop went wrong lately, the most frequent first. */
  async clusters(loop: string): Promise<readonly Cluster[]> {
    return await this.get('/api/lessons/clusters', { loop }, z.array(Cluster));
  }

  /** Lessons of a loop, newest first. */
  async lessons(query: LessonListQuery): Promise<readonly KeptLesson[]> {
    return await this.get('/api/lessons', query, z.array(KeptLesson));
  }

  /** One of them. @throws the gateway's `NotFound`. */
  async lesson(loop: string, id: number): Promise<KeptLesson> {
    return await this.get('/api/lessons/one', { loop, id }, KeptLesson);
  }

  /** Reviews or retires a lesson. @throws the gateway's `NotFound`. */
  async judgeLesson(body: LessonVerdict): Promise<KeptLesson> {
    return await this.give('POST', '/api/lessons/judge', body, KeptLesson);
  }

  /** When examples of a loop are retired by themselves. */
  async lessonExpiry(loop: string): Promise<LessonExpiry> {
    return await this.get('/api/lessons/expiry', { loop }, LessonExpiry);
  }

  /** Says when. */
  async expireLessons(body: LessonExpiry): Promise<LessonExpiry> {
    return await this.give('PUT', '/api/lessons/expiry', body, LessonExpiry);
  }
}
