import type { Digest } from './bytes.ts';

/**
 * One thing that changed a chain. Executing the same ones in the same order gives the same chain, digest for digest:
 * what the wall clock said is part of them.
 */
export type ChainEvent = {
  /** Chain time in ms. */
  readonly atMs: bigint;
  /** Digest of the latest checkpoint afterwards. */
  readonly checkpoint: Digest;
} & (
  | {
      readonly kind: 'transaction';
      readonly bytes: Uint8Array;
      readonly signatures: readonly Uint8Array[];
      /** Version of the Clock object that the transaction saw; readers of the clock count it up, too. */
      readonly clockVersion: bigint;
    }
  | { readonly kind: 'epoch' }
  | { readonly kind: 'clock'; /** Chain time ahead of the wall clock, in ms. */ readonly offsetMs: number }
  | { readonly kind: 'snapshot' | 'restore'; readonly name: string }
);

/** A `ChainEvent` without what the chain itself adds. */
export type ChainEventKind = DistributiveOmit<ChainEvent, 'atMs' | 'checkpoint'>;
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A chain that was made again from its journal and came out different. */
export class ReplayMismatch extends Error {
  constructor(event: ChainEvent, got: Digest | undefined) {
    super(`${event.kind}: the checkpoint is ${got}, and was ${event.checkpoint}`);
    this.name = 'ReplayMismatch';
  }
}
