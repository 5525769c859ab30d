import type { Tool, ToolArgs } from '../contract/tool.ts';

type Field = ToolArgs['properties'][string];

/** Why an output does not fit what an effect may be done with, in words; undefined where it fits. */
export function argsMistake({ properties, required }: ToolArgs, output: unknown): string | undefined {
  if (typeof output !== 'object' || output === null || Array.isArray(output)) return 'the output is no object';
  const value = output as Readonly<Record<string, unknown>>;
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return `\`${missing}\` is not there`;
  for (const [name, field] of Object.entries(properties)) {
    if (!Object.hasOwn(value, name)) continue;
    const wrong = fieldMistake(field, value[name]);
    if (wrong !== undefined) return `\`${name}\` ${wrong}`;
  }
  return undefined;
}

function fieldMistake({ type, enum: values, minimum, maximum, maxLength }: Field, value: unknown): string | undefined {
  const shown = (JSON.stringify(value) ?? 'undefined').slice(0, 100);
  if (type !== undefined && !isOfType(type, value)) return `has to be of type ${type}, and is ${shown}`;
  if (values !== undefined && !values.some((one) => one === value)) return `may not be ${shown}`;
  const bounded = minimum !== undefined || maximum !== undefined;
  if (bounded && typeof value !== 'number') return `has to be a number, and is ${shown}`;
  if (minimum !== undefined && Number(value) < minimum) return `has to be ${minimum} at least, and is ${shown}`;
  if (maximum !== undefined && Number(value) > maximum) return `may be ${maximum} at most, and is ${shown}`;
  if (maxLength === undefined) return undefined;
  if (typeof value !== 'string') return `has to be a text, and is ${shown}`;
  return value.length > maxLength ? `may have ${maxLength} characters, and has ${value.length}` : undefined;
}

function isOfType(type: NonNullable<Field['type']>, value: unknown): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}

/** Whether contracts let nothing through that others did not: each of these is still there, and as narrow. */
export function areAsStrict(tools: readonly Tool[], earlier: readonly Tool[]): boolean {
  return earlier.every((before) => {
    const after = tools.find(({ name }) => name === before.name);
    return after !== undefined && isAsStrict(after, before);
  });
}

function isAsStrict(after: Tool, before: Tool): boolean {
  return (
    (before.allow || !after.allow) &&
    (after.approve || !before.approve) &&
    (after.maxCalls ?? Infinity) <= (before.maxCalls ?? Infinity) &&
    (before.args === undefined || (after.args !== undefined && isAsNarrow(after.args, before.args)))
  );
}

function isAsNarrow(after: ToolArgs, before: ToolArgs): boolean {
  return (
    before.required.every((name) => after.required.includes(name)) &&
    Object.entries(before.properties).every(([name, field]) => {
      const narrowed = after.properties[name];
      return narrowed !== undefined && isNarrowField(narrowed, field);
    })
  );
}

function isNarrowField(after: Field, before: Field): boolean {
  return (
    (before.type === undefined || after.type === before.type) &&
    (before.enum === undefined || (after.enum?.every((value) => before.enum?.includes(value)) ?? false)) &&
    (before.minimum === undefined || (after.minimum ?? -Infinity) >= before.minimum) &&
    (before.maximum === undefined || (after.maximum ?? Infinity) <= before.maximum) &&
    (before.maxLength === undefined || (after.maxLength ?? Infinity) <= before.maxLength)
  );
}
