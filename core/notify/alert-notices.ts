import type { Alert } from '../../contract/alerts.ts';
import type { Timestamp } from '../../contract/names.ts';
import type { Due } from './due.ts';

/** What an alert is called among subjects. Raised again after it was cleared, it is another. */
export function alertSubject({ key, raisedAt }: Pick<Alert, 'key' | 'raisedAt'>): string {
  return `alert:${key}@${raisedAt}`;
}

/** That an alert was raised. */
export function raisedNotice(alert: Pick<Alert, 'key' | 'raisedAt'>): Due {
  return { id: `${alertSubject(alert)}/raised`, event: 'raised', dueAt: alert.raisedAt, ifTold: false };
}

/** That it is over, for those who were told that it was raised. */
export function clearedNotice(alert: Pick<Alert, 'key' | 'raisedAt'>, at: Timestamp): Due {
  return { id: `${alertSubject(alert)}/cleared`, event: 'cleared', dueAt: at, ifTold: true };
}
