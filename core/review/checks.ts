import type { Timestamp } from '../../contract/names.ts';
import type { ReviewAnswer } from '../../contract/review-answer.ts';
import { plainLine } from '../plain-text.ts';
import { answerTo, QUESTIONS, triggerOf, type AskedCheck } from './answers.ts';
import type { EffectFacts, LoopFacts } from './facts.ts';
import { dependences, independent, sidesOf } from './independence.ts';
import { limitsSet } from './limits.ts';
import { learningPlaces } from './places.ts';
import type { CheckId, Standing } from './result.ts';

/** What a check decides on. */
export interface Subject {
  readonly facts: LoopFacts;
  readonly answers: readonly ReviewAnswer[];
  readonly now: Timestamp;
}

/** The twelve checks, by part. */
export const CHECKS: Readonly<Record<CheckId, (subject: Subject) => Standing>> = {
  'trigger.explicit': triggerExplicit,
  'trigger.deduplicated': triggerDeduplicated,
  'context.bounded': ({ facts }) => contextBounded(facts),
  'context.sorted': contextSorted,
  'verifier.independent': ({ facts }) => verifierIndependent(facts),
  'verifier.refuses': verifierRefuses,
  'state.recorded': ({ facts }) => stateRecorded(facts),
  'state.typed': ({ facts }) => stateTyped(facts),
  'stop.limits': ({ facts }) => limitsSet(facts),
  'stop.help': ({ facts }) => stopHelp(facts),
  'learning.places': ({ facts }) => learningPlaces(facts),
  'learning.worked': (subject) =>
    asked('learning.worked', subject, {
      because: 'nobody has said who goes through its lessons',
      no: 'Name somebody who goes through `lessons` and rejected runs, and turns what repeats into an eval or a rule.',
    }),
};

function done(because: string, seenIn: string): Standing {
  return { state: 'done', because, seenIn };
}

function open(because: string, seenIn: string, nextAction: string): Standing {
  return { state: 'open', because, seenIn, nextAction };
}

/** What a person has to say: their answer where it counts, else the question. */
function asked(
  check: AskedCheck,
  { facts, answers, now }: Subject,
  words: { readonly because: string; readonly no: string },
): Standing {
  const given = answerTo(check, answers, now);
  if (given.kind === 'fresh') {
    const { answer, by, at, note } = given.answer;
    const noted = note === undefined ? '' : ` (${plainLine(note, 2000)})`;
    const said = `${plainLine(by, 200)} said on ${day(at)}: ${plainLine(answer, 500)}${noted}`;
    return answer === 'no' ? open(said, 'answers', words.no) : done(said, 'answers');
  }
  const stale =
    given.kind === 'stale'
      ? `; ${plainLine(given.answer.by, 200)} said "${plainLine(given.answer.answer, 500)}" on ${day(given.answer.at)}, more than 90 days ago`
      : '';
  return {
    state: 'asked',
    because: words.because + stale,
    seenIn: 'answers',
    question: QUESTIONS[check],
    nextAction: `${QUESTIONS[check]} Answer \`${facts.name}\` → \`${check}\` with --answers FILE.`,
    ...(given.kind === 'stale' ? { stale: given.answer } : {}),
  };
}

function day(at: Timestamp): string {
  return new Date(at).toISOString().slice(0, 10);
}

function triggerExplicit(subject: Subject): Standing {
  return asked('trigger.explicit', subject, {
    because: 'a trigger is no part of a definition, and nobody has said what starts it',
    no: 'Give it one trigger: a schedule (`temporal schedule create`), a webhook, a CI event, or a person with a rule when.',
  });
}

function triggerDeduplicated({ facts, answers, now }: Subject): Standing {
  const { definition } = facts.files;
  const given = answerTo('trigger.explicit', answers, now);
  const scheduled = given.kind === 'fresh' && triggerOf(given.answer.answer)?.kind === 'schedule';
  if (facts.dedupe === 'byInput' && scheduled) {
    const fix =
      'Leave `dedupe` out, or let it answer undefined for what a schedule sends: then the work is the schedule and its time.';
    return open(
      'a schedule sends the same input each time, so `dedupe` makes all but the first the same work',
      definition,
      fix,
    );
  }
  if (facts.dedupe === 'byInput') return done('`dedupe` makes equal inputs the same work, done once', definition);
  if (facts.dedupe === 'whereNamed') {
    return done(
      '`dedupe` makes equal inputs the same work; one that names none is the schedule’s time, or the run',
      definition,
    );
  }
  if (facts.dedupe === 'blind') {
    const fix = 'Make `dedupe` of what identifies the work, such as `(input) => input.id`.';
    return open(
      '`dedupe` does not look at the input: all work would be the same work, done once ever',
      definition,
      fix,
    );
  }
  if (scheduled) {
    return done('a schedule starts it: its id and the scheduled time are the work, done once', 'answers');
  }
  return open(
    'no `dedupe`: the same input started twice is done twice',
    definition,
    'Add `dedupe: (input) => …` with what identifies the work; or, where only a schedule starts it, say so as `trigger.explicit`.',
  );
}

