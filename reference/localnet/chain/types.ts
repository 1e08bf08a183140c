import type { Address, PackageSnapshot, PackageStore } from '../vm/index.ts';
import type { SessionFactory } from './executor.ts';
import type { GenesisPackage } from './genesis.ts';
import type { ChainEvent } from './journal.ts';
import type { LedgerSnapshot } from './ledger.ts';
import type { ChainObject } from './object.ts';
import type { StoreSnapshot } from './object-store.ts';
import type { Expiration, GasData, ProgrammableTransaction } from './transaction.ts';

export interface ChainOptions {
  readonly packages: PackageStore;
  readonly session: SessionFactory;
  readonly genesis: readonly GenesisPackage[];
  /** Wall clock in milliseconds. */
  readonly clock: () => number;
  /** When the chain began, by that clock. */
  readonly startMs?: number;
  /** Makes the chain id; chains of different seeds refuse each other's transactions by their objects. */
  readonly seed: Uint8Array;
  /** Who holds all SUI at the start. */
  readonly treasury: Address;
  readonly checkpointsKept?: number;
  /** Hears of every change, before its caller does. */
  readonly record?: (event: ChainEvent) => void;
}

/** A transaction to try out. Its gas data may name no coins: then an invented coin pays. */
export interface SimulationRequest {
  readonly sender: Address;
  readonly gasData: GasData;
  readonly expiration: Expiration;
  readonly program: ProgrammableTransaction;
  /** BCS of the transaction as it would be submitted. */
  readonly bytes: Uint8Array;
  /** False: any function, any object, no gas rules. */
  readonly checks: boolean;
}

/** A chain at some time. What it holds is immutable, so it costs its tables alone. */
export interface ChainSnapshot {
  readonly objects: StoreSnapshot;
  readonly ledger: LedgerSnapshot;
  readonly packages: PackageSnapshot;
  readonly packageVersions: ReadonlyMap<Address, readonly ChainObject[]>;
  readonly offsetMs: number;
  readonly lastMs: bigint;
}
