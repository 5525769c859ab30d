import { alertSubject, clearedNotice, raisedNotice } from '../../core/notify/alert-notices.ts';
import { approvalSubject, nextDue, noticesDue, type Due } from '../../core/notify/due.ts';
import { isPending } from '../../core/pending.ts';
import { alertView, approvalView, lettersOf, type NoticeView, type Routing } from '../../core/notify/routing.ts';
import type { Store } from '../../store/ports.ts';

/** Approvals that are looked at in one go. */
const PAGE = 50;

/** What a notifier stands on. */
export interface NotifierOptions {
  readonly store: Pick<Store, 'approvals' | 'alerts' | 'notices'>;
  /** Where notices go. */
  readonly routing: Routing;
  readonly now: () => number;
  readonly report: (text: string) => void;
}

/**
 * Works out from the store what people have to be told, and writes a letter for each notice and channel. Each look goes on
 * where the one before was written down, so it may be stopped and started at any time.
 */
export class Notifier {
  readonly #options: NotifierOptions;
  readonly #troubles = new Set<string>();

  constructor(options: NotifierOptions) {
    this.#options = options;
  }

  /** Looks once at what may have something due. */
  async look(): Promise<void> {
    const { store, now: clock } = this.#options;
    for (;;) {
      const now = clock();
      const digests = await store.notices.toLookAt(now, PAGE);
      await Promise.all(digests.map((digest) => this.#lookAtApproval(digest, now)));
      // One that is in both parts of the answer counts once.
      if (digests.length < PAGE / 2) break;
    }
    await this.#lookAtAlerts(clock());
  }

  async #lookAtApproval(digest: string, now: number): Promise<void> {
    const { approvals, notices } = this.#options.store;
    const approval = await approvals.find(digest, now);
    if (approval === undefined) return;
    const about = {
      kind: 'approval',
      about: digest,
      since: approval.openedAt,
      subject: approvalSubject(approval),
    } as const;
    const due = noticesDue(approval, await notices.lookedAt(about), now);
    const letters = lettersOf(due, ({ event }) => this.#channelsFor(approvalView(event, approval, now)));
    const settled = !isPending(approval.state);
    await notices.plan({ ...about, at: now, nextAt: nextDue(approval, now), settled }, letters);
  }

  async #lookAtAlerts(now: number): Promise<void> {
    const { alerts, notices } = this.#options.store;
    const [open, looked] = await Promise.all([alerts.open(), notices.openAlerts()]);
    const isOf = (key: string, raisedAt: number) => (one: { about: string; since: number }) =>
      one.about === key && one.since === raisedAt;
    for (const alert of open)
      if (!looked.some(isOf(alert.key, alert.raisedAt))) await this.#plan(alert, raisedNotice(alert), false, now);
    for (const { about: key, since: raisedAt } of looked) {
      if (open.some((alert) => alert.key === key && alert.raisedAt === raisedAt)) continue;
      const alert = await alerts.find(key);
      if (alert !== undefined)
        await this.#plan({ ...alert, raisedAt }, clearedNotice({ key, raisedAt }, now), true, now);
    }
  }

  async #plan(alert: Parameters<typeof alertView>[1] & Raised, due: Due, settled: boolean, now: number): Promise<void> {
    const { key, raisedAt, kind, about } = alert;
    const to = this.#channelsFor(alertView(due.event, { kind }));
    // Nobody is told through a channel that the channel itself fails.
    const letters = lettersOf([due], () => to.filter((channel) => kind !== 'notify' || channel !== about));
    const subject = { kind: 'alert', about: key, since: raisedAt, subject: alertSubject(alert) } as const;
    await this.#options.store.notices.plan({ ...subject, at: now, settled }, letters);
  }

  #channelsFor(view: NoticeView): readonly string[] {
    const { to, trouble } = this.#options.routing(view);
    for (const one of trouble) {
      if (this.#troubles.has(one)) continue;
      this.#troubles.add(one);
      this.#options.report(`notify.yaml: ${one}. It counts as one that holds.`);
    }
    return to;
  }
}

/** Of an alert, what names it. */
interface Raised {
  readonly key: string;
  readonly raisedAt: number;
  readonly about: string;
}
