import { GrpcTypes } from '@mysten/sui/grpc';
import type {
  Argument,
  CallArg,
  Command,
  Expiration,
  GasData,
  ProgrammableTransaction,
} from '../../chain/transaction.ts';
import type { ReadMask } from '../read-mask.ts';
import { defined, timestamp } from './defined.ts';

const { Argument_ArgumentKind, Input_InputKind, TransactionKind_Kind } = GrpcTypes;
const { TransactionExpiration_TransactionExpirationKind: ExpirationKind } = GrpcTypes;

/** What there is to show of a transaction. */
export interface TransactionView {
  readonly sender: string;
  readonly gasData: GasData;
  readonly expiration: Expiration;
  readonly program: ProgrammableTransaction;
  readonly bytes: Uint8Array;
  readonly digest: string;
}

/** The wanted parts of a transaction. */
export function renderTransaction(view: TransactionView, mask: ReadMask): GrpcTypes.Transaction {
  return mask.apply(
    defined<GrpcTypes.Transaction>({
      bcs: mask.includes('bcs') ? { name: 'TransactionData', value: view.bytes } : undefined,
      digest: view.digest,
      version: 1,
      kind: mask.includes('kind') ? renderKind(view.program) : undefined,
      sender: view.sender,
      gasPayment: mask.includes('gas_payment') ? renderGas(view.gasData) : undefined,
      expiration: mask.includes('expiration') ? renderExpiration(view.expiration) : undefined,
    }),
  );
}

function renderKind(program: ProgrammableTransaction): GrpcTypes.TransactionKind {
  return {
    kind: TransactionKind_Kind.PROGRAMMABLE_TRANSACTION,
    data: {
      oneofKind: 'programmableTransaction',
      programmableTransaction: {
        inputs: program.inputs.map(renderInput),
        commands: program.commands.map((command) => ({ command: renderCommand(command) })),
      },
    },
  };
}

function renderGas(gas: GasData): GrpcTypes.GasPayment {
  return {
    objects: gas.payment.map((ref) => ({
      objectId: ref.objectId,
      version: BigInt(ref.version),
      digest: ref.digest,
    })),
    owner: gas.owner,
    price: BigInt(gas.price),
    budget: BigInt(gas.budget),
  };
}

function renderExpiration(expiration: Expiration): GrpcTypes.TransactionExpiration {
  if (expiration.$kind === 'None') return { kind: ExpirationKind.NONE };
  if (expiration.$kind === 'Epoch') return { kind: ExpirationKind.EPOCH, epoch: BigInt(expiration.Epoch) };
  const kind = expiration.$kind === 'ValidDuring' ? ExpirationKind.VALID_DURING : ExpirationKind.VALIDITY;
  const window = expiration.$kind === 'ValidDuring' ? expiration.ValidDuring : expiration.Validity;
  return defined<GrpcTypes.TransactionExpiration>({
    kind,
    epoch: window.maxEpoch == null ? undefined : BigInt(window.maxEpoch),
    minEpoch: window.minEpoch == null ? undefined : BigInt(window.minEpoch),
    minTimestamp: window.minTimestamp == null ? undefined : timestamp(BigInt(window.minTimestamp)),
    maxTimestamp: window.maxTimestamp == null ? undefined : timestamp(BigInt(window.maxTimestamp)),
    chain: window.chain,
    nonce: window.nonce,
    allowedProposers: undefined,
  });
}

function renderInput(input: CallArg): GrpcTypes.Input {
  if (input.Pure) return { kind: Input_InputKind.PURE, pure: Buffer.from(input.Pure.bytes, 'base64') };
  const object = input.Object;
  if (object?.SharedObject) {
    const { objectId, initialSharedVersion, mutable } = object.SharedObject;
    return { kind: Input_InputKind.SHARED, objectId, version: BigInt(initialSharedVersion), mutable };
  }
  const ref = object?.ImmOrOwnedObject ?? object?.Receiving;
  if (!ref) throw new TypeError('unknown kind of input');
  return {
    kind: object?.Receiving ? Input_InputKind.RECEIVING : Input_InputKind.IMMUTABLE_OR_OWNED,
    objectId: ref.objectId,
    version: BigInt(ref.version),
    digest: ref.digest,
  };
}

/** An argument as the wire has it. */
export function renderArgument(argument: Argument): GrpcTypes.Argument {
  switch (argument.$kind) {
    case 'GasCoin':
      return { kind: Argument_ArgumentKind.GAS };
    case 'Input':
      return { kind: Argument_ArgumentKind.INPUT, input: argument.Input };
    case 'Result':
      return { kind: Argument_ArgumentKind.RESULT, result: argument.Result };
    case 'NestedResult': {
      const [result, subresult] = argument.NestedResult;
      return { kind: Argument_ArgumentKind.RESULT, result, subresult };
    }
  }
}

function renderArguments(list: readonly unknown[]): GrpcTypes.Argument[] {
  return (list as readonly Argument[]).map(renderArgument);
}

function decodeModules(modules: readonly string[]): Uint8Array[] {
  return modules.map((module) => Buffer.from(module, 'base64'));
}

function renderCommand(command: Command): GrpcTypes.Command['command'] {
  switch (command.$kind) {
    case 'MoveCall': {
      const { package: id, module, function: name, typeArguments, arguments: args } = command.MoveCall;
      return {
        oneofKind: 'moveCall',
        moveCall: { package: id, module, function: name, typeArguments, arguments: renderArguments(args) },
      };
    }
    case 'TransferObjects': {
      const { objects, address } = command.TransferObjects;
      return {
        oneofKind: 'transferObjects',
        transferObjects: { objects: renderArguments(objects), address: renderArgument(address as Argument) },
      };
    }
    case 'SplitCoins': {
      const { coin, amounts } = command.SplitCoins;
      return {
        oneofKind: 'splitCoins',
        splitCoins: { coin: renderArgument(coin as Argument), amounts: renderArguments(amounts) },
      };
    }
    case 'MergeCoins': {
      const { destination, sources } = command.MergeCoins;
      return {
        oneofKind: 'mergeCoins',
        mergeCoins: { coin: renderArgument(destination as Argument), coinsToMerge: renderArguments(sources) },
      };
    }
    case 'MakeMoveVec': {
      const { type, elements } = command.MakeMoveVec;
      return {
        oneofKind: 'makeMoveVector',
        makeMoveVector: {
          ...(type === null ? {} : { elementType: type }),
          elements: renderArguments(elements),
        },
      };
    }
    case 'Publish':
      return {
        oneofKind: 'publish',
        publish: {
          modules: decodeModules(command.Publish.modules),
          dependencies: command.Publish.dependencies,
        },
      };
    case 'Upgrade': {
      const { modules, dependencies, package: id, ticket } = command.Upgrade;
      return {
        oneofKind: 'upgrade',
        upgrade: {
          modules: decodeModules(modules),
          dependencies,
          package: id,
          ticket: renderArgument(ticket as Argument),
        },
      };
    }
  }
}
