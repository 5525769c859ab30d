import { condition, sleep } from '@temporalio/workflow';

/**
 * Wakes a run that waits. It is never cancelled, which would be an event for every gate: one that is set already and rings
 * sooner serves a later time too, so a run has mostly one timer, however many gates it has.
 */
export class Alarm {
  #ringsAt = Infinity;

  /** Waits until something holds, at most until `time`; false where it does not hold even then. */
  async until(holds: () => boolean, time: number): Promise<boolean> {
    while (!holds() && Date.now() < time) {
      this.#set(time);
      await condition(() => holds() || this.#ringsAt === Infinity);
    }
    return holds();
  }

  #set(time: number): void {
    if (this.#ringsAt <= time) return;
    this.#ringsAt = time;
    const rung = (): void => {
      if (this.#ringsAt === time) this.#ringsAt = Infinity;
    };
    // Where the scope that set it is cancelled, whoever still waits sets it again.
    sleep(time - Date.now()).then(rung, rung);
  }
}
