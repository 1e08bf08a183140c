import type { Transaction, TransactionObjectArgument, TransactionResult } from '@mysten/sui/transactions';
import type { ChainIds } from '../../target/types.ts';

/** The kinds of stake and what each must at least hold, in MIST. */
export const STAKES = {
  user: { type: 1, minimum: 500_000_000n, lockEpochs: 10 },
  node: { type: 2, minimum: 1_000_000_000n, lockEpochs: 100 },
  admin: { type: 3, minimum: 10_000_000_000n, lockEpochs: 50 },
} as const;
export type StakeKind = keyof typeof STAKES;

type ObjectInput = string | TransactionObjectArgument;

/** Calls of the package's functions, each adding one command to a transaction. */
export class ContractCalls {
  readonly ids: ChainIds;
  constructor(ids: ChainIds) {
    this.ids = ids;
  }

  stake(tx: Transaction, kind: StakeKind, mist: bigint, nodeId = ''): void {
    const [payment] = tx.splitCoins(tx.gas, [mist]);
    const node = kind === 'node' ? [tx.pure.string(nodeId)] : [];
    this.call(tx, 'staking', `stake_for_${kind}`, [tx.object(this.ids.pool), payment!, ...node]);
  }

  /** The coin withdrawn goes to `to`. */
  withdraw(tx: Transaction, record: ObjectInput, to: string): void {
    const coin = this.call(tx, 'staking', 'withdraw_stake', [tx.object(this.ids.pool), tx.object(record)]);
    tx.transferObjects([coin], to);
  }

  slash(tx: Transaction, cap: ObjectInput, record: ObjectInput, reason: string): void {
    const args = [tx.object(cap), tx.object(this.ids.pool), tx.object(record), tx.pure.string(reason)];
    this.call(tx, 'staking', 'slash_stake', args);
  }

  release(tx: Transaction, cap: ObjectInput, record: ObjectInput): void {
    const args = [tx.object(cap), tx.object(this.ids.pool), tx.object(record)];
    this.call(tx, 'staking', 'release_slashed_stake', args);
  }

  /** The coin swept goes to `to`. */
  sweep(tx: Transaction, cap: ObjectInput, to: string): void {
    const coin = this.call(tx, 'staking', 'sweep_slashed', [tx.object(cap), tx.object(this.ids.pool)]);
    tx.transferObjects([coin], to);
  }

  createToken(tx: Transaction, kind: StakeKind, record: ObjectInput): void {
    const name = `create_${kind === 'node' ? 'worker' : kind}_seal_token`;
    this.call(tx, 'k8s_gateway', name, [tx.object(record), tx.object(this.ids.registry), tx.object.clock()]);
  }

  /** `expiresAt` in Unix seconds. */
  shortenToken(tx: Transaction, token: ObjectInput, expiresAt: number): void {
    const args = [tx.object(token), tx.object(this.ids.registry), tx.pure.u64(expiresAt), tx.object.clock()];
    this.call(tx, 'k8s_gateway', 'shorten_seal_token', args);
  }

  revokeToken(tx: Transaction, token: ObjectInput): void {
    this.call(tx, 'k8s_gateway', 'revoke_seal_token', [tx.object(token), tx.object(this.ids.registry)]);
  }

  revokeTokenAsAdmin(tx: Transaction, cap: ObjectInput, token: ObjectInput): void {
    const args = [tx.object(cap), tx.object(token), tx.object(this.ids.registry)];
    this.call(tx, 'k8s_gateway', 'revoke_seal_token_as_admin', args);
  }

  /** Returns a NautilusInfo. */
  nautilusInfo(
    tx: Transaction,
    token: ObjectInput,
    record: ObjectInput,
    endpoint: ObjectInput = this.ids.endpoint,
  ): void {
    const args = [tx.object(token), tx.object(record), tx.object(endpoint), tx.object.clock()];
    this.call(tx, 'k8s_gateway', 'get_nautilus_info_for_worker', args);
  }

  executeCommand(tx: Transaction, cap: ObjectInput, command: KubectlCommand): void {
    this.call(tx, 'k8s_gateway', 'execute_kubectl_command', [
      tx.object(cap),
      tx.object(this.ids.registry),
      tx.object(command.token),
      tx.object(command.record),
      tx.pure.string(command.requestId),
      tx.pure.string(command.method),
      tx.pure.string(command.path),
      tx.pure.string(command.namespace),
      tx.pure.string(command.resourceType),
      tx.pure.vector('u8', [...command.payloadDigest]),
      tx.object.clock(),
    ]);
  }

  recordResponse(
    tx: Transaction,
    cap: ObjectInput,
    requestId: string,
    status: number,
    bodyDigest: Uint8Array,
    endpoint: ObjectInput = this.ids.endpoint,
  ): void {
    this.call(tx, 'k8s_gateway', 'record_response', [
      tx.object(cap),
      tx.object(this.ids.registry),
      tx.object(endpoint),
      tx.pure.string(requestId),
      tx.pure.u16(status),
      tx.pure.vector('u8', [...bodyDigest]),
      tx.object.clock(),
    ]);
  }

