import { z } from 'zod';

/** Something that a person should know of, and that lasts until it is cleared. */
export const Alert = z.strictObject({
  /** Names what it is about and what is wrong with it: there is one alert of a key. */
  key: z.string(),
  /**
   * `late`: a schedule should have run and did not. `budget`: a schedule is paused because its day's money is spent.
   * `notify`: a channel has taken no notice for a day. `rollback`: a loop went back to the harness before by itself.
   * `judge`: a judge was found wanting, and its no asks a person. `autonomy`: a loop may do less by itself than before.
   * `harness`: what a loop runs on does not fit its code any more.
   */
  kind: z.enum(['late', 'budget', 'notify', 'rollback', 'judge', 'autonomy', 'harness']),
  /** Whom it is about: the id of a schedule, the name of a channel or of a loop, or a judge as `<loop>/<stage>/<judge>`. */
  about: z.string(),
  /** What is wrong, and what to do. */
  text: z.string(),
  /** Milliseconds since 1970; raised again after it was cleared, it is another. */
  raisedAt: z.number(),
});
/** Something that a person should know of, and that lasts until it is cleared. */
export type Alert = z.infer<typeof Alert>;
