import { CheckFailure } from '../runner/outcome.ts';

/** Wakes whoever waits for something to happen, without polling. */
export class Arrivals {
  readonly #waiting = new Set<() => void>();

  /** Something happened. */
  tell(): void {
    for (const look of this.#waiting) look();
  }

  /** The first value that `probe` gives after something happened; fails when none comes in time. */
  wait<T>(what: string, probe: () => T | undefined, withinMs: number): Promise<T> {
    const present = probe();
    if (present !== undefined) return Promise.resolve(present);
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const value = probe();
        if (value === undefined) return;
        done();
        resolve(value);
      };
      const timer = setTimeout(() => {
        done();
        reject(new CheckFailure(`${what} did not happen within ${withinMs} ms`));
      }, withinMs);
      const done = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      this.#waiting.add(look);
    });
  }
}
