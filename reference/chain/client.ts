import { bcs } from '@mysten/sui/bcs';
import { ObjectError } from '@mysten/sui/client';
import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { deriveDynamicFieldID } from '@mysten/sui/utils';
import { OBJECTS, parseObject } from '../../contracts/bindings/index.ts';
import type { ContractObjects, ObjectName } from '../../contracts/bindings/index.ts';
import { ChainError } from './errors.ts';
import { DEFAULT_DEADLINE_MS, nodeCall } from './node-call.ts';
import { clusterOf, endpointOf, sealTokenOf, stakeRecordOf } from './objects.ts';
import type {
  CallOptions,
  ChainIds,
  ChainReader,
  ChainStatus,
  Cluster,
  GatewayCap,
  MasterCap,
  NautilusEndpoint,
  SealToken,
  StakeRecord,
} from './types.ts';

/** An object with whoever holds it; the owner is undefined for a shared one. */
interface Held<T> {
  value: T;
  owner: string | undefined;
}

/** Typed reads of the package's objects over gRPC. */
export class ChainClient implements ChainReader {
  readonly #client: SuiGrpcClient;
  readonly #ids: ChainIds;

  constructor(client: SuiGrpcClient, ids: ChainIds) {
    this.#client = client;
    this.#ids = ids;
  }

  async sealToken(id: string, options?: CallOptions): Promise<SealToken> {
    return sealTokenOf((await this.#read('SealToken', id, options)).value);
  }

  async stakeRecord(id: string, options?: CallOptions): Promise<StakeRecord> {
    return stakeRecordOf((await this.#read('StakeRecord', id, options)).value);
  }

  async tokenWithStake(id: string, options?: CallOptions): Promise<{ token: SealToken; stake: StakeRecord }> {
    const ends = performance.now() + (options?.deadlineMs ?? DEFAULT_DEADLINE_MS);
    const token = await this.sealToken(id, options);
    // One deadline for both reads.
    const left = { ...options, deadlineMs: Math.max(1, ends - performance.now()) };
    return { token, stake: await this.stakeRecord(token.stakeRecord, left) };
  }

  async gatewayCap(id: string, options?: CallOptions): Promise<GatewayCap> {
    const { value, owner } = await this.#read('GatewayCap', id, options);
    const { registry, gateway } = value;
    if (registry !== this.#ids.registry) {
      throw new ChainError('wrong_type', `${id} is a capability of another registry`);
    }
    return { id: value.id, registry, gateway, owner: owner ?? gateway };
  }

  async gatewayRetired(capId: string, options?: CallOptions): Promise<boolean> {
    const { value } = await this.#read('Registry', this.#ids.registry, options);
    return value.revoked_gateways.includes(capId);
  }

  async masterCap(id: string, options?: CallOptions): Promise<MasterCap> {
    const { value, owner } = await this.#read('MasterCap', id, options);
    return { id: value.id, endpoint: value.endpoint, master: value.master, owner: owner ?? value.master };
  }

  async endpoint(id: string, options?: CallOptions): Promise<NautilusEndpoint> {
    return endpointOf((await this.#read('NautilusEndpoint', id, options)).value);
  }

  async cluster(id: string, options?: CallOptions): Promise<Cluster> {
    return clusterOf((await this.#read('Cluster', id, options)).value);
  }

  async stakeRecordOf(address: string, options?: CallOptions): Promise<string | undefined> {
    const { value: pool } = await this.#read('StakingPool', this.#ids.pool, options);
    const bytes = await this.#field(
      pool.by_address.id,
      'address',
      bcs.Address.serialize(address).toBytes(),
      options,
    );
    return bytes && bcs.Address.parse(bytes);
  }

  async sealTokenOf(stakeRecord: string, options?: CallOptions): Promise<string | undefined> {
    const { value: registry } = await this.#read('Registry', this.#ids.registry, options);
    const key = bcs.Address.serialize(stakeRecord).toBytes();
    const bytes = await this.#field(registry.tokens.id, '0x2::object::ID', key, options);
    return bytes && OBJECTS.TokenSlot.parse(bytes).token;
  }

  async balance(address: string, options?: CallOptions): Promise<bigint> {
    const { balance } = await nodeCall('GetBalance', options, (signal) =>
      this.#client.getBalance({ owner: address, signal }),
    );
    return BigInt(balance.balance);
  }

  async status(options?: CallOptions): Promise<ChainStatus> {
    const { response } = await nodeCall('GetServiceInfo', options, (abort) =>
      this.#client.ledgerService.getServiceInfo({}, { abort }),
    );
    return {
      chainId: response.chainId ?? '',
      epoch: response.epoch ?? 0n,
      checkpoint: response.checkpointHeight ?? 0n,
      lowestCheckpoint: response.lowestAvailableCheckpoint ?? 0n,
    };
  }

  async #read<Name extends ObjectName>(
    name: Name,
    id: string,
    options: CallOptions | undefined,
  ): Promise<Held<ContractObjects[Name]>> {
    const { objects } = await nodeCall(`BatchGetObjects ${id}`, options, (signal) =>
      this.#client.getObjects({ objectIds: [id], include: { content: true }, signal }),
    );
    const [object] = objects;
    if (object === undefined || object instanceof Error) {
      if (object !== undefined && !isMissing(object)) {
        throw new ChainError('unavailable', `object ${id} cannot be read`, { cause: object });
      }
      throw new ChainError('not_found', `there is no object ${id}`, { cause: object });
    }
    let value: ContractObjects[Name] | undefined;
    try {
      value = parseObject(name, this.#ids.package, object.type, object.content);
    } catch (error) {
      throw new ChainError('wrong_type', `object ${id} has another layout than ${name}`, { cause: error });
    }
    if (value === undefined) {
      throw new ChainError(
        'wrong_type',
        `object ${id} is a ${object.type}, not a ${name} of ${this.#ids.package}`,
      );
    }
    const { owner } = object;
    return { value, owner: owner.$kind === 'AddressOwner' ? owner.AddressOwner : undefined };
  }

  /** BCS of a table's value, undefined when the table has no such key. */
  async #field(
    table: string,
    keyType: string,
    key: Uint8Array,
    options: CallOptions | undefined,
  ): Promise<Uint8Array | undefined> {
    const fieldId = deriveDynamicFieldID(table, keyType, key);
    const { objects } = await nodeCall(`BatchGetObjects ${fieldId}`, options, (signal) =>
      this.#client.getObjects({ objectIds: [fieldId], include: { content: true }, signal }),
    );
    const [field] = objects;
    if (field === undefined || field instanceof Error) {
      if (field !== undefined && !isMissing(field)) {
        throw new ChainError('unavailable', `field ${fieldId} cannot be read`, { cause: field });
      }
      return undefined;
    }
    // Field { id: UID, name, value }: what is left after the id and the key is the value.
    return field.content.subarray(32 + key.length);
  }
}

/** The node knows that there is no such object, as against not having found out. */
function isMissing(error: Error): boolean {
  return error instanceof ObjectError && error.reason === 'notFound';
}
