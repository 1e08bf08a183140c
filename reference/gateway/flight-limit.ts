export interface FlightLimitOptions {
  /** Flights at the same time at most. */
  most: number;
  /** So few flights are let in however slow they are, and are no reason to let in fewer. */
  least: number;
  /** Milliseconds above which a flight is a sign of too many. */
  slowMs: number;
  /** Monotonic milliseconds. */
  now?: () => number;
}

/** What a slow flight leaves of as many as there were with it. */
const CUT = 0.7;
/** What each quick flight adds, divided by the limit: so many for each whole round of flights. */
const GROWTH = 8;

/**
 * How many flights there may be at once, learnt from how long they take: a slow one lowers the limit,
 * once for all that were under way with it; quick ones raise it again. Those let in are then answered
 * in time, whatever the parts behind can carry.
 */
export class FlightLimit {
  readonly #options: Required<FlightLimitOptions>;
  #limit: number;
  #flights = 0;
  #lowered = -Infinity;

  constructor(options: FlightLimitOptions) {
    this.#options = { now: () => performance.now(), ...options };
    this.#limit = options.most;
  }

  /** Undefined when there is no room, else what must be called once at the flight's end. */
  enter(): (() => void) | undefined {
    if (this.#flights >= Math.floor(this.#limit)) return undefined;
    this.#flights += 1;
    const began = this.#options.now();
    return () => {
      this.#learn(began);
      this.#flights -= 1;
    };
  }

  /** A flight ends, and is still counted. */
  #learn(began: number): void {
    const { most, least, slowMs, now } = this.#options;
    const ended = now();
    if (ended - began <= slowMs) {
      this.#limit = Math.min(most, this.#limit + GROWTH / this.#limit);
    } else if (began > this.#lowered && this.#flights > least) {
      this.#limit = Math.max(least, Math.min(this.#limit, this.#flights * CUT));
      this.#lowered = ended;
    }
  }
}
