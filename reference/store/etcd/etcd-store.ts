import { randomBytes as systemRandomBytes } from 'node:crypto';
import { systemClock } from '../../protocol/clock.ts';
import { Keyring } from '../keyring.ts';
import { MemoryStore } from '../memory-store.ts';
import { decodeRecords, encodeRecords } from '../record-codec.ts';
import { GcmCipher, UnsealError, type SealCipher } from '../seal-cipher.ts';
import type { SealingStoreOptions } from '../sealing-store-options.ts';
import { StoreState } from '../store-state.ts';
import { StoreFullError, type Entry, type PutOptions } from '../types.ts';
import type { EtcdClient } from './etcd-client.ts';
import { EtcdJournal, EtcdNames } from './etcd-journal.ts';
import type { Leadership } from './leadership.ts';

export interface EtcdStoreOptions extends SealingStoreOptions {
  client: EtcdClient;
  leadership: Leadership;
  /** Where it is in etcd; ends in a slash. */
  prefix: string;
}

/** etcd takes requests of 1.5 MiB; what is around a value needs a little of it. */
const MOST_VALUE_BYTES = 1_400_000;

/**
 * A KeyValueStore that the masters of a cluster share: the leader reads from memory and writes through to etcd, where
 * everything is sealed, names included. Whoever leads next finds all that was acknowledged. Its watches begin anew with
 * each leader: older revisions are compacted.
 */
export class EtcdStore extends MemoryStore {
  readonly #options: EtcdStoreOptions;
  readonly #journal: EtcdJournal;
  readonly #keyring: Keyring;
  readonly #cipher: SealCipher;
  readonly #names: EtcdNames;
  readonly #timer: NodeJS.Timeout | undefined;
  #rotating: Promise<void> = Promise.resolve();

  /** @internal */
  constructor(parts: {
    options: EtcdStoreOptions;
    journal: EtcdJournal;
    keyring: Keyring;
    cipher: SealCipher;
    names: EtcdNames;
    state: StoreState;
  }) {
    const { options, journal, state } = parts;
    const { clock = systemClock, limits = {}, policy, maintenanceIntervalMs: interval = 1000 } = options;
    super({
      clock,
      limits,
      journal: options.journal?.(journal) ?? journal,
      state,
      sweepIntervalMs: interval,
      ...(policy && { policy }),
    });
    this.#options = options;
    this.#journal = journal;
    this.#keyring = parts.keyring;
    this.#cipher = parts.cipher;
    this.#names = parts.names;
    const report = options.onError ?? (() => undefined);
    if (interval > 0) this.#timer = setInterval(() => void this.maintain().catch(report), interval).unref();
  }

  /** Rejects with StoreFullError for a value that etcd would not take. */
  override async put(key: string, value: Uint8Array, options: PutOptions = {}): Promise<Entry> {
    if (value.length > MOST_VALUE_BYTES) {
      throw new StoreFullError(`${key} has ${value.length} bytes, etcd takes ${MOST_VALUE_BYTES}`);
    }
    return super.put(key, value, options);
  }

  /** Rotates the key when it is old. */
  async maintain(): Promise<void> {
    const { keyRotationSeconds, clock = systemClock } = this.#options;
    if (this.#keyring.isDue(clock.nowMs(), keyRotationSeconds)) await this.rotateKey();
  }

  /** Seals new data under a fresh key at once and everything else soon after; then the old keys are forgotten. */
  rotateKey(): Promise<void> {
    this.#rotating = this.#rotating.catch(() => undefined).then(() => this.#rotate());
    return this.#rotating;
  }

  override async close(): Promise<void> {
    clearInterval(this.#timer);
    await super.close();
    await this.#journal.idle();
    await this.#rotating.catch(() => undefined);
  }

  async #rotate(): Promise<void> {
    const { id } = await this.#keyring.rotate();
    const { client, leadership, prefix } = this.#options;
    // What is on its way was sealed under the old key.
    await this.#journal.idle();
    for (const entry of await client.list(prefix)) {
      if (entry.key === this.#names.keyring) continue;
      const plain = this.#cipher.open(entry.key, entry.value);
      const records = entry.key === this.#names.revision ? plain : reseal(plain, this.#cipher);
      const value = this.#cipher.seal(entry.key, records);
      // Changed meanwhile: then it is sealed under the new key already.
      const { key, modRevision } = entry;
      await client.commit([leadership.guard, { key, modRevision }], [{ put: key, value }]);
    }
    await this.#keyring.dropBefore(id);
  }
}

function reseal(plain: Uint8Array, cipher: SealCipher): Uint8Array {
  return encodeRecords(decodeRecords(plain, cipher), cipher);
}

/** Opens the store for the leader. Rejects with UnsealError when it was sealed by another measurement. */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<EtcdStore> {
  const {
    client,
    leadership,
    prefix,
    sealing,
    clock = systemClock,
    randomBytes = systemRandomBytes,
  } = options;
  const names = new EtcdNames(prefix, await sealing.sealingKey('store names'));
  const keyring = await Keyring.open({
    place: {
      name: `etcd ${names.keyring}`,
      read: async () => (await client.get(names.keyring))?.value,
      write: async (bytes) => {
        if (await client.commit([leadership.guard], [{ put: names.keyring, value: bytes }])) return;
        throw new Error('another master leads: the keyring was not written');
      },
    },
    sealing,
    clock,
    randomBytes,
  });
  const cipher = options.cipher?.(keyring, randomBytes) ?? new GcmCipher(keyring, randomBytes);
  const state = new StoreState({ changes: 50_000, bytes: 64 << 20, ...options.history });
  let revision = 0;
  for (const entry of await client.list(prefix)) {
    if (entry.key === names.keyring) continue;
    const plain = cipher.open(entry.key, entry.value);
    if (entry.key === names.revision) {
      revision = Number(Buffer.from(plain).toString());
      continue;
    }
    for (const record of decodeRecords(plain, cipher)) {
      if (record.type !== 'put' || names.entry(record.key) !== entry.key) {
        throw new UnsealError(`${entry.key} in etcd holds what belongs elsewhere`);
      }
      state.seed(record);
    }
  }
  state.seeded(revision);
  const journal = new EtcdJournal({ client, leadership, names, cipher });
  return new EtcdStore({ options, journal, keyring, cipher, names, state });
}
