import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { LoopEntry } from '../../activities/dependencies.ts';
import { evalsFor } from '../../activities/verifiers/stage-evals.ts';
import type { Harness } from '../../contract/harness.ts';
import type { Tool } from '../../contract/tool.ts';
import { assertNever } from '../../core/assert-never.ts';
import type { EffectFacts, GeneratorFacts, LoopFacts, StageFacts, VerifierFacts } from '../../core/review/facts.ts';
import type { JsonSchema } from '../../core/json-schema.ts';
import { schemaFacts } from '../../core/review/schema.ts';
import type { Evidence, Finder, Generator, Loop, Stage, Verifier } from '../../loops/define/index.ts';
import { routesOf, type ModelVerifier } from '../../loops/define/verifiers.ts';
import { shownPath } from '../load/shown-path.ts';
import type { RouteModels } from '../models/config.ts';
import { evalPower } from './eval-power.ts';
import { madeUp } from './made-up.ts';
import { powerOf, type ProbeSubject } from './probe.ts';

/** What a loop's facts are made from besides the loop. */
export interface FactsOptions {
  /** The worker's model routes; undefined where they are not known, and only their names are compared. */
  readonly models: RouteModels | undefined;
  /** Reads a loop's own Markdown files, for checks that do. */
  readonly documents: (
    folder: string,
    under: string,
  ) => Promise<readonly { readonly name: string; readonly text: string }[]>;
  readonly now: number;
  /** Which checks are called, see {@link ProbeSubject}. */
  readonly probe: ProbeSubject['probe'];
}

/** Describes a loop as plain data for its review. */
export async function loopFacts({ loop, harness, folder }: LoopEntry, options: FactsOptions): Promise<LoopFacts> {
  const { tools, ...rest } = harness;
  const named = (file: string): string => join(shownPath(process.cwd(), folder), file);
  return {
    name: loop.name,
    files: {
      definition: named('loop.ts'),
      harness: named('harness.yaml'),
      cases: named('cases.jsonl'),
    },
    dedupe: dedupeOf(loop),
    input: schemaFacts(schemaOf(loop.input).json),
    stages: await Promise.all(
      Object.entries(loop.stages).map(([stage, defined]) =>
        stageFacts(stage, defined, { ...options, loop, harness, folder }),
      ),
    ),
    ...(loop.finder === undefined ? {} : { finder: finderFacts(loop.finder) }),
    effects: Object.entries(loop.act).map(([effect, { repeatable }]) => ({
      name: effect,
      repeatable,
      ...contractFacts(tools.find((tool) => tool.name === effect)),
    })),
    tools: [],
    harness: rest,
    stated: statedIn(await textOf(join(folder, 'harness.yaml'))),
    hasCases: (await textOf(join(folder, 'cases.jsonl'))).trim() !== '',
  };
}

function contractFacts(tool: Tool | undefined): Pick<EffectFacts, 'contract'> {
  if (tool === undefined) return {};
  const { allow, approve, maxCalls, args } = tool;
  const fields = [...new Set([...Object.keys(args?.properties ?? {}), ...(args?.required ?? [])])];
  return { contract: { allow, approve, fields, ...(maxCalls === undefined ? {} : { maxCalls }) } };
}

function finderFacts({ source, starts, limit }: Finder): NonNullable<LoopFacts['finder']> {
  return { source: source.name, starts, limit };
}

function dedupeOf({ dedupe, input }: Loop): LoopFacts['dedupe'] {
  if (dedupe === undefined) return 'none';
  if (dedupe.length === 0) return 'blind';
  // An input with no more than it cannot do without: where that names no work, a schedule can send it.
  const { json } = schemaOf(input);
  const bare = madeUp(input, { ...json, properties: neededOf(json) });
  return bare.some(({ parsed }) => namesNothing(dedupe, parsed)) ? 'whereNamed' : 'byInput';
}

function neededOf({ properties = {}, required = [] }: JsonSchema): NonNullable<JsonSchema['properties']> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => required.includes(name)));
}

function namesNothing(dedupe: NonNullable<Loop['dedupe']>, input: unknown): boolean {
  try {
    return dedupe(input) === undefined;
  } catch {
    return false;
  }
}

interface Within extends FactsOptions {
  readonly loop: Loop;
  readonly harness: Harness;
  readonly folder: string;
}

async function stageFacts(name: string, stage: Stage<unknown, unknown>, within: Within): Promise<StageFacts> {
  const schema = stage.output ?? within.loop.output;
  const subject: ProbeSubject = {
    output: schemaOf(schema),
    input: schemaOf(within.loop.input),
    evidence: emptyEvidence(within),
    probe: within.probe,
  };
  return {
    name,
    generator: generatorFacts(stage.generate, within),
    sources: (stage.context ?? []).map(({ name: source, trust, keep, why }) => ({ name: source, trust, keep, why })),
    verifiers: [
      ...(await Promise.all(stage.verify.map((verifier) => verifierFacts(verifier, stage.generate, subject, within)))),
      ...evalFacts(stage, subject, within),
    ],
    output: schemaFacts(subject.output.json),
  };
}

