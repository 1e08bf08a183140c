import type { StoreState } from './store-state.ts';

/** Bounds of a store. */
export interface StoreLimits {
  entries: number;
  /** Keys and values of all entries, in bytes. */
  bytes: number;
}

/** The two decisions a store takes about a write. */
export interface StorePolicy {
  /** Whether a write that expects revision `expected` (0: absent, undefined: any) may replace revision `actual`. */
  expectedFits(expected: number | undefined, actual: number): boolean;
  /** Key of an entry to give up for a write that finds no room. The store's own answer is none. */
  victim(state: StoreState): string | undefined;
}

/** Optimistic concurrency, and no eviction. */
export const strictPolicy: StorePolicy = {
  expectedFits: (expected, actual) => expected === undefined || expected === actual,
  victim: () => undefined,
};
