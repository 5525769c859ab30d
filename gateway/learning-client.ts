import { BriefFacts } from '../contract/brief.ts';
import { Baseline, ExperimentReport, type ExperimentQuery } from '../contract/experiment-report.ts';
import { Experiment } from '../contract/experiment.ts';
import {
  HarnessBody,
  HarnessMoved,
  HarnessRecord,
  type PromoteRequest,
  type RollbackRequest,
} from '../contract/harness-record.ts';
import { z } from 'zod';
import { GatewayClient } from './gateway-client.ts';

/** What commands ask about how loops are measured and improved. */
export class LearningClient extends GatewayClient {
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
}
