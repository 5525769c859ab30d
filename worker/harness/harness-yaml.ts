import { stringify } from 'yaml';
import { Harness } from '../../contract/harness.ts';
import { canonicalJson } from '../../core/canonical.ts';

/** The text of a `harness.yaml` that says what a harness says. What is the default anyway is left out; where all is, it is `{}`. */
export function harnessYaml(harness: Harness): string {
  return stringify(unlikeDefaults(harness, Harness.parse({})), { lineWidth: 100 });
}

/** The fields of a record that differ from those of another; `approval` and `limits` field by field. */
function unlikeDefaults(record: object, defaults: object): object {
  const standard = new Map(Object.entries(defaults) as [string, unknown][]);
  return Object.fromEntries(
    (Object.entries(record) as [string, unknown][])
      .filter(([name, value]) => value !== undefined && canonicalJson(value) !== canonicalJson(standard.get(name)))
      .map(([name, value]) => [
        name,
        PARTS.includes(name) ? unlikeDefaults(value as object, standard.get(name) as object) : value,
      ]),
  );
}

/** Components that are records of their own. */
const PARTS: readonly string[] = ['approval', 'limits'] satisfies (keyof Harness)[];
