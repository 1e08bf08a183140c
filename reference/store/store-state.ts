import { History, type HistoryLimits } from './history.ts';
import { OrderedKeys, prefixEnd } from './ordered-keys.ts';
import type { Change, Entry, ListOptions, ListResult } from './types.ts';

/** One write, as it is applied and journalled. */
export type StoreRecord =
  | {
      type: 'put';
      key: string;
      value: Uint8Array;
      revision: number;
      created: number;
      /** Unix milliseconds; Infinity for an entry that stays. */
      expiresAtMs: number;
    }
  | { type: 'delete'; key: string; revision: number };

export type PutRecord = Extract<StoreRecord, { type: 'put' }>;

interface Live {
  entry: Entry;
  expiresAtMs: number;
}

/** Bytes that an entry counts for. */
export function entrySize(key: string, value: Uint8Array): number {
  return key.length + value.length;
}

/** All entries at one revision, and the changes that led there. Synchronous, decides nothing. */
export class StoreState {
  readonly #live = new Map<string, Live>();
  readonly #keys = new OrderedKeys();
  readonly #limits: HistoryLimits;
  #history: History;
  #revision = 0;
  #bytes = 0;

  constructor(limits: HistoryLimits) {
    this.#limits = limits;
    this.#history = new History(limits, 0);
  }

  get revision(): number {
    return this.#revision;
  }

  get size(): number {
    return this.#live.size;
  }

  /** Sum of entrySize over all entries. */
  get bytes(): number {
    return this.#bytes;
  }

  get history(): History {
    return this.#history;
  }

  get(key: string): Entry | undefined {
    return this.#live.get(key)?.entry;
  }

  /** Unix milliseconds; Infinity when it stays or is not there. */
  expiryOf(key: string): number {
    return this.#live.get(key)?.expiresAtMs ?? Infinity;
  }

  /** Every entry as the record that would restore it, in no order. */
  *records(): Generator<PutRecord, void, undefined> {
    for (const { entry, expiresAtMs } of this.#live.values()) yield { type: 'put', ...entry, expiresAtMs };
  }

  /** Puts an entry in place without history; for restoring a snapshot. */
  seed(record: PutRecord): void {
    this.#set(record);
  }

  /** Ends the restoring of a snapshot: history begins at `revision`. */
  seeded(revision: number): void {
    this.#revision = revision;
    this.#history = new History(this.#limits, revision);
  }

  /** Applies the write that makes the next revision. */
  apply(record: StoreRecord): Change {
    if (record.revision !== this.#revision + 1) {
      throw new Error(`write of revision ${record.revision} cannot follow revision ${this.#revision}`);
    }
    const previous = this.get(record.key);
    const change = record.type === 'put' ? this.#put(record, previous) : this.#remove(record, previous);
    this.#revision = record.revision;
    this.#history.push(change);
    return change;
  }

  list(prefix: string, options: ListOptions = {}): ListResult {
    const { limit = Infinity, after, revision = this.#revision } = options;
    if (revision > this.#revision) throw new RangeError(`revision ${revision} is yet to come`);
    const from = after !== undefined && after >= prefix ? `${after}\u0000` : prefix;
    return revision === this.#revision
      ? this.#listNow(prefix, from, limit)
      : this.#listThen(prefix, from, limit, revision);
  }

  #listNow(prefix: string, from: string, limit: number): ListResult {
    const entries: Entry[] = [];
    let next: string | undefined;
    for (const key of this.#keys.from(from)) {
      if (!key.startsWith(prefix)) break;
      if (entries.length >= limit) {
        next = key;
        break;
      }
      const entry = this.get(key);
      if (entry) entries.push(entry);
    }
    const remaining = next === undefined ? 0 : this.#endOf(prefix) - this.#keys.countBelow(next);
    return { entries, revision: this.#revision, more: remaining > 0, remaining };
  }

  /** Goes back from today by undoing the changes under the prefix since `revision`. */
  #listThen(prefix: string, from: string, limit: number, revision: number): ListResult {
    this.#history.require(revision);
    const then = new Map<string, Entry | undefined>();
    for (let at = this.#revision; at > revision; at--) {
      const change = this.#history.at(at);
      if (!change) continue;
      const key = change.type === 'put' ? change.entry.key : change.key;
      if (key >= from && key.startsWith(prefix)) then.set(key, change.previous);
    }
    for (const key of this.#keys.from(from)) {
      if (!key.startsWith(prefix)) break;
      if (!then.has(key)) then.set(key, this.get(key));
    }
    const all = [...then.values()].filter((entry) => entry !== undefined);
    all.sort((a, b) => (a.key < b.key ? -1 : 1));
    const entries = all.slice(0, Math.min(limit, all.length));
    const remaining = all.length - entries.length;
    return { entries, revision, more: remaining > 0, remaining };
  }

  #endOf(prefix: string): number {
    const end = prefixEnd(prefix);
    return end === undefined ? this.#keys.size : this.#keys.countBelow(end);
  }

  #put(record: PutRecord, previous: Entry | undefined): Change {
    return { type: 'put', entry: this.#set(record), previous };
  }

  #set(record: PutRecord): Entry {
    const { key, value, revision, created, expiresAtMs } = record;
    const entry: Entry = { key, value, revision, created };
    const previous = this.get(key);
    if (previous) this.#bytes -= entrySize(key, previous.value);
    else this.#keys.add(key);
    this.#bytes += entrySize(key, value);
    this.#live.set(key, { entry, expiresAtMs });
    return entry;
  }

  #remove(record: { key: string; revision: number }, previous: Entry | undefined): Change {
    const { key, revision } = record;
    if (!previous) throw new Error(`${key} cannot be deleted, it is not there`);
    this.#bytes -= entrySize(key, previous.value);
    this.#live.delete(key);
    this.#keys.delete(key);
    return { type: 'delete', key, revision, previous };
  }
}
