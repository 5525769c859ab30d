import type { KeptLesson } from '../../contract/kept-lesson.ts';

/** What a lesson is worth, as ablations have counted it, in words: `helps: 5 more pass`. */
export function worthOf({ helpful, harmful, tried }: Pick<KeptLesson, 'helpful' | 'harmful' | 'tried'>): string {
  if (tried === undefined) return 'not tried';
  if (tried.state !== 'closed') return 'being tried';
  if (tried.standing === 'proven') return `helps: ${helpful} more pass`;
  if (tried.standing === 'refuted') return `harms: ${harmful} fewer pass`;
  return 'nothing shown';
}
