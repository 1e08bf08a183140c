import type { TimedClock } from '../clock.ts';

/** Milliseconds between two bookmarks. */
const TICK_MS = 60_000;

/** What wakes the reader: a change, the source's end or failure, or a tick. */
class Wakeups<T> {
  arrived: IteratorResult<T> | undefined;
  failure: { error: unknown } | undefined;
  ticked = false;
  #wake: (() => void) | undefined;

  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  async wait(): Promise<void> {
    if (this.arrived !== undefined || this.failure !== undefined || this.ticked) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

/**
 * Passes the values of `source` on, with a 'tick' every minute when there is a clock. It asks for a value only when the
 * one before was taken, so a slow reader holds up nobody but itself. `end` is aborted at the end.
 */
export async function* withTicks<T>(
  source: AsyncGenerator<T>,
  clock: TimedClock | undefined,
  end: AbortController,
): AsyncGenerator<T | 'tick'> {
  const wakeups = new Wakeups<T>();
  try {
    void tickAfterAWhile(wakeups, clock, end.signal);
    void pull(wakeups, source);
    for (;;) {
      await wakeups.wait();
      const { arrived, failure } = wakeups;
      if (failure !== undefined) throw failure.error;
      if (arrived !== undefined) {
        if (arrived.done === true) return;
        wakeups.arrived = undefined;
        yield arrived.value;
        void pull(wakeups, source);
      } else {
        wakeups.ticked = false;
        void tickAfterAWhile(wakeups, clock, end.signal);
        yield 'tick';
      }
    }
  } finally {
    // A source that waits for its next value can only return once its own signal has woken it.
    end.abort();
    await source.return(undefined);
  }
}

async function pull<T>(wakeups: Wakeups<T>, source: AsyncGenerator<T>): Promise<void> {
  try {
    wakeups.arrived = await source.next();
  } catch (error) {
    wakeups.failure = { error };
  }
  wakeups.wake();
}

async function tickAfterAWhile(
  wakeups: Wakeups<unknown>,
  clock: TimedClock | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (clock === undefined) return;
  await clock.sleep(TICK_MS, signal);
  if (signal.aborted) return;
  wakeups.ticked = true;
  wakeups.wake();
}
