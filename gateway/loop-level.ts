import { AutonomyLevel } from '../contract/autonomy.ts';
import { isRecord } from '../core/form/fields.ts';
import { lowerLevel } from '../core/learning/autonomy.ts';
import type { Store } from '../store/ports.ts';

/** How much a loop's next run does by itself, and why. */
export interface LoopLevel {
  readonly level: AutonomyLevel;
  readonly because: string;
}

/** What a loop has before the record has said anything: nobody has looked at what it makes yet. */
const UNSEEN: AutonomyLevel = 'L2';

/** How much a loop's next run does by itself; undefined where its harness has no level, and its approval rule alone decides. */
export async function levelOf(
  { harnesses, autonomy }: Pick<Store, 'harnesses' | 'autonomy'>,
  loop: string,
): Promise<LoopLevel | undefined> {
  const [current, grant] = await Promise.all([harnesses.current(loop), autonomy.newest(loop)]);
  const allowed = isRecord(current?.body) ? AutonomyLevel.safeParse(current.body['autonomy']).data : undefined;
  if (allowed === undefined) return undefined;
  const granted = grant?.level ?? UNSEEN;
  const because = grant?.because ?? 'the record has granted nothing yet: that is worked out when its next run opens';
  const level = lowerLevel(allowed, granted);
  if (level === granted) return { level, because };
  return { level, because: `its harness allows no more; the record grants ${granted}: ${because}` };
}
