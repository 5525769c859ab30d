import type { ShownName } from '../../contract/loop-evidence.ts';
import type { CheckId, FindingName } from './result.ts';

/** When each check is done. */
export const CHECK_MEANING: Readonly<Record<CheckId, string>> = {
  'trigger.explicit': 'a person has named what starts the loop',
  'trigger.deduplicated':
    '`dedupe` makes a key of the input; or, where a schedule starts it, none of what it sends: the time is the work',
  'context.bounded':
    'every text and list of the input has a largest size, and the sources share a budget above 0 tokens',
  'context.sorted':
    'every source says why it is needed now; what is not deleted with its run, a person has said is still looked through',
  'verifier.independent':
    'in every stage somebody else than the generator verifies, and nobody grades their own output',
  'verifier.refuses':
    'in every stage a verifier said no to a made-up output, or is a rule or a judge with criteria; else a person has seen a no',
  'state.recorded': 'an effect puts what was accepted outside the run',
  'state.typed': 'every stage makes a record with named, typed fields; texts of any length alone are none',
  'stop.limits':
    'a verifier that is no opinion says what done means, and no limit is as high as can be; defaults count',
  'stop.help': 'an approval rule, an audit or an opinion asks a person',
  'learning.places':
    'instructions, evals or cases, routing and approval are written down in the harness; what calls no tool needs no tool contract',
  'learning.worked': 'a person has said who goes through what runs taught',
};

/** What each of the article's five mistakes is, seen in a loop. */
export const FINDING_MEANING: Readonly<Record<FindingName, string>> = {
  PromptOnly:
    'only models generate, and there is no source, no context budget, no independent check, no gate, no example and no case',
  NoIndependentCheck:
    'a verifier is the model or function that makes the output, on any route that routing reaches, or nothing in a stage can say no: no judge, no check but one that always passes, no eval that refused a made-up output. Refused to start',
  FuzzyMemory: 'the output of a stage is no record or takes anything, or text from outside is kept for ever',
  NoOperations:
    'it acts, and its harness names no approvers, asks nobody and sets no cap on money (or one as high as can be)',
  ProtocolOnly:
    'a tool, or an effect that cannot be repeated, can be called without an independent verifier before it or without anything that stops a second call',
};

/** What each finding in a loop's runs means, and from how much on it is looked for. */
export const SHOWN_MEANING: Readonly<Record<ShownName, string>> = {
  ScheduleIdle: 'the newest 10 runs of a schedule came to nothing',
  ScheduleUnread:
    'people decide less than half of what a schedule made (from 3 runs on), so a person is asked who reads it (`trigger.read`); their answer was that nobody does',
  SourceFails: 'a source surely ends more than a fifth of the runs (from 10 runs on)',
  ContextUnused: 'a source was in none of at least 20 contexts: there was no room for it, or it had nothing',
  VerifierNeverRefuses:
    'no verifier of a stage said no in at least 50 verdicts; critical where people refused or changed 3 of those outputs',
  VerifierOverruled: 'people approved at least half of what a verifier had said no to (from 10 such decisions on)',
  WrongAlone:
    'critical: people surely changed or refused more than 5 % of what an audit drew, which would have been acted on alone (from 20 decisions on)',
  JudgeAdvisory: 'a judge was shown not to be good enough, so its no asks a person (`loopwright judges`)',
  EffectUncertain: 'critical: an effect of a run that is over was begun, and nobody knows whether it happened',
  CapNeverNear: 'the dearest run cost less than a tenth of its budget (from 30 runs on that cost something)',
  CapAlwaysHit:
    'surely more than a fifth of the runs end over budget, or with their attempts or time used up (from 30 runs on)',
  GateWavedThrough: 'at least 80 % of decisions are approvals within 2 s; critical from 95 % on (from 20 decisions on)',
  NobodyAnswers: 'at least half of the gates expire (from 10 gates on)',
  LessonsIdle:
    'a failure came at least 3 times, first more than 14 days ago and last within 30, and no change was proposed for it',
};
