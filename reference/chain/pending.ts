import { ChainError } from './errors.ts';
import { DEFAULT_DEADLINE_MS } from './node-call.ts';
import type { Call } from './call.ts';
import type { CallOptions, Receipt } from './types.ts';

/**
 * One queued call. It settles once: by its transaction, or earlier by its deadline or signal; then
 * the answer says whether anything may still happen on the chain.
 */
export class Pending {
  readonly call: Call;
  readonly promise: Promise<Receipt>;
  /** Whether a transaction with this call has left for the node. */
  sent = false;
  settled = false;
  readonly #resolve: (receipt: Receipt) => void;
  readonly #reject: (error: unknown) => void;
  readonly #cleanUp: () => void;

  constructor(call: Call, options: CallOptions = {}) {
    this.call = call;
    const { promise, resolve, reject } = Promise.withResolvers<Receipt>();
    this.promise = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    const { signal } = options;
    const deadlineMs = options.deadlineMs ?? 3 * DEFAULT_DEADLINE_MS;
    const timer = setTimeout(() => this.reject(this.#late(deadlineMs)), deadlineMs);
    const onAbort = (): void => this.reject(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#cleanUp = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    if (signal?.aborted === true) onAbort();
  }

  resolve(receipt: Receipt): void {
    if (this.#settle()) this.#resolve(receipt);
  }

  reject(error: unknown): void {
    if (this.#settle()) this.#reject(error);
  }

  #settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.#cleanUp();
    return true;
  }

  #late(ms: number): ChainError {
    return this.sent
      ? new ChainError('outcome_unknown', `${this.call.kind}: sent, no answer within ${ms} ms`)
      : new ChainError('unavailable', `${this.call.kind}: not sent within ${ms} ms`);
  }
}
