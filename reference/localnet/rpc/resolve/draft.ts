import { GrpcTypes } from '@mysten/sui/grpc';
import { parseAddress } from '../../chain/bytes.ts';
import type { Argument, Command, Expiration } from '../../chain/transaction.ts';
import type { Address } from '../../vm/index.ts';
import { invalidArgument } from '../status.ts';

const { Argument_ArgumentKind } = GrpcTypes;
const { TransactionExpiration_TransactionExpirationKind: ExpirationKind } = GrpcTypes;

/** An address of a request. Throws RpcFailure INVALID_ARGUMENT. */
export function requireAddress(text: string | undefined, field: string): Address {
  const address = text === undefined ? undefined : parseAddress(text);
  if (address === undefined)
    throw invalidArgument(text === undefined ? `missing ${field}` : `invalid ${field}: ${text}`);
  return address;
}

function must<T>(value: T | undefined, field: string): T {
  if (value === undefined) throw invalidArgument(`missing ${field}`);
  return value;
}

function parseArgument(argument: GrpcTypes.Argument | undefined): Argument {
  switch (argument?.kind) {
    case Argument_ArgumentKind.GAS:
      return { $kind: 'GasCoin', GasCoin: true };
    case Argument_ArgumentKind.INPUT:
      return { $kind: 'Input', Input: must(argument.input, 'input') };
    case Argument_ArgumentKind.RESULT: {
      const result = must(argument.result, 'result');
      if (argument.subresult === undefined) return { $kind: 'Result', Result: result };
      return { $kind: 'NestedResult', NestedResult: [result, argument.subresult] };
    }
    default:
      throw invalidArgument('invalid argument kind');
  }
}

/** A command of a request in the form that the chain runs. Throws RpcFailure INVALID_ARGUMENT. */
export function parseCommand({ command }: GrpcTypes.Command): Command {
  return parsed(command) as unknown as Command;
}

function base64(modules: readonly Uint8Array[]): string[] {
  return modules.map((module) => Buffer.from(module).toString('base64'));
}

function addresses(list: readonly string[]): Address[] {
  return list.map((id) => requireAddress(id, 'dependencies'));
}

/** Enum values of the SDK's codec carry their member and, beside it, its name. */
function parsed(command: GrpcTypes.Command['command']): Record<string, unknown> & { $kind: string } {
  switch (command.oneofKind) {
    case 'moveCall': {
      const { moveCall } = command;
      const MoveCall = {
        package: requireAddress(moveCall.package, 'package'),
        module: must(moveCall.module, 'module'),
        function: must(moveCall.function, 'function'),
        typeArguments: moveCall.typeArguments,
        arguments: moveCall.arguments.map(parseArgument),
      };
      return { $kind: 'MoveCall', MoveCall };
    }
    case 'transferObjects': {
      const { objects, address } = command.transferObjects;
      const TransferObjects = { objects: objects.map(parseArgument), address: parseArgument(address) };
      return { $kind: 'TransferObjects', TransferObjects };
    }
    case 'splitCoins': {
      const { coin, amounts } = command.splitCoins;
      return {
        $kind: 'SplitCoins',
        SplitCoins: { coin: parseArgument(coin), amounts: amounts.map(parseArgument) },
      };
    }
    case 'mergeCoins': {
      const { coin, coinsToMerge } = command.mergeCoins;
      const MergeCoins = { destination: parseArgument(coin), sources: coinsToMerge.map(parseArgument) };
      return { $kind: 'MergeCoins', MergeCoins };
    }
    case 'makeMoveVector': {
      const { elementType, elements } = command.makeMoveVector;
      return {
        $kind: 'MakeMoveVec',
        MakeMoveVec: { type: elementType ?? null, elements: elements.map(parseArgument) },
      };
    }
    case 'publish': {
      const { modules, dependencies } = command.publish;
      return {
        $kind: 'Publish',
        Publish: { modules: base64(modules), dependencies: addresses(dependencies) },
      };
    }
    case 'upgrade': {
      const { modules, dependencies, package: id, ticket } = command.upgrade;
      const Upgrade = {
        modules: base64(modules),
        dependencies: addresses(dependencies),
        package: requireAddress(id, 'package'),
        ticket: parseArgument(ticket),
      };
      return { $kind: 'Upgrade', Upgrade };
    }
    default:
      throw invalidArgument('unknown command');
  }
}

function milliseconds(at: { seconds: bigint; nanos: number } | undefined): string | null {
  return at === undefined ? null : String(at.seconds * 1000n + BigInt(Math.floor(at.nanos / 1_000_000)));
}

/** Expiration of a request; none when it says nothing. */
export function parseExpiration(expiration: GrpcTypes.TransactionExpiration | undefined): Expiration {
  const { kind } = expiration ?? { kind: undefined };
  if (expiration === undefined || kind === undefined || kind === ExpirationKind.NONE) {
    return { $kind: 'None', None: true };
  }
  if (kind === ExpirationKind.EPOCH) {
    return { $kind: 'Epoch', Epoch: Number(must(expiration.epoch, 'epoch')) };
  }
  const window = {
    minEpoch: expiration.minEpoch === undefined ? null : String(expiration.minEpoch),
    maxEpoch: expiration.epoch === undefined ? null : String(expiration.epoch),
    minTimestamp: milliseconds(expiration.minTimestamp),
    maxTimestamp: milliseconds(expiration.maxTimestamp),
    chain: must(expiration.chain, 'chain'),
    nonce: expiration.nonce ?? 0,
  };
  if (kind === ExpirationKind.VALID_DURING) return { $kind: 'ValidDuring', ValidDuring: window };
  return { $kind: 'Validity', Validity: { ...window, allowedProposers: null } };
}
