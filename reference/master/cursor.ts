import type { KeyValueStore } from '../store/types.ts';

const KEY = '/daas/cursor';

/** The newest checkpoint whose events have all been taken in; durable. */
export class Cursor {
  readonly #store: KeyValueStore;

  constructor(store: KeyValueStore) {
    this.#store = store;
  }

  /** Undefined before the first write. */
  async read(): Promise<bigint | undefined> {
    const entry = await this.#store.get(KEY);
    return entry && BigInt(Buffer.from(entry.value).toString('ascii'));
  }

  async write(checkpoint: bigint): Promise<void> {
    await this.#store.put(KEY, Buffer.from(String(checkpoint), 'ascii'));
  }
}