function contextBounded(facts: LoopFacts): Standing {
  const { definition, harness } = facts.files;
  const { contextTokens } = facts.harness.limits;
  const loose = [...facts.input.untyped, ...facts.input.unbounded];
  if (loose.length > 0) {
    const names = quoted(loose.map((path) => (path === '' ? 'input' : `input.${path}`)));
    const fix =
      'Give each a type and a maximum, such as `z.string().max(20_000)`: the whole input goes into the prompt.';
    return open(`${names} may be of any size`, definition, fix);
  }
  const sources = facts.stages.flatMap((stage) => stage.sources);
  if (sources.length > 0 && contextTokens === 0) {
    const fix = 'Raise `limits.contextTokens`, or take the sources away.';
    return open(`${count(sources.length, 'source')} and a budget of 0 tokens: nothing of them arrives`, harness, fix);
  }
  const budget = `${contextTokens} tokens${facts.stated.has('limits.contextTokens') ? '' : ' (the default)'}`;
  if (sources.length === 0) return done('the input has a largest size, and no source adds to it', definition);
  return done(`the input has a largest size, and its sources share ${budget}`, `${definition}, ${harness}`);
}

function contextSorted(subject: Subject): Standing {
  const { facts } = subject;
  const { definition } = facts.files;
  const models = facts.stages.filter(({ generator }) => generator.kind === 'model');
  const sources = models.flatMap((stage) => stage.sources);
  if (models.length === 0) return done('no model is given a context', definition);
  if (sources.length === 0) {
    if (facts.harness.limits.contextTokens === 0 && facts.stated.has('limits.contextTokens'))
      return done('by its harness the input is all it needs, and nothing is kept for it', facts.files.harness);
    const fix =
      'Declare its `context`, each source with `why` and `keep`; or say `contextTokens: 0` where the input is enough.';
    return open('no source is declared: nobody decided what it needs now, later, or not at all', definition, fix);
  }
  const silent = sources.filter(({ why }) => why.trim() === '').map(({ name }) => name);
  if (silent.length > 0) {
    return open(
      `${quoted(silent)} do not say why they are needed now`,
      definition,
      'Fill in `why`, or drop the source.',
    );
  }
  const durable = [...new Set(sources.filter(({ keep }) => keep === 'durable').map(({ name }) => name))];
  if (durable.length === 0) return done('every source says why it is needed and expires with its run', definition);
  return asked('context.sorted', subject, {
    because: `${quoted(durable)} never expire, and nobody has said who looks through them`,
    no: 'Prune what is durable, or make it `keep: run`, which is deleted when the run closes.',
  });
}

function verifierIndependent(facts: LoopFacts): Standing {
  const { definition } = facts.files;
  const [wrong] = dependences(facts);
  if (wrong !== undefined) return open(wrong.because, definition, wrong.fix);
  const words = sidesOf(facts).map((sides) => `${sides.stage}: ${quoted(independent(sides).map(({ name }) => name))}`);
  return done(`somebody else than the generator checks, in ${words.join('; ')}`, definition);
}

function verifierRefuses(subject: Subject): Standing {
  const { facts } = subject;
  const stages = sidesOf(facts).map((sides) => ({ stage: sides.stage, able: independent(sides) }));
  const helpless = stages.find(({ able }) => able.length === 0);
  if (helpless !== undefined) {
    const fix = 'Add a check() that answers `fail` where the output is wrong, or a judge() with a rubric.';
    return open(`nothing independent can say no in stage \`${helpless.stage}\``, facts.files.definition, fix);
  }
  const shown = stages.map(({ able }) => able.find(({ power }) => power.kind === 'shown'));
  if (shown.every((verifier) => verifier !== undefined)) {
    const words = shown.map(({ name, power }) => `\`${name}\` ${power.because}`);
    return done(words.join('; '), facts.files.definition);
  }
  const doubtful = stages.flatMap(({ able }, at) => (shown[at] === undefined ? able : []));
  return asked('verifier.refuses', subject, {
    because: doubtful.map(({ name, power }) => `\`${name}\` ${power.because}`).join('; '),
    no: 'Write a case that a verifier has to refuse, and a verifier that does.',
  });
}

