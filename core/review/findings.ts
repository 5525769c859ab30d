import { CHECKS, waysToAsk, type Subject } from './checks.ts';
import type { LoopFacts } from './facts.ts';
import { dependences, independent, sidesOf } from './independence.ts';
import { ceilingsReached } from './limits.ts';
import type { Finding, FindingName } from './result.ts';

/** The article's five mistakes that a loop shows. */
export function findingsOn(subject: Subject): readonly Finding[] {
  const { facts } = subject;
  return [
    ...promptOnly(facts),
    ...noIndependentCheck(facts),
    ...fuzzyMemory(facts),
    ...noOperations(facts),
    ...protocolOnly(subject),
  ];
}

function finding(name: FindingName, because: string, nextAction: string, refuses = false): Finding {
  return { name, because, nextAction, refuses };
}

/** A prompt and a schema, and nothing around them. */
function promptOnly(facts: LoopFacts): readonly Finding[] {
  const prompted = facts.stages.every(({ generator }) => generator.kind === 'model');
  const bounded = facts.stages.some(({ sources }) => sources.length > 0) || facts.stated.has('limits.contextTokens');
  const checked = sidesOf(facts).some((sides) => independent(sides).length > 0);
  const learns = facts.hasCases || facts.harness.examples.length > 0;
  if (!prompted || bounded || checked || learns || waysToAsk(facts).length > 0) return [];
  return [
    finding(
      'PromptOnly',
      'around its instructions there is no context boundary, no check beyond the schema, no gate and no place for lessons',
      'Begin with one check() that can say no; then an approval rule, a context with its sources, and cases.',
    ),
  ];
}

function noIndependentCheck(facts: LoopFacts): readonly Finding[] {
  return dependences(facts).map(({ because, fix }) => finding('NoIndependentCheck', because, fix, true));
}

/** Text that is kept and that nothing can count, compare or forget. */
function fuzzyMemory({ stages, finder }: LoopFacts): readonly Finding[] {
  // Inputs that it finds have the type that the loop which it starts says.
  if (finder !== undefined) return [];
  const untyped = stages
    .filter(({ output }) => !output.record || output.untyped.length > 0)
    .map(({ name, output }) =>
      output.record
        ? `the output of stage \`${name}\` is untyped in ${output.untyped.map((path) => `\`${path}\``).join(', ')}`
        : `the output of stage \`${name}\` is no record`,
    );
  // Lessons are records with a run, a source and a schema; whatever else comes from outside and stays is text.
  const kept = stages
    .flatMap(({ sources }) => sources)
    .filter(({ name, trust, keep }) => keep === 'durable' && trust === 'untrusted' && name !== 'lessons')
    .map(({ name }) => `\`${name}\` keeps what came from outside for ever`);
  const because = [...untyped, ...new Set(kept)];
  if (because.length === 0) return [];
  const fix = 'Make every output a z.object() of typed fields, and give what came from outside `keep: run`.';
  return [finding('FuzzyMemory', because.join('; '), fix)];
}

/** An effect on the world, and nobody decided who may let it happen, when, or for how much. */
function noOperations(facts: LoopFacts): readonly Finding[] {
  const { approval } = facts.harness;
  const acts = allowedEffects(facts).length + facts.tools.length > 0;
  const permission = approval.approvers.some((approver) => approver !== '*');
  const high = ceilingsReached(facts);
  const capped = (['usd', 'usdPerDay'] as const).some(
    (cap) => facts.stated.has(`limits.${cap}`) && !high.includes(cap),
  );
  if (!acts || permission || capped || waysToAsk(facts).length > 0) return [];
  return [
    finding(
      'NoOperations',
      'it acts, and nobody decided who may let it (`approval.approvers`), when it asks (`approval.when`) or what it may cost (`limits.usd`)',
      'Name who may approve, say when it has to ask, and cap what a run and a day may cost.',
    ),
  ];
}

/** Something can be called that cannot be taken back, and the loop around the call is missing. */
function protocolOnly(subject: Subject): readonly Finding[] {
  const { facts } = subject;
  const { approval } = facts.harness;
  const calls = [
    ...facts.tools
      .filter(({ approve }) => !approve)
      .map(({ name, maxCalls }) => ({ name, stops: maxCalls !== undefined })),
    ...allowedEffects(facts)
      .filter(({ repeatable, contract }) => !repeatable && contract?.approve !== true)
      .map(({ name, contract }) => ({ name, stops: contract?.maxCalls !== undefined || deduplicated(subject) })),
  ];
  if (calls.length === 0 || approval.when.trim() === 'true') return [];
  const last = sidesOf(facts).at(-1);
  const verified = last !== undefined && independent(last).length > 0;
  const wrong = calls.filter(({ stops }) => !verified || !stops);
  if (wrong.length === 0) return [];
  const missing = [
    ...(verified ? [] : ['no verifier before it']),
    ...(wrong.every(({ stops }) => stops) ? [] : ['nothing that stops a second call']),
  ];
  return [
    finding(
      'ProtocolOnly',
      `${wrong.map(({ name }) => `\`${name}\``).join(', ')} can be called and not taken back, with ${missing.join(' and ')}`,
      'Put a check before the call, a person (`approval.when: "true"`), or what makes it happen once: `dedupe`, `maxCalls`, `repeatable: true`.',
    ),
  ];
}

/** What a loop does, without what its contracts forbid. */
function allowedEffects({ effects }: LoopFacts): LoopFacts['effects'] {
  return effects.filter(({ contract }) => contract?.allow !== false);
}

/** Whether the same work is done at most once. */
function deduplicated(subject: Subject): boolean {
  return subject.facts.dedupe !== 'none' || CHECKS['trigger.deduplicated'](subject).state === 'done';
}
