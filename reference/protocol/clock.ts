/** Source of time, injected everywhere so that tests and fault plans can move it. */
export interface Clock {
  /** Milliseconds since the Unix epoch; may step back when the system clock is set. */
  nowMs(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };

/** A clock that stands still until it is told to move. */
export class ManualClock implements Clock {
  #now: number;

  constructor(startMs: number) {
    this.#now = startMs;
  }

  nowMs(): number {
    return this.#now;
  }

  /** Moves by `ms`, which may be negative. */
  advance(ms: number): void {
    this.#now += ms;
  }

  /** Jumps to `ms` since the epoch. */
  set(ms: number): void {
    this.#now = ms;
  }
}
