import type { SuiClientTypes } from '@mysten/sui/client';
import { decodeEvents } from './checkpoint.ts';
import { netGas } from './gas.ts';
import type { Receipt } from './types.ts';

/** What a receipt is made from, as the node is asked for it. */
export const INCLUDED = { effects: true, events: true, objectTypes: true } as const;
export type Included = typeof INCLUDED;

/** What a transaction that succeeded did, as far as the package `packageId` is concerned. */
export function receiptOf(tx: SuiClientTypes.Transaction<Included>, packageId: string): Receipt {
  const { effects, events, objectTypes, digest } = tx;
  return {
    digest,
    events: decodeEvents(events, packageId),
    created: effects.changedObjects
      .filter((change) => change.idOperation === 'Created')
      .map((change) => ({ id: change.objectId, type: objectTypes[change.objectId] ?? '' })),
    gasUsed: netGas(effects.gasUsed),
  };
}