/** Everybody who may make an output: whom routing reaches, up to the first rule that always holds. */
function generatorFacts(generator: Generator<unknown, unknown>, { harness, models }: Within): GeneratorFacts {
  if (generator.kind !== 'model') return { kind: 'function', identities: [`function:${generator.name}`] };
  const always = harness.routing.findIndex(({ when }) => when === undefined || when.trim() === 'true');
  const reachable = always < 0 ? harness.routing : harness.routing.slice(0, always + 1);
  const identities = reachable.map(({ model }) => {
    const identity = identityOf(model, models);
    return identity === LEARNER && generator.keyless !== undefined ? 'function:keyless' : identity;
  });
  return { kind: 'model', identities: [...new Set(identities)] };
}

/** Who answers on route `local`. */
const LEARNER = 'learner';

function identityOf(name: string, models: RouteModels | undefined): string {
  const model = models?.get(name);
  if (model === undefined) return `route:${name}`;
  return model === 'local' ? LEARNER : `model:${model}`;
}

async function verifierFacts(
  verifier: Verifier<unknown, unknown>,
  generator: Generator<unknown, unknown>,
  subject: ProbeSubject,
  within: Within,
): Promise<VerifierFacts> {
  const { name, kind, opinion } = verifier;
  if (verifier.kind === 'human') {
    const power = { kind: 'shown', because: 'asks a person, who may say no' } as const;
    return { name, kind, opinion, identities: ['human'], power };
  }
  if (verifier.kind !== 'check') {
    const identities = routesOf(verifier).map((route) => identityOf(route, within.models));
    return { name, kind, opinion, identities, power: judgePower(verifier, within) };
  }
  const made = madeBy(generator);
  const own = generator.kind === 'model' ? 'keyless' : generator.name;
  return {
    name,
    kind,
    opinion,
    identities: [`function:${made === verifier.run ? own : name}`],
    power: await powerOf(verifier, subject),
  };
}

/** The function that makes an output, where one does. */
function madeBy(generator: Generator<unknown, unknown>): unknown {
  switch (generator.kind) {
    case 'compute':
      return generator.run;
    case 'model':
      return generator.keyless;
    case 'find':
      return undefined;
    default:
      return assertNever(generator);
  }
}

/** A judge answers yes or no to each criterion, and what it leaves out proves nothing: with a model and a rubric, it can say no. */
function judgePower(judge: ModelVerifier<unknown>, { harness, models }: Within): VerifierFacts['power'] {
  // A comparison is asked nothing that the harness adds.
  const rubrics = judge.kind === 'pairwise' ? 0 : harness.evals.filter(({ kind }) => kind === 'rubric').length;
  const criteria = Object.keys(judge.rubric).length + rubrics;
  if (criteria === 0) return { kind: 'none', because: 'has no rubric, so it is never asked' };
  for (const route of models === undefined ? [] : routesOf(judge)) {
    const model = models?.get(route);
    if (model !== undefined && model !== 'local') continue;
    const why = model === undefined ? 'is not declared in loopwright.yaml' : 'leads to the embedded learner';
    return { kind: 'none', because: `cannot be asked: route "${route}" ${why}` };
  }
  if (judge.kind === 'pairwise' && judge.baseline === 'best')
    return { kind: 'none', because: 'says nothing about the first attempt, which it compares with nothing' };
  return { kind: 'shown', because: `has to say yes to ${criteria} criteri${criteria === 1 ? 'on' : 'a'}` };
}

/** The harness' evals of a stage; rubrics are part of its judges. */
function evalFacts(
  stage: Stage<unknown, unknown>,
  subject: ProbeSubject,
  { harness, loop }: Within,
): readonly VerifierFacts[] {
  return evalsFor(harness.evals, loop, stage)
    .filter(({ kind }) => kind !== 'rubric')
    .map((item) => ({
      name: item.id,
      kind: 'eval',
      opinion: false,
      identities: [`eval:${item.id}`],
      power: evalPower(item, subject),
    }));
}

/** What a check gets where nothing has happened yet. */
function emptyEvidence({ documents, folder, now }: Within): Evidence {
  return {
    examples: [],
    watermark: 0,
    earlier: {},
    facts: { query: async () => [] },
    documents: (under) => documents(folder, under),
    asOf: now,
  };
}

/** A schema, and the same as JSON Schema, where what cannot be written as one fits anything. */
export function schemaOf(schema: z.ZodType): ProbeSubject['output'] {
  return { schema, json: z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }) as JsonSchema };
}

/** Paths of the fields that a harness file says. It was parsed before, so it parses. */
function statedIn(text: string): ReadonlySet<string> {
  const paths = new Set<string>();
  const add = (value: unknown, path: string): void => {
    if (path !== '') paths.add(path);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [name, field] of Object.entries(value)) add(field, path === '' ? name : `${path}.${name}`);
  };
  add(parse(text), '');
  return paths;
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch(() => '');
}
