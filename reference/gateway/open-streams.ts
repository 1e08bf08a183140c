import type { ChainEvent } from '../chain/types.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Reason } from '../protocol/reasons.ts';
import type { TokenRecord } from '../protocol/tokens.ts';

/** Why a stream ends: its token's fault, or the gateway's own stop. */
export type StreamEnd = Extract<Reason, 'TokenRevoked' | 'TokenExpired' | 'StakeInactive'> | 'shutdown';

interface Open {
  token: string;
  stakeRecord: string;
  end: (by: StreamEnd) => void;
  timer: NodeJS.Timeout | undefined;
}

/** Node's timers cannot wait longer than this. */
const MAX_TIMER_MS = 2_147_483_647;

/** Watches and followed logs that are open, so that a token's end is theirs as well. */
export class OpenStreams {
  readonly #clock: Clock;
  readonly #open = new Set<Open>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Registers a stream; `end` is called once when its token stops being good. Returns how to leave. */
  add(token: TokenRecord, end: (by: StreamEnd) => void): () => void {
    const open: Open = { token: token.tokenId, stakeRecord: token.stakeRecord, end, timer: undefined };
    this.#open.add(open);
    this.#expireAt(open, token.expiresAt);
    return () => this.#remove(open);
  }

  observe(event: Pick<ChainEvent, 'name' | 'data'>): void {
    const { name, data } = event;
    for (const open of this.#open) {
      if (name === 'SealTokenRevoked' && data['token'] === open.token) this.#end(open, 'TokenRevoked');
      else if ((name === 'SlashEvent' || name === 'UnstakeEvent') && data['record'] === open.stakeRecord) {
        this.#end(open, 'StakeInactive');
      } else if (name === 'SealTokenShortened' && data['token'] === open.token) {
        this.#expireAt(open, Number(data['expires_at']));
      }
    }
  }

  /** Ends all, for a gateway that stops. */
  endAll(): void {
    for (const open of this.#open) this.#end(open, 'shutdown');
  }

  #expireAt(open: Open, seconds: number): void {
    clearTimeout(open.timer);
    const left = seconds * 1_000 - this.#clock.nowMs();
    const again = (): void =>
      left > MAX_TIMER_MS ? this.#expireAt(open, seconds) : this.#end(open, 'TokenExpired');
    open.timer = setTimeout(again, Math.min(Math.max(0, left), MAX_TIMER_MS)).unref();
  }

  #end(open: Open, by: StreamEnd): void {
    this.#remove(open);
    open.end(by);
  }

  #remove(open: Open): void {
    clearTimeout(open.timer);
    this.#open.delete(open);
  }
}
