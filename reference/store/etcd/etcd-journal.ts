import { createHmac } from 'node:crypto';
import type { Journal } from '../memory-store.ts';
import { encodeRecords } from '../record-codec.ts';
import type { SealCipher } from '../seal-cipher.ts';
import type { StoreRecord } from '../store-state.ts';
import type { EtcdClient, Write } from './etcd-client.ts';
import type { Leadership } from './leadership.ts';

/** etcd's own bound on the operations of a transaction is 128, on its bytes 1.5 MiB. */
const MOST_WRITES = 100;
const MOST_BYTES = 1_000_000;
const AGAIN_MS = 100;

/** Names of a store's keys in etcd. They tell nothing of what is stored there. */
export class EtcdNames {
  readonly prefix: string;
  readonly #secret: Uint8Array;

  /** `prefix` ends in a slash; `secret`: 32 bytes that stay in the enclave. */
  constructor(prefix: string, secret: Uint8Array) {
    this.prefix = prefix;
    this.#secret = secret;
  }

  get entries(): string {
    return `${this.prefix}entries/`;
  }

  get revision(): string {
    return `${this.prefix}revision`;
  }

  get keyring(): string {
    return `${this.prefix}keyring`;
  }

  entry(key: string): string {
    return this.entries + createHmac('sha256', this.#secret).update(key).digest('base64url');
  }
}

interface Waiting {
  record: StoreRecord;
  resolve: () => void;
  reject: (error: unknown) => void;
}

export interface EtcdJournalOptions {
  client: EtcdClient;
  leadership: Leadership;
  names: EtcdNames;
  cipher: SealCipher;
}

/** Writes records to etcd, sealed, in their order: what waits together goes in one transaction under the leader's guard. */
export class EtcdJournal implements Journal {
  readonly #options: EtcdJournalOptions;
  #waiting: Waiting[] = [];
  #work: Promise<void> | undefined;
  #failed: unknown;

  constructor(options: EtcdJournalOptions) {
    this.#options = options;
  }

  /** Resolves when etcd has the record. Rejects, and so does every later call, once this is no longer the leader. */
  append(record: StoreRecord): Promise<void> {
    if (this.#failed !== undefined) return Promise.reject(this.#failed);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
      this.#work ??= this.#drain();
    });
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#work) await this.#work;
  }

  async #drain(): Promise<void> {
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      try {
        await this.#store(batch.map(({ record }) => record));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#failed ??= error;
        const all = [...batch, ...this.#waiting];
        this.#waiting = [];
        for (const { reject } of all) reject(this.#failed);
      }
    }
    this.#work = undefined;
  }

  /** As many as one transaction takes; a key comes once in it, as etcd asks. */
  #nextBatch(): Waiting[] {
    const keys = new Set<string>();
    let [bytes, count] = [0, 0];
    for (const { record } of this.#waiting) {
      const size = record.type === 'put' ? record.value.length : 0;
      if (keys.has(record.key) || (count > 0 && (count >= MOST_WRITES || bytes + size > MOST_BYTES))) break;
      keys.add(record.key);
      bytes += size;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  /** Tries for as long as the lease holds: the same writes again change nothing. */
  async #store(records: readonly StoreRecord[]): Promise<void> {
    const { client, leadership, names, cipher } = this.#options;
    const writes: Write[] = records.map((record) => {
      const name = names.entry(record.key);
      return record.type === 'delete'
        ? { remove: name }
        : { put: name, value: cipher.seal(name, encodeRecords([record], cipher)) };
    });
    const revision = Buffer.from(String(records.at(-1)!.revision));
    writes.push({ put: names.revision, value: cipher.seal(names.revision, revision) });
    for (;;) {
      if (!leadership.isValid) throw leadership.signal.reason;
      try {
        if (await client.commit([leadership.guard], writes)) return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        continue;
      }
      throw new Error('another master leads: nothing was written');
    }
  }
}
