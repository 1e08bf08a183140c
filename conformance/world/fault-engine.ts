import type { Fault, FaultAction, FaultPlan, FaultRoute } from './fault-plan.ts';

/** A fault that happened, for the record. */
export interface FaultHit {
  /** Its place in the plan, from 0. */
  fault: number;
  /** Number of the request of that route, from 1. */
  request: number;
  /** Unix milliseconds. */
  at: number;
}

/**
 * Says, request by request, what a plan does. The first fault of the list that applies to a request is it; the others do
 * not count that request as theirs. The same plan does the same to the same requests.
 */
export class FaultEngine {
  readonly plan: FaultPlan;
  readonly hits: FaultHit[] = [];
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #seen = new Map<FaultRoute, number>();
  readonly #passed: number[];
  readonly #done: number[];

  constructor(plan: FaultPlan, now: () => number = Date.now) {
    this.plan = plan;
    this.#now = now;
    this.#random = seeded(plan.seed);
    this.#passed = plan.faults.map(() => 0);
    this.#done = plan.faults.map(() => 0);
  }

  /** What to do about the next request of a route; undefined: answer it honestly. */
  next(route: FaultRoute): FaultAction | undefined {
    const request = (this.#seen.get(route) ?? 0) + 1;
    this.#seen.set(route, request);
    for (const [index, fault] of this.plan.faults.entries()) {
      if (!this.#applies(index, fault, route)) continue;
      this.hits.push({ fault: index, request, at: this.#now() });
      return fault.do;
    }
    return undefined;
  }

  #applies(index: number, fault: Fault, route: FaultRoute): boolean {
    if (fault.on !== route) return false;
    if (fault.times !== 'always' && (this.#done[index] ?? 0) >= fault.times) return false;
    if ((this.#passed[index] ?? 0) < fault.after) {
      this.#passed[index] = (this.#passed[index] ?? 0) + 1;
      return false;
    }
    if (fault.chance < 1 && this.#random() >= fault.chance) return false;
    this.#done[index] = (this.#done[index] ?? 0) + 1;
    return true;
  }
}

/** Numbers from 0 to below 1 that follow from the seed alone (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
