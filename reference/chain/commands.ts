import { SUI_CLOCK_OBJECT_ID } from '@mysten/sui/utils';
import type { TransactionArgument, TransactionObjectArgument, Transaction } from '@mysten/sui/transactions';
import { ChainError } from './errors.ts';
import type { Call } from './call.ts';
import type { TransactionSubmitter } from './submitter.ts';
import type {
  CallOptions,
  ChainCommands,
  ChainIds,
  ExecuteKubectlCommand,
  Receipt,
  RecordResponse,
  StakeType,
} from './types.ts';

type Argument = TransactionArgument | TransactionObjectArgument;

interface Described {
  module: 'staking' | 'k8s_gateway';
  function: string;
  /** Ids of the objects that the call takes by reference. */
  reads?: readonly string[];
  /** Ids of the objects that it takes by mutable reference. */
  writes?: readonly string[];
  args(tx: Transaction, object: (id: string) => TransactionObjectArgument): Argument[];
  shareable?: boolean;
  /** Does something with the call's result, for example hands a returned coin to its owner. */
  finish?(tx: Transaction, result: TransactionArgument): void;
}

const STAKE_FUNCTION = { node: 'stake_for_node', user: 'stake_for_user', admin: 'stake_for_admin' } as const;
const TOKEN_FUNCTION = {
  node: 'create_worker_seal_token',
  user: 'create_user_seal_token',
  admin: 'create_admin_seal_token',
} as const;

/** The package's functions over one wallet's submitter. */
export class Commands implements ChainCommands {
  readonly #submitter: TransactionSubmitter;
  readonly #ids: ChainIds;

  constructor(submitter: TransactionSubmitter, ids: ChainIds) {
    this.#submitter = submitter;
    this.#ids = ids;
  }

  get address(): string {
    return this.#submitter.address;
  }

