import { bcs } from '@mysten/sui/bcs';
import type { Address } from '../vm/index.ts';
import { digestToString } from './bytes.ts';
import type { Digest } from './bytes.ts';
import { typedDigestBytes } from './digest.ts';
import { TransactionRejected } from './errors.ts';

type DecodedTransaction = NonNullable<(typeof bcs.TransactionData.$inferType)['V1']>;
export type TransactionKind = DecodedTransaction['kind'];
export type ProgrammableTransaction = NonNullable<TransactionKind['ProgrammableTransaction']>;
export type CallArg = ProgrammableTransaction['inputs'][number];
export type ObjectArg = NonNullable<CallArg['Object']>;
export type Command = ProgrammableTransaction['commands'][number];
export type Argument =
  | { readonly $kind: 'GasCoin'; readonly GasCoin: true }
  | { readonly $kind: 'Input'; readonly Input: number }
  | { readonly $kind: 'Result'; readonly Result: number }
  | { readonly $kind: 'NestedResult'; readonly NestedResult: readonly [number, number] };
export type GasData = DecodedTransaction['gasData'];
export type Expiration = DecodedTransaction['expiration'];

/** A transaction as its signer wrote it. */
export interface TransactionInput {
  readonly sender: Address;
  readonly gasData: GasData;
  readonly expiration: Expiration;
  readonly program: ProgrammableTransaction;
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  readonly digestBytes: Uint8Array;
}

/** Protocol limits a transaction is checked against before anything else. */
export const LIMITS = {
  transactionBytes: 128 * 1024,
  commands: 1024,
  inputs: 2048,
  pureArgumentBytes: 16 * 1024,
  argumentsPerCommand: 512,
  typeArguments: 16,
  gasObjects: 256,
  modulesPerPackage: 64,
  gasBudget: 50_000_000_000n,
  gasPrice: 100_000n,
  /** The least budget, in gas units times the price. */
  minimumGasUnits: 1_000n,
} as const;

/** Decodes and checks what needs no chain state. Throws TransactionRejected `invalid` or `unsupported`. */
export function decodeTransaction(bytes: Uint8Array): TransactionInput {
  if (bytes.length > LIMITS.transactionBytes) {
    throw new TransactionRejected(
      'invalid',
      `serialized transaction size exceeded maximum of ${LIMITS.transactionBytes}`,
    );
  }
  let data: DecodedTransaction;
  try {
    const decoded = bcs.TransactionData.parse(bytes).V1;
    if (decoded === undefined || decoded === null) throw new TypeError('unknown transaction version');
    data = decoded;
  } catch (cause) {
    throw new TransactionRejected('invalid', `bcs decoding error: ${(cause as Error).message}`);
  }
  const program = data.kind.ProgrammableTransaction;
  if (program === undefined || program === null)
    throw new TransactionRejected('unsupported', 'only programmable transactions can be submitted');
  checkShape(program);
  const digestBytes = typedDigestBytes('TransactionData', bytes);
  return {
    sender: data.sender,
    gasData: data.gasData,
    expiration: data.expiration,
    program,
    bytes,
    digest: digestToString(digestBytes),
    digestBytes,
  };
}

/** BCS of a transaction put together from its parts. */
export function encodeTransaction(
  data: Omit<DecodedTransaction, 'kind'>,
  program: ProgrammableTransaction,
): Uint8Array {
  return bcs.TransactionData.serialize({
    V1: { ...data, kind: { ProgrammableTransaction: program } },
  }).toBytes();
}

function checkShape(program: ProgrammableTransaction): void {
  const { inputs, commands } = program;
  if (commands.length === 0)
    throw new TransactionRejected('invalid', 'Transaction kind is empty: no commands given');
  if (commands.length > LIMITS.commands)
    throw new TransactionRejected(
      'invalid',
      `Size limit exceeded: maximum commands in a programmable transaction is ${LIMITS.commands}`,
    );
  if (inputs.length > LIMITS.inputs)
    throw new TransactionRejected(
      'invalid',
      `Size limit exceeded: maximum input objects in a transaction is ${LIMITS.inputs}`,
    );
  for (const input of inputs) {
    // Base64 text: three bytes in four characters.
    if (input.Pure && input.Pure.bytes.length > (LIMITS.pureArgumentBytes * 4) / 3 + 4)
      throw new TransactionRejected(
        'invalid',
        `Size limit exceeded: maximum pure argument size is ${LIMITS.pureArgumentBytes}`,
      );
    if (input.FundsWithdrawal)
      throw new TransactionRejected('unsupported', 'address balances are not supported by this network');
  }
  for (const command of commands) {
    const modules = command.Publish?.modules ?? command.Upgrade?.modules;
    if (modules?.length === 0)
      throw new TransactionRejected('invalid', 'Publish and Upgrade must carry a module');
    if (modules !== undefined && modules.length > LIMITS.modulesPerPackage)
      throw new TransactionRejected(
        'invalid',
        `Size limit exceeded: maximum modules in a package is ${LIMITS.modulesPerPackage}`,
      );
  }
}

/** Every argument of a command, in order. */
export function argumentsOf(command: Command): readonly Argument[] {
  if (command.MoveCall) return command.MoveCall.arguments as readonly Argument[];
  if (command.TransferObjects)
    return [...command.TransferObjects.objects, command.TransferObjects.address] as readonly Argument[];
  if (command.SplitCoins)
    return [command.SplitCoins.coin, ...command.SplitCoins.amounts] as readonly Argument[];
  if (command.MergeCoins)
    return [command.MergeCoins.destination, ...command.MergeCoins.sources] as readonly Argument[];
  if (command.MakeMoveVec) return command.MakeMoveVec.elements as readonly Argument[];
  if (command.Upgrade) return [command.Upgrade.ticket] as readonly Argument[];
  return [];
}