  registerGateway(tx: Transaction, adminCap: ObjectInput, gateway: string): void {
    const args = [tx.object(adminCap), tx.object(this.ids.registry), tx.pure.address(gateway)];
    this.call(tx, 'k8s_gateway', 'register_gateway', args);
  }

  retireGateway(tx: Transaction, adminCap: ObjectInput, gatewayCap: string): void {
    const args = [tx.object(adminCap), tx.object(this.ids.registry), tx.pure.id(gatewayCap)];
    this.call(tx, 'k8s_gateway', 'retire_gateway', args);
  }

  registerEndpoint(
    tx: Transaction,
    adminCap: ObjectInput,
    url: string,
    pcrs: readonly Uint8Array[],
    master: string,
  ): void {
    this.call(tx, 'k8s_gateway', 'register_endpoint', [
      tx.object(adminCap),
      tx.object(this.ids.registry),
      tx.pure.string(url),
      ...pcrs.map((pcr) => tx.pure.vector('u8', [...pcr])),
      tx.pure.address(master),
    ]);
  }

  /** 1 active, 2 maintenance, 3 offline. */
  setEndpointStatus(tx: Transaction, adminCap: ObjectInput, endpoint: ObjectInput, status: number): void {
    const args = [tx.object(adminCap), tx.object(this.ids.registry), tx.object(endpoint), tx.pure.u8(status)];
    this.call(tx, 'k8s_gateway', 'set_endpoint_status', args);
  }

  setExpectedPcrs(
    tx: Transaction,
    adminCap: ObjectInput,
    endpoint: ObjectInput,
    pcrs: readonly Uint8Array[],
  ): void {
    const values = pcrs.map((pcr) => tx.pure.vector('u8', [...pcr]));
    this.call(tx, 'k8s_gateway', 'set_expected_pcrs', [tx.object(adminCap), tx.object(endpoint), ...values]);
  }

  registerEnclaveKey(
    tx: Transaction,
    masterCap: ObjectInput,
    publicKey: Uint8Array,
    endpoint: ObjectInput = this.ids.endpoint,
  ): void {
    const key = tx.pure.vector('u8', [...publicKey]);
    this.call(tx, 'k8s_gateway', 'register_enclave_key', [
      tx.object(masterCap),
      tx.object(endpoint),
      key,
      tx.object.clock(),
    ]);
  }

  endpointHeartbeat(tx: Transaction, masterCap: ObjectInput, endpoint: ObjectInput): void {
    const args = [tx.object(masterCap), tx.object(endpoint), tx.object.clock()];
    this.call(tx, 'k8s_gateway', 'endpoint_heartbeat', args);
  }

  createCluster(tx: Transaction, endpoint: ObjectInput, name: string): void {
    this.call(tx, 'k8s_interface', 'create_cluster', [
      tx.object(endpoint),
      tx.pure.string(name),
      tx.object.clock(),
    ]);
  }

  authorizeUser(tx: Transaction, cluster: ObjectInput, user: string, permissions: readonly string[]): void {
    const list = tx.pure.vector('string', [...permissions]);
    this.call(tx, 'k8s_interface', 'authorize_user', [tx.object(cluster), tx.pure.address(user), list]);
  }

  revokeUser(tx: Transaction, cluster: ObjectInput, user: string): void {
    this.call(tx, 'k8s_interface', 'revoke_user', [tx.object(cluster), tx.pure.address(user)]);
  }

  /** 1 active, 2 paused. */
  setClusterStatus(tx: Transaction, cluster: ObjectInput, status: number): void {
    this.call(tx, 'k8s_interface', 'set_cluster_status', [tx.object(cluster), tx.pure.u8(status)]);
  }

  /** Returns a KubectlResponse. */
  kubectlRequest(
    tx: Transaction,
    cluster: ObjectInput,
    permission: ObjectInput,
    command: string,
    args: readonly string[],
  ): void {
    const list = tx.pure.vector('string', [...args]);
    this.call(tx, 'k8s_interface', 'kubectl_request', [
      tx.object(cluster),
      tx.object(permission),
      tx.pure.string(command),
      list,
    ]);
  }

  /** A call of any function of the package. */
  call(
    tx: Transaction,
    module: string,
    name: string,
    args: Parameters<Transaction['moveCall']>[0]['arguments'],
  ): TransactionResult {
    return tx.moveCall({ target: `${this.ids.package}::${module}::${name}`, arguments: args ?? [] });
  }
}

export interface KubectlCommand {
  token: string;
  record: string;
  requestId: string;
  method: string;
  path: string;
  namespace: string;
  resourceType: string;
  payloadDigest: Uint8Array;
}
