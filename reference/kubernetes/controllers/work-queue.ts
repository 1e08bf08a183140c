import type { TimedClock } from '../clock.ts';

export interface ControllerLog {
  error(fields: Record<string, unknown>, message: string): void;
}

const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 10_000;

/** Keys to look at, each of them once at a time; a failed one comes again later and later. */
export class WorkQueue {
  readonly #pending = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #name: string;
  readonly #clock: TimedClock;
  readonly #log: ControllerLog | undefined;
  #wake: () => void = () => undefined;

  constructor(name: string, clock: TimedClock, log: ControllerLog | undefined) {
    this.#name = name;
    this.#clock = clock;
    this.#log = log;
  }

  add(key: string): void {
    this.#pending.add(key);
    this.#wake();
  }

  /** Adds the key again after a while. */
  async addAfter(key: string, ms: number, signal: AbortSignal): Promise<void> {
    await this.#clock.sleep(ms, signal);
    if (!signal.aborted) this.add(key);
  }

  /** Handles keys one after another until `signal` aborts. */
  async run(handle: (key: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.#wake(), { once: true });
    while (!signal.aborted) {
      const [key] = this.#pending;
      if (key === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      this.#pending.delete(key);
      try {
        await handle(key);
        this.#failures.delete(key);
      } catch (error) {
        if (signal.aborted) return;
        const failures = (this.#failures.get(key) ?? 0) + 1;
        this.#failures.set(key, failures);
        this.#log?.error(
          { err: error, controller: this.#name, key, failures },
          'reconciliation failed, trying again',
        );
        void this.addAfter(key, Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS), signal);
      }
    }
  }
}
