import { CompactedError, type Change } from './types.ts';

/** Bounds of the history that watches and reads of earlier revisions live on. */
export interface HistoryLimits {
  changes: number;
  /** Keys and values of all changes kept, in bytes. */
  bytes: number;
}

/** Revision of a change. */
export function revisionOf(change: Change): number {
  return change.type === 'put' ? change.entry.revision : change.revision;
}

/** The latest changes, one per revision and without a gap. */
export class History {
  readonly #limits: HistoryLimits;
  #changes: Change[] = [];
  #start = 0;
  #bytes = 0;
  #compacted: number;

  /** `compacted` is the revision of the state that the first change will be made to. */
  constructor(limits: HistoryLimits, compacted: number) {
    this.#limits = limits;
    this.#compacted = compacted;
  }

  /** The oldest revision that can still be read, or watched from. */
  get compacted(): number {
    return this.#compacted;
  }

  /** Appends the change that made the next revision. */
  push(change: Change): void {
    this.#changes.push(change);
    this.#bytes += weight(change);
    while (
      this.#length() > this.#limits.changes ||
      (this.#bytes > this.#limits.bytes && this.#length() > 0)
    ) {
      this.#dropFirst();
    }
  }

  /** The change that made `revision`. Throws CompactedError when it is gone; undefined when it is yet to come. */
  at(revision: number): Change | undefined {
    if (revision <= this.#compacted) throw new CompactedError(revision - 1, this.#compacted);
    return this.#changes[this.#start + revision - this.#compacted - 1];
  }

  /** Throws CompactedError unless `revision` can still be read. */
  require(revision: number): void {
    if (revision < this.#compacted) throw new CompactedError(revision, this.#compacted);
  }

  #length(): number {
    return this.#changes.length - this.#start;
  }

  #dropFirst(): void {
    const first = this.#changes[this.#start];
    if (first) this.#bytes -= weight(first);
    this.#start += 1;
    this.#compacted += 1;
    // Cutting the array for each change would make every write linear.
    if (this.#start > 1024 && this.#start * 2 > this.#changes.length) {
      this.#changes = this.#changes.slice(this.#start);
      this.#start = 0;
    }
  }
}

function weight(change: Change): number {
  if (change.type === 'delete') return change.key.length + change.previous.value.length;
  return change.entry.key.length + change.entry.value.length + (change.previous?.value.length ?? 0);
}