  async executeKubectlCommand(args: ExecuteKubectlCommand, options?: CallOptions): Promise<Receipt> {
    const { registry } = this.#ids;
    const receipt = await this.#run(
      {
        module: 'k8s_gateway',
        function: 'execute_kubectl_command',
        reads: [args.gatewayCap, args.token, args.stakeRecord, SUI_CLOCK_OBJECT_ID],
        writes: [registry],
        args: (tx, object) => [
          object(args.gatewayCap),
          object(registry),
          object(args.token),
          object(args.stakeRecord),
          tx.pure.string(args.requestId),
          tx.pure.string(args.method),
          tx.pure.string(args.path),
          tx.pure.string(args.namespace),
          tx.pure.string(args.resourceType),
          bytes(tx, args.payloadDigest),
          object(SUI_CLOCK_OBJECT_ID),
        ],
        shareable: true,
      },
      options,
    );
    return ownEvents(receipt, args.requestId);
  }

  async recordResponse(args: RecordResponse, options?: CallOptions): Promise<Receipt> {
    const { registry, endpoint } = this.#ids;
    const receipt = await this.#run(
      {
        module: 'k8s_gateway',
        function: 'record_response',
        reads: [args.masterCap, endpoint, SUI_CLOCK_OBJECT_ID],
        writes: [registry],
        args: (tx, object) => [
          object(args.masterCap),
          object(registry),
          object(endpoint),
          tx.pure.string(args.requestId),
          tx.pure.u16(args.statusCode),
          bytes(tx, args.bodyDigest),
          object(SUI_CLOCK_OBJECT_ID),
        ],
        shareable: true,
      },
      options,
    );
    return ownEvents(receipt, args.requestId);
  }

  registerEnclaveKey(
    args: { masterCap: string; publicKey: Uint8Array },
    options?: CallOptions,
  ): Promise<Receipt> {
    const { endpoint } = this.#ids;
    return this.#run(
      {
        module: 'k8s_gateway',
        function: 'register_enclave_key',
        reads: [args.masterCap, SUI_CLOCK_OBJECT_ID],
        writes: [endpoint],
        args: (tx, object) => [
          object(args.masterCap),
          object(endpoint),
          bytes(tx, args.publicKey),
          object(SUI_CLOCK_OBJECT_ID),
        ],
      },
      options,
    );
  }

  endpointHeartbeat(args: { masterCap: string }, options?: CallOptions): Promise<Receipt> {
    const { endpoint } = this.#ids;
    return this.#run(
      {
        module: 'k8s_gateway',
        function: 'endpoint_heartbeat',
        reads: [args.masterCap, SUI_CLOCK_OBJECT_ID],
        writes: [endpoint],
        args: (_tx, object) => [object(args.masterCap), object(endpoint), object(SUI_CLOCK_OBJECT_ID)],
      },
      options,
    );
  }

  stakeForNode(
    args: { amount: bigint; nodeId: string },
    options?: CallOptions,
  ): Promise<Receipt & { stakeRecord: string }> {
    return this.#stake('node', args.amount, args.nodeId, options);
  }

  stakeForUser(args: { amount: bigint }, options?: CallOptions): Promise<Receipt & { stakeRecord: string }> {
    return this.#stake('user', args.amount, undefined, options);
  }

  stakeForAdmin(args: { amount: bigint }, options?: CallOptions): Promise<Receipt & { stakeRecord: string }> {
    return this.#stake('admin', args.amount, undefined, options);
  }

  async createSealToken(
    args: { type: StakeType; stakeRecord: string },
    options?: CallOptions,
  ): Promise<Receipt & { token: string }> {
    const { registry } = this.#ids;
    const receipt = await this.#run(
      {
        module: 'k8s_gateway',
        function: TOKEN_FUNCTION[args.type],
        reads: [args.stakeRecord, SUI_CLOCK_OBJECT_ID],
        writes: [registry],
        args: (_tx, object) => [object(args.stakeRecord), object(registry), object(SUI_CLOCK_OBJECT_ID)],
      },
      options,
    );
    return { ...receipt, token: createdObject(receipt, '::k8s_gateway::SealToken') };
  }

  revokeSealToken(args: { token: string }, options?: CallOptions): Promise<Receipt> {
    const { registry } = this.#ids;
    return this.#run(
      {
        module: 'k8s_gateway',
        function: 'revoke_seal_token',
        writes: [args.token, registry],
        args: (_tx, object) => [object(args.token), object(registry)],
      },
      options,
    );
  }

  shortenSealToken(args: { token: string; expiresAt: number }, options?: CallOptions): Promise<Receipt> {
    const { registry } = this.#ids;
    return this.#run(
      {
        module: 'k8s_gateway',
        function: 'shorten_seal_token',
        reads: [SUI_CLOCK_OBJECT_ID],
        writes: [args.token, registry],
        args: (tx, object) => [
          object(args.token),
          object(registry),
          tx.pure.u64(args.expiresAt),
          object(SUI_CLOCK_OBJECT_ID),
        ],
      },
      options,
    );
  }

  withdrawStake(args: { stakeRecord: string }, options?: CallOptions): Promise<Receipt> {
    const { pool } = this.#ids;
    return this.#run(
      {
        module: 'staking',
        function: 'withdraw_stake',
        writes: [pool, args.stakeRecord],
        args: (_tx, object) => [object(pool), object(args.stakeRecord)],
        finish: (tx, coin) => tx.transferObjects([coin], this.address),
      },
      options,
    );
  }

  close(): Promise<void> {
    return this.#submitter.close();
  }

  async #stake(
    type: StakeType,
    amount: bigint,
    nodeId: string | undefined,
    options: CallOptions | undefined,
  ): Promise<Receipt & { stakeRecord: string }> {
    const { pool } = this.#ids;
    const receipt = await this.#run(
      {
        module: 'staking',
        function: STAKE_FUNCTION[type],
        writes: [pool],
        args: (tx, object) => {
          // Nobody can make SUI out of a number: the payment is split off the gas coin right here.
          const [payment] = tx.splitCoins(tx.gas, [amount]);
          return [object(pool), payment, ...(nodeId === undefined ? [] : [tx.pure.string(nodeId)])];
        },
      },
      options,
    );
    return { ...receipt, stakeRecord: createdObject(receipt, '::staking::StakeRecord') };
  }

  #run(call: Described, options: CallOptions | undefined): Promise<Receipt> {
    const target = `${this.#ids.package}::${call.module}::${call.function}`;
    const described: Call = {
      kind: call.function,
      objects: [
        ...(call.reads ?? []).map((id) => ({ id, mutable: false })),
        ...(call.writes ?? []).map((id) => ({ id, mutable: true })),
      ],
      build: (tx, object) => {
        const result = tx.moveCall({ target, arguments: call.args(tx, object) });
        call.finish?.(tx, result);
      },
      shareable: call.shareable ?? false,
    };
    return this.#submitter.submit(described, options);
  }
}

function bytes(tx: Transaction, value: Uint8Array): TransactionArgument {
  return tx.pure.vector('u8', value);
}

/** Several calls may have shared the transaction: keeps the events about this request. */
function ownEvents(receipt: Receipt, requestId: string): Receipt {
  return { ...receipt, events: receipt.events.filter((event) => event.data['request_id'] === requestId) };
}

function createdObject(receipt: Receipt, typeSuffix: string): string {
  const made = receipt.created.find(({ type }) => type.endsWith(typeSuffix));
  if (made === undefined) {
    throw new ChainError('invalid', `transaction ${receipt.digest} made no object of type …${typeSuffix}`);
  }
  return made.id;
}
