import type { Logger } from '../protocol/logger.ts';

/** Work that goes on until the signal aborts; when it ends before, that is fatal. */
export class Background {
  readonly #signal: AbortSignal;
  readonly #log: Logger;
  readonly #tasks: Promise<void>[] = [];

  constructor(signal: AbortSignal, log: Logger) {
    this.#signal = signal;
    this.#log = log;
  }

  run(name: string, task: (signal: AbortSignal) => Promise<void>): void {
    const ended = task(this.#signal).catch((error: unknown) => {
      if (!this.#signal.aborted) this.#log.fatal({ err: error }, `${name} ended`);
    });
    this.#tasks.push(ended);
  }

  /** Resolves when all of it has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#tasks);
  }
}
