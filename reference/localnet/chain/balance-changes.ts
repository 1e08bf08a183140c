import type { Address } from '../vm/index.ts';
import type { ObjectChange } from './effects.ts';
import { holderOf } from './effects.ts';
import type { ChainObject } from './object.ts';
import { coinTypeOf, typeName } from './type-tags.ts';

/** How much of a coin type an address gained (or, negative, lost), gas included. */
export interface BalanceChange {
  readonly address: Address;
  /** Canonical type name. */
  readonly coinType: string;
  /** In the coin's smallest unit. */
  readonly amount: bigint;
}

/** Sums the coins that changed, by holder and type; sorted, without zeros. */
export function balanceChanges(changes: readonly ObjectChange[]): BalanceChange[] {
  const sums = new Map<string, { address: Address; coinType: string; amount: bigint }>();
  const add = (object: ChainObject | undefined, sign: 1n | -1n): void => {
    const balance = object?.coinBalance;
    const address = object && holderOf(object.owner);
    if (balance === undefined || address === undefined || object?.data.kind !== 'move') return;
    const inner = coinTypeOf(object.data.type);
    if (inner === undefined) return;
    const coinType = typeName(inner);
    const key = `${address} ${coinType}`;
    const sum = sums.get(key) ?? { address, coinType, amount: 0n };
    sum.amount += sign * balance;
    sums.set(key, sum);
  };
  for (const { before, after } of changes) {
    add(before, -1n);
    add(after, 1n);
  }
  return [...sums]
    .filter(([, { amount }]) => amount !== 0n)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, change]) => change);
}
