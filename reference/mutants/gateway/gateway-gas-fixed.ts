import { Transaction } from '@mysten/sui/transactions';
import type { Mutant } from '../types.ts';

const BUDGET = 5_000_000_000n;

/** Whose budget is what it was first, whatever anybody estimates. */
class FixedBudget extends Transaction {
  constructor() {
    super();
    super.setGasBudget(BUDGET);
  }

  override setGasBudget(): void {}
}

export const mutant: Mutant = {
  id: 'gateway-gas-fixed',
  defects: ['D49'],
  title: "Each of the gateway's transactions has the same, far too large gas budget",
  part: 'gateway',
  gateway: (seams) => ({ ...seams, transaction: () => new FixedBudget() }),
};
