import { revisionOf } from './history.ts';
import type { StoreState } from './store-state.ts';
import type { Change } from './types.ts';

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Hands changes to watches. A watch is a position in the shared history and not a queue of its own,
 * so a slow one costs no memory and holds nobody up: it falls behind until its position is compacted.
 */
export class WatchHub {
  readonly #state: StoreState;
  /** Watches that have seen everything and wait for more. */
  readonly #waiting = new Set<Watch>();
  readonly #open = new Set<Watch>();

  constructor(state: StoreState) {
    this.#state = state;
  }

  /** Open watches. */
  get size(): number {
    return this.#open.size;
  }

  watch(prefix: string, after: number, signal: AbortSignal): AsyncIterable<Change> {
    const watch = new Watch(this.#state, prefix, after, this.#waiting);
    const end = (): void => {
      signal.removeEventListener('abort', end);
      this.#open.delete(watch);
      watch.end();
    };
    watch.onReturn = end;
    this.#open.add(watch);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
    return { [Symbol.asyncIterator]: () => watch };
  }

  /** Tells the waiting watches about the newest change. */
  publish(change: Change): void {
    const key = change.type === 'put' ? change.entry.key : change.key;
    for (const watch of this.#waiting) watch.offer(key, change);
  }

  /** Ends every watch. */
  close(): void {
    for (const watch of this.#open) watch.onReturn();
  }
}

class Watch implements AsyncIterator<Change, undefined> {
  readonly #state: StoreState;
  readonly #prefix: string;
  readonly #waiting: Set<Watch>;
  #position: number;
  #resolve: ((result: IteratorResult<Change, undefined>) => void) | undefined;
  #ended = false;
  onReturn: () => void = () => undefined;

  constructor(state: StoreState, prefix: string, after: number, waiting: Set<Watch>) {
    this.#state = state;
    this.#prefix = prefix;
    this.#position = after;
    this.#waiting = waiting;
  }

  next(): Promise<IteratorResult<Change, undefined>> {
    if (this.#resolve) return Promise.reject(new Error('a watch is read by one reader at a time'));
    if (this.#ended) return Promise.resolve(DONE);
    try {
      const change = this.#advance();
      if (change) return Promise.resolve({ done: false, value: change });
    } catch (error) {
      this.onReturn();
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#waiting.add(this);
    });
  }

  return(): Promise<IteratorResult<Change, undefined>> {
    this.onReturn();
    return Promise.resolve(DONE);
  }

  /** Called for the newest change while the watch waits. */
  offer(key: string, change: Change): void {
    const revision = revisionOf(change);
    // A watch may be set up for a revision that is yet to come.
    if (revision <= this.#position) return;
    this.#position = revision;
    if (key.startsWith(this.#prefix)) this.#settle({ done: false, value: change });
  }

  end(): void {
    this.#ended = true;
    this.#settle(DONE);
  }

  #settle(result: IteratorResult<Change, undefined>): void {
    this.#waiting.delete(this);
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(result);
  }

  /** The next change that concerns this watch, if it has happened. */
  #advance(): Change | undefined {
    while (this.#position < this.#state.revision) {
      const change = this.#state.history.at(this.#position + 1);
      this.#position += 1;
      if (!change) continue;
      const key = change.type === 'put' ? change.entry.key : change.key;
      if (key.startsWith(this.#prefix)) return change;
    }
    return undefined;
  }
}
