import type { ManifestPart } from '../../contract/context.ts';
import type { Criterion, NotAsked } from '../../contract/verdict.ts';
import { assertNever } from '../assert-never.ts';
import { dollars, moment } from '../figures.ts';
import { plainLine } from '../plain-text.ts';
import { CHANGES } from '../stage.ts';
import { LONG, SHORT } from './lengths.ts';
import type { StoryEvent } from './story.ts';

/** One thing that happened, as a paragraph. */
export function eventText(event: StoryEvent): string {
  switch (event.kind) {
    case 'context':
      return contextText(event);
    case 'attempt': {
      const said = event.verdict === undefined ? 'Nobody has verified it.' : `Verdict: ${event.verdict}.`;
      const head = `Attempt ${event.attempt} of stage ${plainLine(stageName(event.stage), SHORT)}, ${moment(event.at)}, by ${plainLine(event.author, SHORT)}. ${said}`;
      const made =
        event.output === undefined ? 'What it made has expired.' : `It made: ${plainLine(event.output, LONG)}`;
      return [
        head,
        ...changedText(event),
        `  ${made}`,
        ...event.criteria.map(criterionText),
        ...notAskedText(event),
      ].join('\n');
    }
    case 'edit':
      return [
        `The edit was verified, ${moment(event.at)}. Verdict: ${event.verdict}.`,
        ...event.criteria.map(criterionText),
        ...notAskedText(event),
      ].join('\n');
    case 'gate': {
      const again = event.version === 1 ? 'opened' : `showed version ${event.version}`;
      const audit = event.audit ? ' It is an audit.' : '';
      return `Gate ${plainLine(event.gate, SHORT)} ${again}, ${moment(event.at)}, because ${plainLine(event.because, LONG)}.${audit}\n  What is decided: ${digest(event.digest)}, over artefact ${digest(event.artefact)}.`;
    }
    case 'decision':
      return decisionText(event);
    case 'raise':
      return `${plainLine(event.by, SHORT)} (${event.identity === 'signed' ? 'identity verified' : 'unverified'}) raised budget ${plainLine(event.budget, SHORT)} by ${dollars(event.microUsd)}, ${moment(event.at)}: ${plainLine(event.reason, LONG)}`;
    case 'effect':
      return effectText(event);
    default:
      return assertNever(event);
  }
}

/** Who answered first, and why the attempt was made in another way. */
function changedText({ changed, passedOver = [] }: Extract<StoryEvent, { kind: 'attempt' }>): string[] {
  const tiers = passedOver.map(
    ({ route, confidence, atLeast }) =>
      `  Route ${plainLine(route, SHORT)} answered first and was ${confidence.toFixed(2)} sure, below ${atLeast}.`,
  );
  if (changed === undefined) return tiers;
  const way = CHANGES[changed.strategy as keyof typeof CHANGES] ?? plainLine(changed.strategy, SHORT);
  return [...tiers, `  It was made in another way: ${way}, because of ${plainLine(changed.because, LONG)}.`];
}

function contextText({
  stage,
  tokens,
  budgetTokens,
  parts,
  dropped,
}: Extract<StoryEvent, { kind: 'context' }>): string {
  const head = `Stage ${plainLine(stage, SHORT)} was given ${parts.length} part${parts.length === 1 ? '' : 's'}, ${tokens} of at most ${budgetTokens} tokens.`;
  const alike = Map.groupBy(parts, ({ source, trust, keep, why }) => [sourceOf(source), trust, keep, why].join('\n'));
  const left = dropped.map(
    (part) => `  - left out: ${plainLine(part.source, SHORT)}, ${part.tokens} tokens: ${plainLine(part.why, LONG)}`,
  );
  return [head, ...[...alike.values()].map(partsText), ...left].join('\n');
}

/** A source names its parts `source: title`. */
function sourceOf(part: string): string {
  return part.split(': ', 1)[0] ?? part;
}

