import { join } from 'node:path';
import type { Tee } from '../attestation/tee.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import type { SealedStore, SealedStoreOptions } from '../store/sealed-store.ts';
import { openSealedStore } from '../store/sealed-store.ts';
import type { MasterConfig } from './config.ts';

/** The master's three sealed stores, in data_dir/store. */
export interface Stores {
  /** Kubernetes objects; bounded by limits.store_entries and store_bytes. */
  objects: SealedStore;
  /** Workers, requests, cursor, the enclave's key: never filled up by what users store. */
  ledger: SealedStore;
  /** Used nonces; bounded by limits.nonces. */
  nonces: SealedStore;
  size(): { entries: number; bytes: number; revision: number };
  rotateKeys(): Promise<void>;
  close(): Promise<void>;
}

export interface OpenStoresOptions {
  config: MasterConfig;
  clock: Clock;
  tee: Tee;
  /** How each store is opened. */
  storeOptions: (options: SealedStoreOptions) => SealedStoreOptions;
  log: Logger;
}

/** Milliseconds of nonces that a power cut, not a mere crash, may cost. */
const NONCE_SYNC_MS = 100;

/** Opens the stores and recovers what they held. Rejects when one is damaged or sealed for another measurement. */
export async function openStores({
  config,
  clock,
  tee,
  storeOptions,
  log,
}: OpenStoresOptions): Promise<Stores> {
  const { limits, timings, data_dir } = config;
  const open = (name: string, options: Partial<SealedStoreOptions>): Promise<SealedStore> =>
    openSealedStore(
      storeOptions({
        directory: join(data_dir, 'store', name),
        sealing: tee,
        clock,
        keyRotationSeconds: timings.key_rotation_seconds,
        onError: (error) => log.error({ err: error, store: name }, 'store maintenance failed'),
        ...options,
      }),
    );
  const objects = await open('objects', {
    limits: { entries: limits.store_entries, bytes: limits.store_bytes },
  });
  const ledger = await open('ledger', {
    limits: { entries: 1_000_000, bytes: 1 << 30 },
    history: { changes: 16, bytes: 1 << 20 },
  });
  const nonces = await open('nonces', {
    limits: { entries: limits.nonces, bytes: limits.nonces * 512 },
    history: { changes: 16, bytes: 1 << 20 },
    sync: NONCE_SYNC_MS,
  });
  const all = [objects, ledger, nonces];
  return {
    objects,
    ledger,
    nonces,
    size: () => ({
      entries: objects.usage.entries,
      bytes: objects.usage.bytes,
      revision: objects.revision,
    }),
    rotateKeys: async () => {
      await Promise.all(all.map((store) => store.rotateKey()));
    },
    close: async () => {
      await Promise.all(all.map((store) => store.close()));
    },
  };
}
