import { join } from 'node:path';
import type { Tee } from '../attestation/tee.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import type { SealedStoreOptions } from '../store/sealed-store.ts';
import { openSealedStore } from '../store/sealed-store.ts';
import type { EtcdClient } from '../store/etcd/etcd-client.ts';
import { openEtcdStore } from '../store/etcd/etcd-store.ts';
import type { Leadership } from '../store/etcd/leadership.ts';
import type { KeyValueStore } from '../store/types.ts';
import type { MasterConfig } from './config.ts';

/** A sealed store, on this machine's disk or in etcd. */
export interface SealedKeyValueStore extends KeyValueStore {
  readonly usage: { entries: number; bytes: number };
  /** Seals everything under a fresh key. */
  rotateKey(): Promise<void>;
}

/** The etcd that several masters share, and the right to write to it. */
export interface SharedEtcd {
  client: EtcdClient;
  prefix: string;
  leadership: Leadership;
}

/** The master's three sealed stores, in data_dir/store or in etcd. */
export interface Stores {
  /** Kubernetes objects; bounded by limits.store_entries and store_bytes. */
  objects: SealedKeyValueStore;
  /** Workers, requests, cursor, the enclave's key: never filled up by what users store. */
  ledger: SealedKeyValueStore;
  /** Used nonces; bounded by limits.nonces. */
  nonces: SealedKeyValueStore;
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
  /** Where masters share one store. */
  etcd?: SharedEtcd | undefined;
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
  etcd,
  log,
}: OpenStoresOptions): Promise<Stores> {
  const { limits, timings, data_dir } = config;
  const open = async (name: string, options: Partial<SealedStoreOptions>): Promise<SealedKeyValueStore> => {
    const all = storeOptions({
      directory: join(data_dir, 'store', name),
      sealing: tee,
      clock,
      keyRotationSeconds: timings.key_rotation_seconds,
      onError: (error) => log.error({ err: error, store: name }, 'store maintenance failed'),
      ...options,
    });
    if (etcd === undefined) return openSealedStore(all);
    const { client, leadership, prefix } = etcd;
    return openEtcdStore({ ...all, client, leadership, prefix: `${prefix}${name}/` });
  };
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
