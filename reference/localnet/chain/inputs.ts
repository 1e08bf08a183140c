import type { Address } from '../vm/index.ts';
import { TransactionRejected } from './errors.ts';
import { CLOCK_ID } from './genesis.ts';
import { consensusStart } from './object.ts';
import type { ChainObject } from './object.ts';
import type { ObjectStore } from './object-store.ts';
import { LIMITS } from './transaction.ts';
import type { GasData, ObjectArg, ProgrammableTransaction } from './transaction.ts';
import { sameType, SUI_COIN_TYPE } from './type-tags.ts';

/** An input of a program with the object it names. */
export type LoadedInput =
  | { readonly kind: 'pure'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'object';
      readonly object: ChainObject;
      /** Whether the transaction may change it. */
      readonly mutable: boolean;
    }
  | { readonly kind: 'receiving'; readonly object: ChainObject };

export interface LoadedInputs {
  readonly inputs: readonly LoadedInput[];
  /** The first one pays; the others are merged into it. */
  readonly gas: readonly ChainObject[];
}

interface RefLike {
  readonly objectId: Address;
  readonly version: string | number | bigint;
  readonly digest: string;
}

/**
 * Finds a transaction's inputs and checks that this sender may use them at these versions.
 * Throws TransactionRejected, as a node does before it executes anything.
 */
export function loadInputs(
  store: ObjectStore,
  program: ProgrammableTransaction,
  /** Undefined: objects of anyone. */
  sender: Address | undefined,
  gas: readonly ChainObject[],
): LoadedInputs {
  const used = new Set<Address>(gas.map((coin) => coin.id));
  const inputs = program.inputs.map((input): LoadedInput => {
    if (input.Pure) return { kind: 'pure', bytes: Buffer.from(input.Pure.bytes, 'base64') };
    const argument = input.Object;
    if (!argument) throw new TransactionRejected('unsupported', 'unsupported kind of transaction input');
    const loaded = loadObject(store, argument, sender);
    if (used.has(loaded.object.id)) {
      throw new TransactionRejected(
        'invalid',
        `Mutable object ${loaded.object.id} cannot appear more than one in one transaction`,
      );
    }
    used.add(loaded.object.id);
    return loaded;
  });
  checkPackages(store, program);
  return { inputs, gas };
}

function loadObject(
  store: ObjectStore,
  argument: ObjectArg,
  sender: Address | undefined,
): LoadedInput & { kind: 'object' | 'receiving' } {
  if (argument.SharedObject) {
    const { objectId, initialSharedVersion, mutable } = argument.SharedObject;
    const object = existing(store, objectId, undefined);
    const start = consensusStart(object.owner);
    if (start === undefined)
      throw new TransactionRejected('invalid', `Object ${objectId} is not a shared object`);
    if (start !== BigInt(initialSharedVersion))
      throw new TransactionRejected(
        'invalid',
        `The initial shared version of ${objectId} is ${start}, not ${initialSharedVersion}`,
      );
    checkOwner(object, sender);
    return { kind: 'object', object, mutable };
  }
  const ref = argument.ImmOrOwnedObject ?? argument.Receiving;
  if (!ref) throw new TransactionRejected('unsupported', 'unsupported kind of object argument');
  const object = existing(store, ref.objectId, BigInt(ref.version));
  if (object.data.kind === 'package')
    throw new TransactionRejected(
      'invalid',
      `Move package ${ref.objectId} cannot be passed as an object argument`,
    );
  if (consensusStart(object.owner) !== undefined)
    throw new TransactionRejected(
      'invalid',
      `Shared object ${ref.objectId} must be passed as a shared object`,
    );
  checkVersion(object, ref);
  if (argument.Receiving) return { kind: 'receiving', object };
  if (object.owner.kind === 'object')
    throw new TransactionRejected(
      'invalid',
      `Object ${ref.objectId} is owned by object ${object.owner.address}. Objects owned by other objects cannot be used as input arguments`,
    );
  checkOwner(object, sender);
  return { kind: 'object', object, mutable: object.owner.kind === 'address' };
}

function checkOwner({ id, owner }: ChainObject, sender: Address | undefined): void {
  const personal = owner.kind === 'address' || owner.kind === 'party';
  if (sender === undefined || !personal || owner.address === sender) return;
  throw new TransactionRejected(
    'signature',
    `Transaction was not signed by the correct sender: Object ${id} is owned by account address ${owner.address}, but given owner/signer address is ${sender}`,
  );
}

function existing(store: ObjectStore, id: Address, version: bigint | undefined): ChainObject {
  const object = store.get(id);
  if (object !== undefined) return object;
  const gone = store.goneAt(id);
  if (gone !== undefined && version !== undefined) throw stale(id, version, gone);
  throw new TransactionRejected(
    'not_found',
    `Could not find the referenced object ${id} at version ${version === undefined ? 'None' : version}`,
  );
}

