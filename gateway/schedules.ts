import { Hono } from 'hono';
import { ScheduleForgotten, type ScheduleRecord } from '../contract/schedules.ts';
import { dayStart } from '../core/schedules/day-budget.ts';
import { isOfSchedule } from '../core/schedules/watch.ts';
import type { Store } from '../store/ports.ts';
import { demand, type Visited } from './visitor.ts';

/** `GET /api/schedules`: when each was expected, and what its runs spent today. `POST /api/schedules/forget`: one was removed. */
export function scheduleRoutes({ scheduleLooks, alerts }: Store): Hono<Visited> {
  return new Hono<Visited>()
    .get('/', async (context) => {
      const [looks, spent] = await Promise.all([scheduleLooks.all(), scheduleLooks.spentSince(dayStart(Date.now()))]);
      return context.json({ looks: [...looks], spent: Object.fromEntries(spent) } satisfies ScheduleRecord);
    })
    .post('/forget', demand('start'), async (context) => {
      const { id } = ScheduleForgotten.parse(await context.req.json());
      await scheduleLooks.forget(id);
      for (const { key, about } of (await alerts.open()).filter(isOfSchedule))
        if (about === id) await alerts.clear(key, Date.now());
      return context.json({ id });
    });
}
