import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Tables } from './schema.ts';

/** Stands for a value while a query is built. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** A query that looks at a value depends on it. */
  toString(): never {
    throw new TypeError(`\`${this.name}\` is not known while a query is built; pass it on as it is.`);
  }
}

/** A query that runs with the values it is told, and answers its rows. */
export type Prepared<Values, Row> = (database: Kysely<Tables>, values: Values) => Promise<Row[]>;

/** The row of a query that always has one. @throws Error where it has none. */
export function first<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error('Expected a row, got none: the store contradicts itself.');
  return row;
}

/**
 * A query that is built once: for the short statements of every step, building costs more than running. `build` gets
 * stand-ins in the place of values, so it may pass them on but not look at them, and must not depend on them.
 */
export function prepared<Values extends object, Row>(
  build: (database: Kysely<Tables>, values: Values) => Compilable<Row>,
): Prepared<Values, Row> {
  const slots = new Proxy({}, { get: (_target, name) => new Slot(String(name)) }) as Values;
  /** By SQL dialect. */
  const compiled = new Map<unknown, CompiledQuery<Row>>();
  return async (database, values) => {
    const dialect = database.getExecutor().adapter.constructor;
    const query = compiled.get(dialect) ?? build(database, slots).compile();
    compiled.set(dialect, query);
    const parameters = query.parameters.map((value) =>
      value instanceof Slot ? values[value.name as keyof Values] : value,
    );
    const { rows } = await database.executeQuery<Row>({ ...query, parameters });
    return rows;
  };
}
