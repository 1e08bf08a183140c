import { GasMeter } from '../vm/index.ts';

/*
 * Storage is charged as a node does: 100 units a byte at 76 MIST, 99 % of which come back. Computation is
 * approximate: the machine's own units are put into a node's buckets, so simple calls cost the same as there
 * and heavy ones something near it.
 */
const STORAGE_UNITS_PER_BYTE = 100n;
const STORAGE_PRICE = 76n;
const REBATE_BASIS_POINTS = 9_900n;
const BASIS_POINTS = 10_000n;
const COMPUTATION_BUCKETS = [1_000, 5_000, 10_000, 20_000, 50_000, 200_000, 1_000_000, 5_000_000];
const MAX_COMPUTATION_UNITS = 5_000_000;

/** MIST. */
export interface GasCost {
  readonly computationCost: bigint;
  readonly storageCost: bigint;
  readonly storageRebate: bigint;
  readonly nonRefundableStorageFee: bigint;
}

/** MIST charged for keeping this many bytes. */
export function storageCharge(bytes: number): bigint {
  return BigInt(bytes) * STORAGE_UNITS_PER_BYTE * STORAGE_PRICE;
}

/** MIST for this many units at a price. */
export function computationCharge(units: number, price: bigint): bigint {
  const bucket = COMPUTATION_BUCKETS.find((limit) => units <= limit) ?? MAX_COMPUTATION_UNITS;
  return BigInt(bucket) * price;
}

/** Splits what the replaced objects had paid into what comes back and what does not. */
export function gasCost(computationCost: bigint, storageCost: bigint, rebates: bigint): GasCost {
  const storageRebate = (rebates * REBATE_BASIS_POINTS + BASIS_POINTS / 2n) / BASIS_POINTS;
  return { computationCost, storageCost, storageRebate, nonRefundableStorageFee: rebates - storageRebate };
}

/** MIST taken from the gas coin; negative when more comes back than is charged. */
export function netGas(cost: GasCost): bigint {
  return cost.computationCost + cost.storageCost - cost.storageRebate;
}

/** Counts the machine's units against what the budget in MIST can pay for at this price. */
export function gasMeter(budgetMist: bigint, price: bigint): GasMeter {
  const most = BigInt(MAX_COMPUTATION_UNITS);
  const affordable = price === 0n ? most : budgetMist / price;
  return new GasMeter(Number(affordable < most ? affordable : most));
}
