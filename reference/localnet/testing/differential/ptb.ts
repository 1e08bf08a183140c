import { bcs } from '@mysten/sui/bcs';
import type { Chain } from '../../chain/chain.ts';
import { REFERENCE_GAS_PRICE } from '../../chain/chain.ts';
import { encodeTransaction } from '../../chain/transaction.ts';
import type { Argument, ProgrammableTransaction } from '../../chain/transaction.ts';
import type { Address } from '../../vm/index.ts';

/** 10 SUI. */
const BUDGET = 10_000_000_000n;

/** A transaction put together without a client: thousands of them are made a run. */
export class Ptb {
  readonly #chain: Chain;
  readonly #inputs: unknown[] = [];
  readonly #commands: unknown[] = [];
  readonly #objects = new Map<Address, number>();

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  pure(bytes: Uint8Array): Argument {
    this.#inputs.push({ $kind: 'Pure', Pure: { bytes: Buffer.from(bytes).toString('base64') } });
    return input(this.#inputs.length - 1);
  }

  u64(value: bigint): Argument {
    return this.pure(bcs.u64().serialize(value).toBytes());
  }

  address(address: Address): Argument {
    return this.pure(bcs.Address.serialize(address).toBytes());
  }

  /** `vector<u8>` or, as it has the same bytes, a String. */
  bytes(bytes: Uint8Array): Argument {
    return this.pure(bcs.byteVector().serialize(bytes).toBytes());
  }

  /** An object at its present version; shared ones mutably, but for the Clock. */
  object(id: Address): Argument {
    const known = this.#objects.get(id);
    if (known !== undefined) return input(known);
    const object = this.#chain.object(id);
    if (object === undefined) throw new Error(`no object ${id}`);
    const { owner } = object;
    const argument =
      owner.kind === 'shared'
        ? {
            $kind: 'SharedObject',
            SharedObject: {
              objectId: id,
              initialSharedVersion: String(owner.initialVersion),
              mutable: !id.endsWith('06') || BigInt(id) !== 6n,
            },
          }
        : {
            $kind: 'ImmOrOwnedObject',
            ImmOrOwnedObject: { objectId: id, version: String(object.version), digest: object.digest },
          };
    this.#objects.set(id, this.#inputs.length);
    this.#inputs.push({ $kind: 'Object', Object: argument });
    return input(this.#inputs.length - 1);
  }

  /** Gives the first result. */
  call(
    packageId: Address,
    name: string,
    args: readonly Argument[],
    typeArguments: readonly string[] = [],
  ): Argument {
    const [module, fn] = name.split('::');
    return this.#command('MoveCall', {
      package: packageId,
      module,
      function: fn,
      typeArguments,
      arguments: args,
    });
  }

  /** A coin of that many MIST from the coin that pays. */
  mint(mist: bigint): Argument {
    const coin = { $kind: 'GasCoin', GasCoin: true };
    return this.#command('SplitCoins', { coin, amounts: [this.u64(mist)] });
  }

  strings(texts: readonly Uint8Array[]): Argument {
    return this.pure(bcs.vector(bcs.byteVector()).serialize(texts).toBytes());
  }

  publish(modules: readonly Uint8Array[], dependencies: readonly string[]): Argument {
    const encoded = modules.map((module) => Buffer.from(module).toString('base64'));
    return this.#command('Publish', { modules: encoded, dependencies });
  }

  give(object: Argument, recipient: Address): void {
    this.#command('TransferObjects', { objects: [object], address: this.address(recipient) });
  }

  get isEmpty(): boolean {
    return this.#commands.length === 0;
  }

  /** BCS of the transaction data; `coin` pays and belongs to the sender, `budget` is in MIST. */
  build(
    sender: Address,
    coin: Address,
    budget = BUDGET,
  ): { bytes: Uint8Array; program: ProgrammableTransaction; gas: GasData } {
    const paying = this.#chain.objects.get(coin);
    if (paying === undefined) throw new Error('the paying coin is gone');
    const gas = {
      payment: [{ objectId: paying.id, version: String(paying.version), digest: paying.digest }],
      owner: sender,
      price: String(REFERENCE_GAS_PRICE),
      budget: String(budget),
    };
    const program = {
      inputs: this.#inputs,
      commands: this.#commands,
    } as unknown as ProgrammableTransaction;
    const bytes = encodeTransaction(
      { sender, expiration: { $kind: 'None', None: true }, gasData: gas },
      program,
    );
    return { bytes, program, gas };
  }

  #command(kind: string, body: unknown): Argument {
    this.#commands.push({ $kind: kind, [kind]: body });
    const result: Argument = { $kind: 'NestedResult', NestedResult: [this.#commands.length - 1, 0] };
    return result;
  }
}

interface GasData {
  readonly payment: { objectId: string; version: string; digest: string }[];
  readonly owner: string;
  readonly price: string;
  readonly budget: string;
}

function input(index: number): Argument {
  return { $kind: 'Input', Input: index };
}
