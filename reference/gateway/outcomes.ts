import type { Clock } from '../protocol/clock.ts';
import type { MasterResponse } from './response-check.ts';

export type Outcome =
  { state: 'pending' } | { state: 'done'; response: MasterResponse } | { state: 'failed'; error: unknown };

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
  keep(requestId: string, wallet: string, flight: Promise<MasterResponse>): boolean {
    this.#sweep();
    if (this.#kept.size >= this.#options.capacity) return false;
    const untilMs = this.#options.clock.nowMs() + this.#options.ttlSeconds * 1_000;
    const kept: Kept = { wallet, outcome: { state: 'pending' }, untilMs, bytes: 0 };
    this.#kept.set(requestId, kept);
    flight.then(
      (response) => {
        if (this.#kept.get(requestId) !== kept) return;
        if (this.#bytes + response.body.length > this.#options.bytes) {
          kept.outcome = { state: 'failed', error: new Error('no room for the outcome') };
          return;
        }
        kept.bytes = response.body.length;
        this.#bytes += kept.bytes;
        kept.outcome = { state: 'done', response };
      },
      (error: unknown) => {
        kept.outcome = { state: 'failed', error };
      },
    );
    return true;
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