function checkVersion(object: ChainObject, ref: RefLike): void {
  if (object.version !== BigInt(ref.version)) throw stale(object.id, BigInt(ref.version), object.version);
  if (object.digest !== ref.digest)
    throw new TransactionRejected(
      'invalid',
      `Invalid Object digest for object ${object.id}. Expected digest : ${object.digest}`,
    );
}

function stale(id: Address, provided: bigint, current: bigint): TransactionRejected {
  return new TransactionRejected(
    'conflict',
    `Transaction needs to be rebuilt because object ${id} version 0x${provided.toString(16)} is unavailable for consumption, current version: 0x${current.toString(16)}`,
  );
}

/** Every package a command names must be on the chain. */
function checkPackages(store: ObjectStore, program: ProgrammableTransaction): void {
  for (const command of program.commands) {
    const named =
      (command.MoveCall && [command.MoveCall.package]) ||
      command.Publish?.dependencies ||
      (command.Upgrade && [...command.Upgrade.dependencies, command.Upgrade.package]) ||
      [];
    for (const id of named) {
      const object = store.get(id);
      if (object === undefined)
        throw new TransactionRejected('not_found', `Dependent package not found on-chain: ${id}`);
      if (object.data.kind !== 'package')
        throw new TransactionRejected('invalid', `Move object ${id} is used as a package`);
    }
  }
}

/** Finds and checks the coins that pay. Throws TransactionRejected. */
export function loadGas(store: ObjectStore, gas: GasData): readonly ChainObject[] {
  if (gas.payment.length === 0)
    throw new TransactionRejected(
      'unsupported',
      'Gas payment is empty: address balances are not supported by this network',
    );
  if (gas.payment.length > LIMITS.gasObjects)
    throw new TransactionRejected(
      'invalid',
      `Size limit exceeded: maximum number of gas payment objects is ${LIMITS.gasObjects}`,
    );
  const seen = new Set<Address>();
  return gas.payment.map((ref) => {
    const object = existing(store, ref.objectId, BigInt(ref.version));
    if (object.data.kind !== 'move' || !sameType(object.data.type, SUI_COIN_TYPE))
      throw new TransactionRejected(
        'invalid',
        `Object ${ref.objectId} is not a SUI coin and cannot pay for gas`,
      );
    checkVersion(object, ref);
    if (object.owner.kind !== 'address')
      throw new TransactionRejected('invalid', `Gas object ${ref.objectId} is not owned by an address`);
    if (object.owner.address !== gas.owner)
      throw new TransactionRejected(
        'signature',
        `Transaction was not signed by the correct sender: Object ${ref.objectId} is owned by account address ${object.owner.address}, but given owner/signer address is ${gas.owner}`,
      );
    if (seen.has(object.id))
      throw new TransactionRejected('invalid', `Gas object ${object.id} appears more than once`);
    seen.add(object.id);
    return object;
  });
}

/** Price, budget and balance rules. `price` and `budget` are in MIST. Throws TransactionRejected. */
export function checkGas(gas: GasData, referencePrice: bigint, coins: readonly ChainObject[]): void {
  const price = BigInt(gas.price);
  const budget = BigInt(gas.budget);
  if (price < referencePrice)
    throw new TransactionRejected(
      'invalid',
      `Gas price ${price} under reference gas price (RGP) ${referencePrice}`,
    );
  if (price >= LIMITS.gasPrice)
    throw new TransactionRejected('invalid', `Gas price cannot exceed ${LIMITS.gasPrice} mist`);
  if (budget > LIMITS.gasBudget)
    throw new TransactionRejected('invalid', `Gas budget: ${budget} is higher than max: ${LIMITS.gasBudget}`);
  const least = price * LIMITS.minimumGasUnits;
  if (budget < least)
    throw new TransactionRejected('invalid', `Gas budget: ${budget} is lower than min: ${least}`);
  const balance = coins.reduce((sum, coin) => sum + (coin.coinBalance ?? 0n), 0n);
  if (balance < budget)
    throw new TransactionRejected(
      'invalid',
      `Balance of gas object ${balance} is lower than the needed amount: ${budget}`,
    );
}

/** Nobody but the chain itself sets the Clock. Throws TransactionRejected. */
export function checkClockUse(inputs: readonly LoadedInput[]): void {
  const misused = inputs.some(
    (input) => input.kind === 'object' && input.object.id === CLOCK_ID && input.mutable,
  );
  if (misused)
    throw new TransactionRejected(
      'invalid',
      `Immutable parameter expected: object ${CLOCK_ID} cannot be passed mutably`,
    );
}
