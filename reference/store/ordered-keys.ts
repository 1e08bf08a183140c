const CHUNK = 512;

/**
 * A set of strings in code-unit order: sorted chunks of at most 512, so that adding and removing
 * moves a few hundred pointers however many keys there are.
 */
export class OrderedKeys {
  readonly #chunks: string[][] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds a key; nothing happens when it is there. */
  add(key: string): void {
    const at = this.#chunkFor(key);
    const chunk = this.#chunks[at];
    if (chunk === undefined) {
      this.#chunks.push([key]);
      this.#size += 1;
      return;
    }
    const index = lowerBound(chunk, key);
    if (chunk[index] === key) return;
    chunk.splice(index, 0, key);
    this.#size += 1;
    if (chunk.length > CHUNK) this.#chunks.splice(at + 1, 0, chunk.splice(CHUNK >> 1));
  }

  /** Removes a key; nothing happens when it is not there. */
  delete(key: string): void {
    const at = this.#chunkFor(key);
    const chunk = this.#chunks[at];
    if (chunk === undefined) return;
    const index = lowerBound(chunk, key);
    if (chunk[index] !== key) return;
    chunk.splice(index, 1);
    this.#size -= 1;
    if (chunk.length === 0) this.#chunks.splice(at, 1);
  }

  /** Keys that are at least `from`, in order. The set must not change meanwhile. */
  *from(from: string): Generator<string, void, undefined> {
    let at = this.#chunkFor(from);
    let index = lowerBound(this.#chunks[at] ?? [], from);
    for (; at < this.#chunks.length; at++, index = 0) {
      const chunk = this.#chunks[at] ?? [];
      for (; index < chunk.length; index++) {
        const key = chunk[index];
        if (key !== undefined) yield key;
      }
    }
  }

  /** How many keys are below `bound`. */
  countBelow(bound: string): number {
    const at = this.#chunkFor(bound);
    let count = lowerBound(this.#chunks[at] ?? [], bound);
    for (let i = 0; i < at; i++) count += this.#chunks[i]?.length ?? 0;
    return count;
  }

  /** Index of the last chunk whose first key is not above `key`; 0 when there is none. */
  #chunkFor(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#chunks[middle]?.[0] ?? '') <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** Smallest string that is above every string that starts with `prefix`; undefined when there is none. */
export function prefixEnd(prefix: string): string | undefined {
  for (let length = prefix.length; length > 0; length--) {
    const unit = prefix.charCodeAt(length - 1);
    if (unit < 0xffff) return prefix.slice(0, length - 1) + String.fromCharCode(unit + 1);
  }
  return undefined;
}

function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? '') < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
