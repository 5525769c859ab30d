import type { ConnectionLike } from '@temporalio/client';
import { INDEXED_VALUE_TYPES } from '../../client/search-attributes.ts';

/**
 * Registers the search attributes (name → type) that the namespace does not know yet: `start-dev --search-attribute` does
 * so for a new database file only (CLI 1.9.1). Throws what the server answers, and an `Error` for an unknown type.
 */
export async function addMissingSearchAttributes(
  connection: Pick<ConnectionLike, 'operatorService'>,
  wanted: Readonly<Record<string, string>>,
  namespace = 'default',
): Promise<void> {
  const { operatorService } = connection;
  const known = await operatorService.listSearchAttributes({ namespace });
  const missing = Object.entries(wanted).filter(([name]) => !(name in known.customAttributes));
  if (missing.length === 0) return;
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(missing.map(([name, type]) => [name, typeNumber(name, type)])),
  });
}

/** The command that adds search attributes by hand; `flags` reach the cluster. */
export function attributesCommand(flags: string, missing: readonly (readonly [name: string, type: string])[]): string {
  const words = missing.map(([name, type]) => `--name ${name} --type ${type}`);
  return `temporal operator search-attribute create${flags} ${words.join(' ')}`;
}

function typeNumber(name: string, type: string): number {
  const number = INDEXED_VALUE_TYPES[type];
  if (number !== undefined) return number;
  const types = Object.keys(INDEXED_VALUE_TYPES).join(', ');
  throw new Error(`Expected the type of search attribute \`${name}\` to be one of ${types}, got ${type}.`);
}
