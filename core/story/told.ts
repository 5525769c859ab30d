import { listedRun, type ListedRun } from '../run-table.ts';
import { usd } from '../money.ts';
import type { Beginning, Cost, Ending, Story, StoryEvent } from './story.ts';

type Call = Cost['calls'][number];
type Lesson = Story['lessons'][number];

/** Times in ISO 8601 in place of milliseconds since 1970. */
type Dated<T> = T extends unknown
  ? { readonly [Key in keyof T]: Key extends 'at' | 'doneAt' ? string | Extract<T[Key], undefined> : T[Key] }
  : never;

/** A story as `why --json` prints it: times in ISO 8601, money in USD, as `runs --json` has them; otherwise as {@link Story}. */
export interface ToldStory extends Omit<Story, 'began' | 'events' | 'cost' | 'lessons' | 'ended' | 'others'> {
  readonly began: Dated<Omit<Beginning, 'budgetMicroUsd'>> & { readonly budgetUsd?: number };
  readonly events: readonly Dated<StoryEvent>[];
  readonly cost?: {
    readonly costUsd: number;
    readonly budgetUsd: number;
    readonly calls: readonly (Dated<Omit<Call, 'reservedMicroUsd' | 'bookedMicroUsd'>> & {
      readonly reservedUsd: number;
      readonly bookedUsd: number;
    })[];
    readonly uncertain: number;
  };
  readonly lessons: readonly Dated<Lesson>[];
  readonly ended: Dated<Ending>;
  readonly others: readonly ListedRun[];
}

/** A story as programs read it. */
export function toldStory({ began, events, cost, lessons, ended, others, ...story }: Story): ToldStory {
  const { budgetMicroUsd, ...beginning } = began;
  return {
    ...story,
    began: { ...dated(beginning), ...(budgetMicroUsd === undefined ? {} : { budgetUsd: usd(budgetMicroUsd) }) },
    events: events.map((event) => dated(event)),
    ...(cost === undefined ? {} : { cost: toldCost(cost) }),
    lessons: lessons.map((lesson) => dated(lesson)),
    ended: dated(ended),
    others: others.map(listedRun),
  };
}

function toldCost({ microUsd, budgetMicroUsd, calls, uncertain }: Cost): NonNullable<ToldStory['cost']> {
  return {
    costUsd: usd(microUsd),
    budgetUsd: usd(budgetMicroUsd),
    calls: calls.map(({ reservedMicroUsd, bookedMicroUsd, ...call }) => ({
      ...dated(call),
      reservedUsd: usd(reservedMicroUsd),
      bookedUsd: usd(bookedMicroUsd),
    })),
    uncertain,
  };
}

/** Its own times only: what people and models wrote stays as it is. */
function dated<T extends object>(one: T): Dated<T> {
  const entries = Object.entries(one).map(([key, value]: [string, unknown]) => [
    key,
    (key === 'at' || key === 'doneAt') && typeof value === 'number' ? new Date(value).toISOString() : value,
  ]);
  return Object.fromEntries(entries) as Dated<T>;
}
