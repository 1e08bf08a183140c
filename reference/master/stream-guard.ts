/** Made once, since its stack tells nobody anything. */
const ENDED = new Error('the stream was ended');

/** Ends the open streams of a principal whose right to them has ended. */
export class StreamGuard {
  readonly #streams = new Map<string, Set<AbortController>>();

  /** A signal that aborts with `signal` or when the principal `key` is cut off. */
  open(key: string, signal: AbortSignal): AbortSignal {
    const controller = new AbortController();
    const streams = this.#streams.get(key) ?? new Set();
    this.#streams.set(key, streams.add(controller));
    const close = (): void => {
      controller.abort(ENDED);
      streams.delete(controller);
      if (streams.size === 0 && this.#streams.get(key) === streams) this.#streams.delete(key);
    };
    if (signal.aborted) close();
    else signal.addEventListener('abort', close, { once: true });
    return controller.signal;
  }

  /** Aborts every stream of the principal. */
  cut(key: string): void {
    for (const controller of this.#streams.get(key) ?? []) controller.abort(ENDED);
    this.#streams.delete(key);
  }

  /** Aborts everything, for a shutdown. */
  cutAll(): void {
    for (const key of this.#streams.keys()) this.cut(key);
  }

  /** Open streams. */
  get size(): number {
    return [...this.#streams.values()].reduce((sum, streams) => sum + streams.size, 0);
  }
}
