import { AUTONOMY_LEVELS, type AuditedOutput, type AuditedShare, type AutonomyLevel } from '../../contract/autonomy.ts';
import { percent } from '../figures.ts';
import { shareInterval } from '../interval.ts';

/** Newest audited outputs that count. */
export const AUDITED_WINDOW = 200;

/** Audited outputs that people have to have decided before a loop may act alone. */
const DECIDED = 50;

/** What the accepted share has to be at least, with 95 % confidence: to be granted `L3`, and to keep it. Between them one decision flips nothing. */
const GRANTED_AT = 0.9;
const KEPT_AT = 0.85;

/** Outputs of one harness version that people have to have decided before it may be sent back to reporting. */
const REPORTS_AFTER = 20;

/** A version of which surely less than this share is accepted wastes the time of those who are asked. */
const WORTH_ASKING = 0.5;

/** Share of what could be acted on alone that waits for a person all the same: without it nothing could take a level back. */
const AUDIT_FLOOR: Readonly<Record<AutonomyLevel, number>> = { L1: 0, L2: 1, L3: 0.05 };

/** What a level is granted by. */
export interface AutonomyGrounds {
  /** Newest first. */
  readonly audited: readonly AuditedOutput[];
  /** Harness version that new runs have. */
  readonly harness: string;
  /** Why its verifiers are no ground to act alone; undefined where they are. */
  readonly uncalibrated?: string | undefined;
  /** Names of open critical findings. */
  readonly critical: readonly string[];
  /** The level that it had. */
  readonly before?: AutonomyLevel | undefined;
}

/** A level and why. */
export interface Granted {
  readonly level: AutonomyLevel;
  readonly because: string;
  readonly audited: AuditedShare;
}

/**
 * The level that the record grants. `L3` takes calibrated verifiers, {@link DECIDED} audited outputs of which surely nine
 * in ten were accepted as they were, and no open critical finding; it is gone as soon as one of them is. `L1` is for a harness version
 * whose outputs people surely refuse more often than not; another version may ask again. Everything else is `L2`.
 */
export function grantedBy({ audited, harness, uncalibrated, critical, before }: AutonomyGrounds): Granted {
  const share = auditedShare(audited);
  const own = auditedShare(audited.filter((output) => output.harness === harness));
  if (own.decided >= REPORTS_AFTER && own.high < WORTH_ASKING) {
    const because = `people accepted ${told(own)} of what ${harness} made: it only reports until another version is promoted`;
    return { level: 'L1', because, audited: share };
  }
  const needed = before === 'L3' ? KEPT_AT : GRANTED_AT;
  const missing = [
    ...(uncalibrated === undefined ? [] : [uncalibrated]),
    ...(share.decided < DECIDED
      ? [`people have decided ${share.decided} of the ${DECIDED} audited outputs it takes`]
      : []),
    ...(share.decided >= DECIDED && share.low < needed
      ? [`people accepted ${told(share)} of audited outputs, surely ${percent(share.low)}; it takes ${percent(needed)}`]
      : []),
    ...(critical.length === 0 ? [] : [`critical and open: ${critical.join(', ')}`]),
  ];
  if (missing.length > 0) return { level: 'L2', because: missing.join('; '), audited: share };
  const because = `people accepted ${told(share)} of audited outputs, surely ${percent(share.low)}; its verifiers are calibrated, and nothing critical is open`;
  return { level: 'L3', because, audited: share };
}

/** How many of them were accepted, and between what the share lies. */
export function auditedShare(audited: readonly AuditedOutput[]): AuditedShare {
  const accepted = audited.filter((output) => output.accepted).length;
  return { decided: audited.length, accepted, ...shareInterval(accepted, audited.length) };
}

/** The lower of two levels: what the owner allows, and what the record grants. */
export function lowerLevel(one: AutonomyLevel, other: AutonomyLevel): AutonomyLevel {
  return AUTONOMY_LEVELS.indexOf(one) < AUTONOMY_LEVELS.indexOf(other) ? one : other;
}

/** Share of what could be acted on alone that a person has to look at. */
export function auditShare(asked: number, level: AutonomyLevel | undefined): number {
  return level === undefined ? asked : Math.max(asked, AUDIT_FLOOR[level]);
}

function told({ accepted, decided }: AuditedShare): string {
  return `${accepted} of ${decided}`;
}
