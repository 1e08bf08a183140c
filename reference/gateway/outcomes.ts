import type { Clock } from '../protocol/clock.ts';
import type { RecordedResponse } from '../protocol/wire-responses.ts';

export type Outcome =
  { state: 'pending' } | { state: 'done'; response: RecordedResponse } | { state: 'failed'; error: unknown };

interface Kept {
  wallet: string;
  outcome: Outcome;
  untilMs: number;
  bytes: number;
}

export interface OutcomesOptions {
  clock: Clock;
  ttlSeconds: number;
  /** Outcomes kept. Default 10000. */
  capacity?: number;
  /** Bytes of bodies kept. Default 256 MiB. */
  bytes?: number;
}

/**
 * Outcomes of requests whose clients were told to ask later. Bounded: when it is full, `keep` says so
 * and the client learns that its outcome cannot be promised.
 */
export class Outcomes {
  readonly #options: Required<OutcomesOptions>;
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(options: OutcomesOptions) {
    this.#options = { capacity: 10_000, bytes: 268_435_456, ...options };
  }

  /** Keeps whatever `flight` comes to. False when there is no room. */
  keep(requestId: string, wallet: string, flight: Promise<RecordedResponse>): boolean {
    this.#sweep();
    if (this.#kept.size >= this.#options.capacity) return false;
    const untilMs = this.#options.clock.nowMs() + this.#options.ttlSeconds * 1_000;
    const kept: Kept = { wallet, outcome: { state: 'pending' }, untilMs, bytes: 0 };
    this.#kept.set(requestId, kept);
    void this.#settle(requestId, kept, flight);
    return true;
  }

  async #settle(requestId: string, kept: Kept, flight: Promise<RecordedResponse>): Promise<void> {
    try {
      const response = await flight;
      if (this.#kept.get(requestId) !== kept) return;
      const bytes = response.body.length;
      if (this.#bytes + bytes > this.#options.bytes) throw new Error('no room for the outcome');
      this.#bytes += bytes;
      kept.bytes = bytes;
      kept.outcome = { state: 'done', response };
    } catch (error) {
      kept.outcome = { state: 'failed', error };
    }
  }

  /** Undefined for an unknown or expired one, and for another wallet's. */
  get(requestId: string, wallet: string): Outcome | undefined {
    this.#sweep();
    const kept = this.#kept.get(requestId);
    return kept?.wallet === wallet ? kept.outcome : undefined;
  }

  /** All live equally long, so the oldest stand in front. */
  #sweep(): void {
    const now = this.#options.clock.nowMs();
    for (const [id, kept] of this.#kept) {
      if (kept.untilMs > now) return;
      this.#kept.delete(id);
      this.#bytes -= kept.bytes;
    }
  }
}
