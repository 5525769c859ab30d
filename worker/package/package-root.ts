import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const require = createRequire(import.meta.url);

/** Folder of this package, whether it runs from its sources or as built. */
export const PACKAGE_ROOT = dirname(require.resolve('loopwright/package.json'));

/** Version of this package. */
export const VERSION = (require('loopwright/package.json') as { version: string }).version;
