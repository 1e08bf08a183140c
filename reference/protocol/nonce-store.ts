/**
 * Outcome of remembering a nonce. `forgotten`: the entry would already be past its end, so whether
 * it was seen before can no longer be told.
 */
export type NonceOutcome =
  | { status: 'stored' }
  | { status: 'present'; value: string }
  | { status: 'full'; retryAfterSeconds: number }
  | { status: 'forgotten' };

/** Memory of the nonces that were used. Bounded; at its bound it refuses, it never forgets early. */
export interface NonceStore {
  /**
   * Remembers `key` with `value` until `untilMs` (Unix milliseconds), atomically, unless it is there
   * already. Of any number of simultaneous calls with one key exactly one gets `stored`.
   */
  putIfAbsent(key: string, value: string, untilMs: number): Promise<NonceOutcome>;
}
