import type { Mistake } from '../../contract/mistake.ts';
import { nearest } from '../../core/nearest.ts';
import type { Loop } from '../../loops/define/index.ts';
import { schemaMistakes } from '../load/schema-mistakes.ts';
import type { SchedulesFile } from './schedules-file.ts';

/** What is wrong with schedules by the loops that they start: inputs that do not fit and, where all loops are known, names of none. */
export function scheduleLoopMistakes(
  { content, mistake }: SchedulesFile,
  loops: ReadonlyMap<string, { readonly loop: Pick<Loop, 'input'> }>,
  all: boolean,
): Mistake[] {
  return Object.entries(content?.schedules ?? {}).flatMap(([id, { loop: name, input }]) => {
    const found = loops.get(name);
    if (found === undefined) {
      if (!all) return [];
      const near = nearest(name, [...loops.keys()]);
      const fix = near === undefined ? `Known are ${[...loops.keys()].join(', ')}.` : `Did you mean \`${near}\`?`;
      return [mistake(['schedules', id, 'loop'], `there is no loop \`${name}\` here`, fix)];
    }
    const schema = found.loop.input;
    const parsed = schema.safeParse(input);
    return parsed.success ? [] : schemaMistakes(schema, input, parsed.error, mistake, ['schedules', id, 'input']);
  });
}
