const HEADER = 4;
const LONGEST_INPUT = 32_768;

/** What a fuzzing thread shows while it may be stuck: the number of the case it is at, and that case's bytes. */
export class SharedState {
  readonly buffer: SharedArrayBuffer;
  readonly #numbers: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(buffer = new SharedArrayBuffer(HEADER * 4 + LONGEST_INPUT)) {
    this.buffer = buffer;
    this.#numbers = new Int32Array(buffer, 0, HEADER);
    this.#bytes = new Uint8Array(buffer, HEADER * 4);
  }

  /** Called by the thread before each case. */
  begin(input: Uint8Array): void {
    const kept = input.subarray(0, LONGEST_INPUT);
    this.#bytes.set(kept);
    Atomics.store(this.#numbers, 1, kept.length);
    Atomics.add(this.#numbers, 0, 1);
    Atomics.store(this.#numbers, 2, 1);
  }

  /** Called by the thread after each case. */
  end(): void {
    Atomics.store(this.#numbers, 2, 0);
  }

  /** The case under way: how many were begun, and its bytes; undefined between cases. */
  current(): { number: number; input: Uint8Array } | undefined {
    if (Atomics.load(this.#numbers, 2) === 0) return undefined;
    const number = Atomics.load(this.#numbers, 0);
    return { number, input: Uint8Array.from(this.#bytes.subarray(0, Atomics.load(this.#numbers, 1))) };
  }
}
