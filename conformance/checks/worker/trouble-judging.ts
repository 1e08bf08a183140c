import { check, type Check } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { ok } from '../../runner/expectations.ts';
import type { FakeRequest } from '../../world/fake-messages.ts';
import { RETRY_AFTER, troubleOf, type Trouble } from './trouble.ts';
import { TIMEOUT_MS } from './workers.ts';

/** A check that judges a worker whose master fails. */
export function ofTrouble(
  id: string,
  title: string,
  mutants: readonly string[],
  judge: (trouble: Trouble, t: CheckContext) => Promise<void> | void,
): Check {
  return check(id, title, { timeoutMs: TIMEOUT_MS, mutants }, async (t) => {
    const trouble = await troubleOf(t);
    t.exchanges.push(...trouble.fake.exchanges);
    t.faultPlans.push(trouble.plan);
    await judge(trouble, t);
  });
}

type Beats = Trouble['beats'];
type Pair = readonly [Beats[number], Beats[number]];

/** The heartbeats with which this was done, and the next after each. */
export function pairs(beats: Beats, what: Beats[number]['beat']): [Pair, ...Pair[]] {
  const [first, ...more] = beats.flatMap((beat, index): Pair[] => {
    const next = beats[index + 1];
    return beat.beat === what && next ? [[beat, next]] : [];
  });
  ok(`the worker goes on after a heartbeat that is ${what}`, first !== undefined, {
    got: beats.map(({ beat }) => beat),
  });
  return [first, ...more];
}

/** Unix milliseconds at which a heartbeat was over, for the worker too. */
export const overAt = ({ answered, givenUpAt, at }: FakeRequest): number => answered?.at ?? givenUpAt ?? at;

/** Pauses from the end of a heartbeat until the next. */
export const pauses = (all: readonly Pair[]): number[] => all.map(([beat, next]) => next.at - overAt(beat));

/** Fails for a pause shorter than the Retry-After of the plan. */
export function waited(pause: number): void {
  ok(`it waited for ${RETRY_AFTER} s`, pause >= RETRY_AFTER * 1000 - 50, {
    wanted: RETRY_AFTER * 1000,
    got: pause,
  });
}
