interface GasUsedLike {
  readonly computationCost: string;
  readonly storageCost: string;
  readonly storageRebate: string;
}

/** Gas a node keeps in hand for fixed costs, in units of the gas price. */
const OVERHEAD_UNITS = 1_000n;

interface Budget {
  mist: bigint;
  /** Learnt from a transaction with this call alone. Calls that travel together share some of their cost. */
  alone: boolean;
}

/**
 * Budgets learnt from the chain itself: the first call of a kind is simulated, later ones use what
 * the last executions needed plus a half, at twice the price of gas: a budget is not spent, and the
 * price may rise with an epoch. A kind is a function whose calls cost about the same.
 */
export class GasBook {
  readonly #budgets = new Map<string, Budget>();
  /** Reference gas price of the epoch, undefined until a simulation told it. */
  price: bigint | undefined;

  /** Budget for calls of these kinds in one transaction; undefined when one has never been simulated. */
  budgetFor(kinds: readonly string[]): bigint | undefined {
    let sum = 0n;
    for (const kind of kinds) {
      const budget = this.#budgets.get(kind);
      // A share of a common transaction would be too little for a call alone.
      if (budget === undefined || (kinds.length === 1 && !budget.alone)) return undefined;
      sum += budget.mist;
    }
    return sum;
  }

  learn(kinds: readonly string[], used: GasUsedLike): void {
    if (kinds.length === 0) return;
    const computation = 2n * (BigInt(used.computationCost) + OVERHEAD_UNITS * (this.price ?? 1n));
    const net = computation + BigInt(used.storageCost) - BigInt(used.storageRebate);
    const need = net > computation ? net : computation;
    const each = (need * 3n) / (2n * BigInt(kinds.length));
    const alone = kinds.length === 1;
    for (const kind of kinds) {
      const known = this.#budgets.get(kind);
      if (known === undefined || (alone && !known.alone)) this.#budgets.set(kind, { mist: each, alone });
      // Rise at once, sink slowly: one cheap call must not starve the next.
      else if (each > known.mist) known.mist = each;
      else if (alone === known.alone) known.mist = (known.mist * 7n + each) / 8n;
    }
  }

  /** The next calls of these kinds are simulated again. */
  forget(kinds: readonly string[]): void {
    for (const kind of kinds) this.#budgets.delete(kind);
    this.price = undefined;
  }
}

/** Computation + storage − rebate in MIST; negative when the rebate was larger. */
export function netGas(used: GasUsedLike): bigint {
  return BigInt(used.computationCost) + BigInt(used.storageCost) - BigInt(used.storageRebate);
}
