import type { GasMeterApi } from './api.ts';
import { VmError } from './errors.ts';

/**
 * Counts work: one unit an instruction, more for copying, comparing, hashing and calls. It bounds every execution;
 * it is not the schedule of a real node.
 */
export class GasMeter implements GasMeterApi {
  readonly budget: number;
  #used = 0;

  /** `budget` in units. */
  constructor(budget: number) {
    this.budget = budget;
  }
  get used(): number {
    return this.#used;
  }
  charge(units: number): void {
    this.#used += units;
    if (this.#used > this.budget) {
      this.#used = this.budget;
      throw new VmError('out_of_gas', `gas budget of ${this.budget} units used up`);
    }
  }
}

/** Units beyond the one every instruction costs. */
export const COST = {
  call: 4,
  native: 10,
  /** Copying, comparing, hashing or serialising this many elements or bytes costs one unit; so memory is bounded, too. */
  elementsPerUnit: 4,
  /** Fixed part of hashes and of serialisation. */
  hash: 50,
  signature: 3000,
  storage: 100,
} as const;