/** Parts of one source that differ in nothing but their text, as one line. */
function partsText(parts: readonly ManifestPart[]): string {
  const [{ source, trust, keep, why }] = parts as [ManifestPart];
  const name = sourceOf(source);
  const each = parts.map((part) => {
    const title = part.source.slice(name.length + 2);
    const cut = part.cutFromTokens === undefined ? '' : `, cut from ${part.cutFromTokens}`;
    const rest = [
      ...(part.incomplete === undefined ? [] : [part.incomplete]),
      ...(part.cachedForMs === undefined ? [] : [`read ${Math.round(part.cachedForMs / 1000)} s before`]),
      ...(part.origin === undefined ? [] : [part.origin]),
    ].map((text) => `, ${plainLine(text, LONG)}`);
    const which = part.lessons === undefined ? '' : `#${part.lessons.join(', #')} `;
    return `${which}${title === '' ? '' : `${plainLine(title, SHORT)} `}(${part.tokens} tokens${cut}${rest.join('')})`;
  });
  const kept = keep === 'run' ? 'only for the run' : 'kept';
  return `  - ${plainLine(name, SHORT)} (${trust}, ${kept}; ${plainLine(why, LONG)}): ${each.join(', ')}`;
}

function criterionText({ name, verdict, evidence, opinion }: Criterion): string {
  const weight = opinion === true ? ' (an opinion)' : '';
  return `  - ${plainLine(name, SHORT)}: ${verdict}${weight}: ${plainLine(evidence, LONG)}`;
}

/** Whose turn did not come, one line for each reason. */
function notAskedText({ notAsked }: { readonly notAsked: readonly NotAsked[] }): string[] {
  return [...Map.groupBy(notAsked, ({ because }) => because)].map(([because, left]) => {
    const names = left.map(({ name }) => plainLine(name, SHORT)).join(', ');
    return `  - not asked: ${names} (${plainLine(because, LONG)})`;
  });
}

const VERBS = { approve: 'approved', reject: 'rejected', revise: 'revised', expire: 'expired' } as const;

function decisionText(event: Extract<StoryEvent, { kind: 'decision' }>): string {
  const { gate, decision, by, identity, note, feedback, output, at, overruled, have, need } = event;
  const name = plainLine(gate, SHORT);
  if (decision === 'expire') return `Gate ${name} expired, ${moment(at)}: nobody decided, and silence is a no.`;
  const who = `${plainLine(by ?? 'nobody named', SHORT)} (identity ${identity === 'signed' ? 'verified' : 'not verified'})`;
  const lines = [
    `Gate ${name} was ${VERBS[decision]}${need === undefined ? '' : ` (${have} of ${need})`}, ${moment(at)}, by ${who}.`,
    ...(note === undefined ? [] : [`  Note: ${plainLine(note, LONG)}`]),
    ...(feedback === undefined ? [] : [`  Asked for one more attempt: ${plainLine(feedback, LONG)}`]),
    ...(output === undefined ? [] : [`  The edit: ${plainLine(JSON.stringify(output), LONG)}`]),
    ...(overruled.length === 0 ? [] : [`  It overruled: ${plainLine(overruled.join(', '), LONG)}`]),
  ];
  return lines.join('\n');
}

function effectText({
  name,
  key,
  state,
  at,
  doneAt,
  result,
  earlier,
}: Extract<StoryEvent, { kind: 'effect' }>): string {
  const what = `Effect ${plainLine(name, SHORT)} (key ${plainLine(key, SHORT)})`;
  if (earlier) return `${what} had been done by an earlier run of this work; it was not done again.`;
  if (state === 'begun')
    return `${what} was begun ${moment(at)}, and it is not known whether it happened: look at its target.`;
  const answer = result === undefined || result === 'null' ? '' : `\n  It answered: ${plainLine(result, LONG)}`;
  return `${what} was done, ${moment(doneAt ?? at)}.${answer}`;
}

/** A stage is mostly used once, so its first use needs no number. */
function stageName(step: string): string {
  return step.replace(/#1$/, '');
}

/** Enough of a digest to decide by. */
function digest(text: string): string {
  return plainLine(text, SHORT).slice(0, 'sha256:'.length + 12);
}
