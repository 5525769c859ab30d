import type { RouteModels } from './config.ts';
import type { ModelRoute } from './model-route.ts';

/** What zod is told of a mistake. */
interface FallbackIssue {
  readonly code: 'custom';
  readonly path: string[];
  readonly message: string;
}

/** Mistakes in which route stands in for which: a route that is not there, the learner, which is no model, and circles. */
export function fallbackIssues(models: Readonly<Record<string, ModelRoute>>): FallbackIssue[] {
  return Object.entries(models).flatMap(([name, route]) => {
    if (route === 'local' || route.fallback === undefined) return [];
    const why = whyNot(name, route.fallback, models);
    return why === undefined ? [] : [{ code: 'custom', path: ['models', name, 'fallback'], message: why }];
  });
}

function whyNot(name: string, fallback: string, models: Readonly<Record<string, ModelRoute>>): string | undefined {
  const others = Object.keys(models).filter((other) => other !== name && models[other] !== 'local');
  const fix = others.length === 0 ? 'Declare another model' : `Name one of ${others.join(', ')}`;
  const route = Object.hasOwn(models, fallback) ? models[fallback] : undefined;
  if (route === undefined && fallback !== 'local')
    return `Expected a route that is declared, got "${fallback}"; ${fix}`;
  if (route === undefined || route === 'local')
    return `Expected a model to stand in, got the embedded learner; ${fix}. The learner comes first, by \`atLeast\` in a harness`;
  const chain = chainFrom(name, (one) => {
    const next = models[one];
    return next === undefined || next === 'local' ? undefined : next.fallback;
  });
  return chain.circle
    ? `Expected no circle, got ${[...chain.names, name].join(' → ')}; Leave one \`fallback\` out`
    : undefined;
}

/** A route and those that stand in for it, one for the other. */
export function routeChain(name: string, models: RouteModels | undefined): readonly string[] {
  return chainFrom(name, (one) => models?.fallbacks?.get(one)).names;
}

function chainFrom(
  name: string,
  next: (name: string) => string | undefined,
): { readonly names: readonly string[]; readonly circle: boolean } {
  const names = [name];
  for (let one = next(name); one !== undefined; one = next(one)) {
    if (names.includes(one)) return { names, circle: one === name };
    names.push(one);
  }
  return { names, circle: false };
}
