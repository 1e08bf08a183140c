import { GrpcTypes } from '@mysten/sui/grpc';
import { isReceivingType } from '../../chain/arguments.ts';
import type { Chain } from '../../chain/chain.ts';
import { consensusStart } from '../../chain/object.ts';
import type { ChainObject } from '../../chain/object.ts';
import { argumentsOf } from '../../chain/transaction.ts';
import type { CallArg, Command, ObjectArg } from '../../chain/transaction.ts';
import { invalidArgument, RpcFailure } from '../status.ts';
import { requireAddress } from './draft.ts';

const { Input_InputKind, Input_Mutability } = GrpcTypes;

/** Turns inputs of a request, some of which may be bare object ids, into inputs of a transaction. */
export function resolveInputs(
  chain: Chain,
  inputs: readonly GrpcTypes.Input[],
  commands: readonly Command[],
): CallArg[] {
  return inputs.map((input, index) => {
    switch (input.kind) {
      case Input_InputKind.PURE:
        return pure(input.pure ?? new Uint8Array());
      case Input_InputKind.IMMUTABLE_OR_OWNED:
        return object({ $kind: 'ImmOrOwnedObject', ImmOrOwnedObject: reference(chain, input) });
      case Input_InputKind.RECEIVING:
        return object({ $kind: 'Receiving', Receiving: reference(chain, input) });
      case Input_InputKind.SHARED:
        return object(shared(chain, input, commands, index));
      case Input_InputKind.FUNDS_WITHDRAWAL:
        throw new RpcFailure('UNIMPLEMENTED', 'address balances are not supported by this network');
      default:
        if (input.pure !== undefined) return pure(input.pure);
        if (input.objectId === undefined) throw invalidArgument('input has neither value nor object id');
        return object(unresolved(chain, input, commands, index));
    }
  });
}

function pure(bytes: Uint8Array): CallArg {
  return { $kind: 'Pure', Pure: { bytes: Buffer.from(bytes).toString('base64') } };
}

function object(argument: ObjectArg): CallArg {
  return { $kind: 'Object', Object: argument };
}

function existing(chain: Chain, input: GrpcTypes.Input): ChainObject {
  const id = requireAddress(input.objectId, 'object_id');
  const found = chain.object(id);
  if (found === undefined) throw new RpcFailure('NOT_FOUND', `Object ${id} not found`);
  return found;
}

function reference(
  chain: Chain,
  input: GrpcTypes.Input,
): { objectId: string; version: string; digest: string } {
  if (input.version !== undefined && input.digest !== undefined) {
    const objectId = requireAddress(input.objectId, 'object_id');
    return { objectId, version: String(input.version), digest: input.digest };
  }
  const { id, version, digest } = existing(chain, input);
  return { objectId: id, version: String(version), digest };
}

function shared(
  chain: Chain,
  input: GrpcTypes.Input,
  commands: readonly Command[],
  index: number,
): ObjectArg {
  const mutable = saidMutable(input) ?? usedMutably(chain, commands, index);
  if (input.version !== undefined) {
    const objectId = requireAddress(input.objectId, 'object_id');
    const initialSharedVersion = String(input.version);
    return { $kind: 'SharedObject', SharedObject: { objectId, initialSharedVersion, mutable } };
  }
  return unresolved(chain, input, commands, index);
}

function saidMutable(input: GrpcTypes.Input): boolean | undefined {
  if (input.mutability === Input_Mutability.MUTABLE) return true;
  if (input.mutability === Input_Mutability.IMMUTABLE) return false;
  return input.mutable;
}

function unresolved(
  chain: Chain,
  input: GrpcTypes.Input,
  commands: readonly Command[],
  index: number,
): ObjectArg {
  const found = existing(chain, input);
  if (found.data.kind === 'package') throw invalidArgument(`object ${found.id} is a package`);
  const start = consensusStart(found.owner);
  if (start !== undefined) {
    const mutable = saidMutable(input) ?? usedMutably(chain, commands, index);
    const initialSharedVersion = String(start);
    return { $kind: 'SharedObject', SharedObject: { objectId: found.id, initialSharedVersion, mutable } };
  }
  if (input.version !== undefined && input.version !== found.version) {
    throw invalidArgument(`provided version of object ${found.id} does not match: ${input.version}`);
  }
  if (input.digest !== undefined && input.digest !== found.digest) {
    throw invalidArgument(`provided digest of object ${found.id} does not match: ${input.digest}`);
  }
  const ref = { objectId: found.id, version: String(found.version), digest: found.digest };
  return receivedBy(chain, commands, index)
    ? { $kind: 'Receiving', Receiving: ref }
    : { $kind: 'ImmOrOwnedObject', ImmOrOwnedObject: ref };
}

/** The parameter types an input is given to. `undefined` stands for a use by a built-in command. */
function* uses(chain: Chain, commands: readonly Command[], index: number) {
  for (const command of commands) {
    for (const [position, argument] of argumentsOf(command).entries()) {
      if (argument.$kind !== 'Input' || argument.Input !== index) continue;
      if (!command.MoveCall) {
        yield undefined;
        continue;
      }
      const { package: id, module, function: name } = command.MoveCall;
      yield chain.packages.function({ package: id, module, function: name })?.parameters[position];
    }
  }
}

function usedMutably(chain: Chain, commands: readonly Command[], index: number): boolean {
  for (const type of uses(chain, commands, index)) {
    if (type === undefined || type.kind !== 'reference' || type.mutable) return true;
  }
  return false;
}

function receivedBy(chain: Chain, commands: readonly Command[], index: number): boolean {
  for (const type of uses(chain, commands, index)) {
    if (type !== undefined && isReceivingType(type.kind === 'reference' ? type.to : type)) return true;
  }
  return false;
}
