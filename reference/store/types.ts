/**
 * The small etcd-like contract between the Kubernetes API and whatever keeps its data.
 *
 * Keys are slash-separated paths (`/registry/pods/default/web`). Every successful write moves the
 * store's revision, a positive integer, up by one; a value remembers the revision of its last write.
 */
export interface KeyValueStore {
  /** Revision of the newest write. */
  readonly revision: number;
  get(key: string): Promise<Entry | undefined>;
  /** Entries under `prefix` in key order, and the revision at which they were read. */
  list(prefix: string, options?: ListOptions): Promise<ListResult>;
  /**
   * Writes only when `expected` is the value's present revision (0: absent; undefined: any).
   * Resolves after the write is durable. Rejects with ConflictError or StoreFullError.
   */
  put(key: string, value: Uint8Array, options?: PutOptions): Promise<Entry>;
  /** Rejects with ConflictError when `expected` does not fit. Resolves to the removed entry, if there was one. */
  delete(key: string, options?: { expected?: number }): Promise<Entry | undefined>;
  /**
   * Changes under `prefix` with a revision above `after`, in order, until `signal` aborts.
   * Throws CompactedError when history that far back is gone.
   */
  watch(prefix: string, after: number, signal: AbortSignal): AsyncIterable<Change>;
  close(): Promise<void>;
}

export interface Entry {
  key: string;
  value: Uint8Array;
  /** Revision of the last write. */
  revision: number;
  /** Revision of the write that created it. */
  created: number;
}

export interface ListOptions {
  /** At most this many entries. */
  limit?: number;
  /** Only keys strictly after this one. */
  after?: string;
  /** Read as of this earlier revision. Rejects with CompactedError when it is gone. */
  revision?: number;
}

export interface ListResult {
  entries: Entry[];
  revision: number;
  /** True when more entries follow the last one. */
  more: boolean;
  /** Entries that follow the last one. */
  remaining: number;
}

export interface PutOptions {
  /** 0: must not exist; n: must be at this revision; undefined: whatever is there. */
  expected?: number;
  /** Seconds until the store itself deletes the entry. */
  ttlSeconds?: number;
}

export type Change =
  | { type: 'put'; entry: Entry; previous: Entry | undefined }
  | { type: 'delete'; key: string; revision: number; previous: Entry };

/** The entry was not at the expected revision. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  readonly key: string;
  /** Present revision, 0 when absent. */
  readonly actual: number;
  constructor(key: string, expected: number, actual: number) {
    super(`${key} is at revision ${actual}, not ${expected}`);
    this.key = key;
    this.actual = actual;
  }
}

/** The bound on entries or bytes is reached; nothing was written. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError';
}

/** The revision asked for lies before the history that is kept. */
export class CompactedError extends Error {
  override readonly name = 'CompactedError';
  readonly oldest: number;
  constructor(asked: number, oldest: number) {
    super(`revision ${asked} is compacted, the oldest one kept is ${oldest}`);
    this.oldest = oldest;
  }
}
