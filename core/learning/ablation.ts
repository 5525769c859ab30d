import type { KeptLesson } from '../../contract/kept-lesson.ts';
import { eValue } from './evidence.ts';

/** Evidence that a lesson does harm from which on it is retired (DESIGN §8 asks the same of an example that is to be proven). */
const HARM = 10;

/** Whether ablations have shown that cases go better without a lesson than with it. One vote a group of related cases. */
export function isHarmful({ helpful, harmful }: Pick<KeptLesson, 'helpful' | 'harmful'>): boolean {
  return eValue(harmful, helpful) >= HARM;
}
