import type { Operation } from './operation.ts';

/** Keeps every operation from its call on, with the times of one clock that never goes back. */
export class Recorder {
  readonly operations: Operation[] = [];
  readonly #startedMs: number;
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#startedMs = now();
  }

  /** Milliseconds since the run began. */
  nowMs(): number {
    return this.#now() - this.#startedMs;
  }

  /** Notes a call; until `end` its outcome is unknown. */
  begin(call: Pick<Operation, 'client' | 'kind' | 'object' | 'value' | 'expected'>): Operation {
    const operation: Operation = {
      id: this.operations.length,
      ...call,
      invokedMs: this.nowMs(),
      outcome: 'info',
    };
    this.operations.push(operation);
    return operation;
  }

  end(operation: Operation, rest: Partial<Operation>): void {
    Object.assign(operation, rest, { returnedMs: this.nowMs() });
  }

  /** Whether a read and a write that began after `sinceMs` were done, and when the later of the two was. */
  servedSince(sinceMs: number): number | undefined {
    let [read, write]: (number | undefined)[] = [undefined, undefined];
    for (const one of this.operations.toReversed()) {
      if (one.invokedMs < sinceMs - 60_000) break;
      if (one.invokedMs < sinceMs || one.returnedMs === undefined) continue;
      const served = one.status !== undefined && one.status < 500 && one.status !== 429;
      if (!served) continue;
      if (one.kind === 'read') read = Math.min(read ?? Infinity, one.returnedMs);
      else write = Math.min(write ?? Infinity, one.returnedMs);
    }
    return read === undefined || write === undefined ? undefined : Math.max(read, write);
  }
}
