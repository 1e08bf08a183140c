import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export const LOOK_EVERY_MS = 2_000;
/** Share of the event loop's time below which a process counts as idle. */
const IDLE_BELOW = 0.02;

/**
 * Gives back what a burst of work left behind, once after each burst, as soon as the process has been idle for `LOOK_EVERY_MS`.
 * V8 keeps its young generation as large as the busiest moment made it (starting is one), and shrinks it in a collection of its
 * last resort alone; that takes 50 to 100 ms, when nobody waits.
 *
 * `share` tells how much of the time since it was asked last, from 0 to 1, the process worked.
 */
export function shrinkWhenIdle(
  share: () => number = loopUtilization(),
  collect: () => void = lastResort(),
): NodeJS.Timeout {
  let worked = true;
  return setInterval(() => {
    const isIdle = share() < IDLE_BELOW;
    if (isIdle && worked) {
      collect();
      share();
    }
    worked = !isIdle;
  }, LOOK_EVERY_MS).unref();
}

function loopUtilization(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}

function lastResort(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { flavor: string }) => void;
  return () => collect({ flavor: 'last-resort' });
}
