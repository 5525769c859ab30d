import { BESIDE } from './beside.ts';
import { DEFINITION } from './definition.ts';
import { VERIFIERS } from './verifiers.ts';
import { HARNESS } from './harness.ts';
import type { PlantedMistake } from './planting.ts';

/** Every planted mistake, each in a folder of its own. */
export const PLANTED: readonly PlantedMistake[] = [...HARNESS, ...DEFINITION, ...VERIFIERS, ...BESIDE];
