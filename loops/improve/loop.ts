import { IMPROVE } from '../../contract/names.ts';
import { Proposal } from '../../contract/proposal.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { proposalOf, type Proven } from '../../core/learning/proposal.ts';
import { check, compute, type Loop } from '../define/index.ts';
import { makeLoop } from '../define/loop.ts';
import { ImproveInput } from './input.ts';

/** What the loop needs of the record: the composition root gives it. */
export interface Registry {
  /** What is on record of the candidate that a run has proposed. */
  provenBy(runKey: string): Promise<Proven>;
  /** The same, by its experiment. */
  provenIn(experiment: string): Promise<Proven>;
  /** Points a loop to a version, where it still runs on the one that was the base of the trial. */
  promote(proposal: Proposal, promotion: { readonly key: string; readonly runKey: string }): Promise<unknown>;
}

/**
 * The loop that improves loops. Its workflow is `workflows/improve.ts`; what it puts before a person is a candidate with
 * the evidence for it, folded once to be shown, and once more, from the grades, to be verified.
 */
export function improveLoop(registry: Registry): Loop {
  return makeLoop<ImproveInput, Proposal>({
    name: IMPROVE,
    input: ImproveInput,
    output: Proposal,
    stages: {
      weigh: {
        generate: compute('weigh', async (_input, { runKey }) => proposalOf(await registry.provenBy(runKey))),
        verify: [
          check('evidence', async (proposal) => {
            const again = proposalOf(await registry.provenIn(proposal.experiment));
            if (canonicalJson(again) !== canonicalJson(proposal))
              return { verdict: 'fail', evidence: 'the grades on record say something else than the proposal' };
            const { standing, because } = again;
            return { verdict: standing === 'proven' ? 'pass' : 'fail', evidence: `${standing}: ${because}` };
          }),
        ],
      },
    },
    act: {
      promote: {
        repeatable: true,
        run: (proposal, { idempotencyKey, runKey }) => registry.promote(proposal, { key: idempotencyKey, runKey }),
      },
    },
  });
}