function stateRecorded({ effects, files }: LoopFacts): Standing {
  const allowed = effects.filter(({ contract }) => contract?.allow !== false);
  if (allowed.length > 0)
    return done(
      `${allowed.map(effectWords).join(', ')} puts what was accepted outside the run, once for each work, and the store says so`,
      files.definition,
    );
  if (effects.length > 0)
    return open(
      `its contracts forbid all it could do (${quoted(effects.map(({ name }) => name))}): what is accepted stays in the record of its run`,
      files.harness,
      'Allow an effect under `tools`, or end the loop at what it reports (`autonomy: L1`).',
    );
  return open(
    'it has no effect: what is accepted stays in the record of its run, where no other program looks',
    files.definition,
    'Add an effect to `act`, such as `outbox.put(topic, idempotencyKey, output)` or `files.write(name, text)`.',
  );
}

/** An effect with what is to be known of it, its contract included. */
function effectWords({ name, repeatable, contract }: EffectFacts): string {
  const { fields = [], maxCalls, approve = false } = contract ?? {};
  const said = [
    ...(repeatable ? [] : ['not repeatable']),
    ...(approve ? ['a person approves each'] : []),
    ...(maxCalls === undefined ? [] : [`at most ${maxCalls} a day`]),
    ...(fields.length === 0 ? [] : [`its contract narrows ${quoted(fields)}`]),
  ];
  return `\`${name}\`${said.length === 0 ? '' : ` (${said.join('; ')})`}`;
}

function stateTyped({ stages, files }: LoopFacts): Standing {
  for (const { name, output } of stages) {
    const where = `the output of stage \`${name}\``;
    if (!output.record) {
      return open(
        `${where} is no record with named fields`,
        files.definition,
        'Make it a z.object() with a field for each fact.',
      );
    }
    if (output.untyped.length > 0) {
      const fix = 'Give each a type: z.string(), z.number(), z.enum(), a z.object() of its own.';
      return open(`${where} takes anything in ${quoted(output.untyped)}`, files.definition, fix);
    }
  }
  if (stages.some(({ output }) => output.structured || output.unbounded.length === 0)) {
    return done('every stage makes a record with typed fields', files.definition);
  }
  return open(
    'all its fields are free text of any length: nothing that is kept can be counted or compared',
    files.definition,
    'Add what other programs have to know as a field of its own (an enum, a number), and give texts a maximum.',
  );
}

function stopHelp(facts: LoopFacts): Standing {
  const { approval } = facts.harness;
  const ways = waysToAsk(facts);
  if (ways.length > 0) return done(`a person is asked ${ways.join(', and ')}`, facts.files.harness);
  return open(
    `it never asks a person: \`approval.when\` is ${approval.when}, nothing is audited, no verifier is an opinion`,
    facts.files.harness,
    'Say when it has to ask: `approval.when` (such as `output.confidence < 0.85`), `approval.audit: 0.03`, or a verifier with `opinion: true`.',
  );
}

/** When a loop asks a person, in words; empty where it never does. */
export function waysToAsk({ harness: { approval }, stages, effects }: LoopFacts): readonly string[] {
  const approved = effects
    .filter(({ contract }) => contract?.approve === true && contract.allow)
    .map(({ name }) => name);
  const verifiers = stages.flatMap((stage) => stage.verifiers);
  const opinions = verifiers.filter(({ opinion }) => opinion).map(({ name }) => name);
  const panels = verifiers.filter(({ kind }) => kind === 'panel').map(({ name }) => name);
  const people = verifiers.filter(({ kind }) => kind === 'human').map(({ name }) => name);
  return [
    ...(approval.when.trim() === 'false' ? [] : [`when \`${approval.when.trim()}\``]),
    ...(approval.audit > 0 ? [`about ${round(approval.audit * 100)} % of the rest`] : []),
    ...(opinions.length > 0 ? [`when ${quoted(opinions)} says no`] : []),
    ...(panels.length > 0 ? [`when the judges of ${quoted(panels)} disagree`] : []),
    ...(people.length > 0 ? [`by ${quoted(people)}, always`] : []),
    ...(approved.length > 0 ? [`before ${quoted(approved)}, always`] : []),
  ];
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
