import { bcs } from '@mysten/sui/bcs';
import type { Address } from '../vm/index.ts';
import { REFERENCE_GAS_PRICE } from './chain.ts';
import type { Chain } from './chain.ts';
import type { Digest } from './bytes.ts';
import { decodeTransaction, encodeTransaction } from './transaction.ts';
import type { ProgrammableTransaction } from './transaction.ts';

/** A coin that the faucet sent. */
export interface SentCoin {
  readonly id: Address;
  /** MIST. */
  readonly amount: bigint;
  readonly transaction: Digest;
}

const BUDGET = '10000000';

/** Hands out the treasury's SUI by ordinary transactions; the chain takes them without a signature. */
export class Faucet {
  readonly #chain: Chain;
  readonly #treasury: Address;

  constructor(chain: Chain, treasury: Address) {
    this.#chain = chain;
    this.#treasury = treasury;
  }

  /** Sends a new coin. `mist` must be positive and within what the treasury holds. */
  send(recipient: Address, mist: bigint): SentCoin {
    const coin = this.#chain.objects.get(this.#chain.treasuryCoin);
    if (coin === undefined) throw new Error('the treasury is gone');
    if (mist <= 0n || mist + BigInt(BUDGET) > (coin.coinBalance ?? 0n))
      throw new RangeError(`cannot send ${mist} MIST`);
    const program = {
      inputs: [pure(bcs.u64().serialize(mist).toBytes()), pure(bcs.Address.serialize(recipient).toBytes())],
      commands: [
        {
          $kind: 'SplitCoins',
          SplitCoins: { coin: { $kind: 'GasCoin', GasCoin: true }, amounts: [input(0)] },
        },
        {
          $kind: 'TransferObjects',
          TransferObjects: { objects: [{ $kind: 'NestedResult', NestedResult: [0, 0] }], address: input(1) },
        },
      ],
    } as unknown as ProgrammableTransaction;
    const bytes = encodeTransaction(
      {
        sender: this.#treasury,
        expiration: { $kind: 'None', None: true },
        gasData: {
          payment: [{ objectId: coin.id, version: String(coin.version), digest: coin.digest }],
          owner: this.#treasury,
          price: String(REFERENCE_GAS_PRICE),
          budget: BUDGET,
        },
      },
      program,
    );
    const { transaction, result } = this.#chain.executeTrusted(decodeTransaction(bytes));
    const created = result.effects.changes.find(({ idOperation }) => idOperation === 'Created');
    if (created === undefined)
      throw new Error('the faucet transaction failed', { cause: result.effects.failure });
    return { id: created.id, amount: mist, transaction: transaction.digest };
  }
}

function pure(bytes: Uint8Array) {
  return { $kind: 'Pure', Pure: { bytes: Buffer.from(bytes).toString('base64') } };
}

function input(index: number) {
  return { $kind: 'Input', Input: index };
}
