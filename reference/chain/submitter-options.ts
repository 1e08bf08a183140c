import { setTimeout } from 'node:timers/promises';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { Transaction } from '@mysten/sui/transactions';
import { DEFAULT_DEADLINE_MS } from './node-call.ts';
import type { Wallet } from './types.ts';

export interface SubmitterOptions {
  client: SuiGrpcClient;
  signer: Pick<Wallet, 'toSuiAddress' | 'signTransaction'>;
  package: string;
  /** Calls in one transaction at most. Default 32. */
  maxShared?: number;
  /** Wait for the node at one execution, all attempts together, in milliseconds. Default 5000. */
  executeMs?: number;
  /**
   * Least time between the starts of two shared transactions, in milliseconds; default 25. Whoever waits for one call
   * before the next does not notice, many at once share transactions instead of paying for one each.
   */
  paceMs?: number;
  /** Resolves after so many milliseconds. */
  sleep?: (ms: number) => Promise<unknown>;
  /** An empty transaction. */
  transaction?: () => Transaction;
}

/** The options with defaults for those that were left out. */
export function withDefaults(options: SubmitterOptions): Required<SubmitterOptions> {
  return {
    maxShared: 32,
    executeMs: DEFAULT_DEADLINE_MS,
    paceMs: 25,
    sleep: (ms) => setTimeout(ms),
    transaction: () => new Transaction(),
    ...options,
  };
}
