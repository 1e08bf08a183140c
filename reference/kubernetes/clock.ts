import type { Clock } from '../protocol/clock.ts';

/** Time as this package needs it: a reading and a wait. */
export interface TimedClock extends Clock {
  /** Resolves after `ms` milliseconds, or at once when `signal` aborts; never rejects. */
  sleep: Sleep;
}

export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

/** Waits by the machine's timers, without keeping the process alive. */
export const timerSleep: Sleep = (ms, signal) =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    timer.unref();
    signal.addEventListener('abort', done);
  });

/** RFC 3339 with whole seconds, as metav1.Time is written. */
export function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
