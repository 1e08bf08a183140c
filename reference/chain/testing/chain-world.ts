import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import type { TransactionResult } from '@mysten/sui/transactions';
import { SUI_CLOCK_OBJECT_ID } from '@mysten/sui/utils';
import { buildContracts } from '../../../contracts/build.ts';
import { target } from '../../../contracts/bindings/index.ts';
import { startLocalnet } from '../../localnet/localnet.ts';
import type { Localnet } from '../../localnet/localnet.ts';
import { ChainClient, Commands, TransactionSubmitter } from '../index.ts';
import type { ChainIds, StakeType } from '../index.ts';

export const SUI = 1_000_000_000n;

/** PCR0 to PCR2 that the endpoint expects. */
export const PCRS = [1, 2, 3].map((byte) => new Uint8Array(48).fill(byte));

/** A wallet with a stake and its seal token. */
export interface Holder {
  keypair: Ed25519Keypair;
  address: string;
  commands: Commands;
  stakeRecord: string;
  token: string;
}

/** A localnet with the contracts on it, one gateway, one endpoint and one cluster. */
export class ChainWorld implements AsyncDisposable {
  readonly localnet: Localnet;
  readonly client: SuiGrpcClient;
  readonly admin = new Ed25519Keypair();
  readonly gateway = new Ed25519Keypair();
  readonly master = new Ed25519Keypair();
  ids: ChainIds = { package: '', pool: '', registry: '', cluster: '', endpoint: '' };
  caps = { admin: '', slash: '', gateway: '', master: '' };

  private constructor(localnet: Localnet) {
    this.localnet = localnet;
    this.client = new SuiGrpcClient({ network: 'localnet', transport: localnet.transport });
  }

  static async start(): Promise<ChainWorld> {
    const world = new ChainWorld(await startLocalnet());
    await world.#bootstrap();
    return world;
  }

  get reader(): ChainClient {
    return new ChainClient(this.client, this.ids);
  }

  commands(signer: Ed25519Keypair): Commands {
    const submitter = new TransactionSubmitter({ client: this.client, signer, package: this.ids.package });
    return new Commands(submitter, this.ids);
  }

  fund(keypair: Ed25519Keypair, mist = 100n * SUI): void {
    this.localnet.fund(keypair.toSuiAddress(), mist);
  }

  /** A fresh wallet with a stake of this type, and its token. */
  async holder(type: StakeType, nodeId = `node-${Math.random().toString(36).slice(2, 8)}`): Promise<Holder> {
    const keypair = new Ed25519Keypair();
    this.fund(keypair);
    const commands = this.commands(keypair);
    const amount = { user: SUI, node: 2n * SUI, admin: 10n * SUI }[type];
    const { stakeRecord } =
      type === 'node'
        ? await commands.stakeForNode({ amount, nodeId })
        : await (type === 'user' ? commands.stakeForUser({ amount }) : commands.stakeForAdmin({ amount }));
    const { token } = await commands.createSealToken({ type, stakeRecord });
    return { keypair, address: keypair.toSuiAddress(), commands, stakeRecord, token };
  }

  slash(stakeRecord: string): Promise<Created[]> {
    return this.#run(this.admin, (tx) =>
      this.#call(tx, 'staking', 'slash_stake', [
        tx.object(this.caps.slash),
        tx.object(this.ids.pool),
        tx.object(stakeRecord),
        tx.pure.string('test'),
      ]),
    );
  }

  setEndpointStatus(status: number): Promise<Created[]> {
    return this.#run(this.admin, (tx) =>
      this.#call(tx, 'k8s_gateway', 'set_endpoint_status', [
        tx.object(this.caps.admin),
        tx.object(this.ids.registry),
        tx.object(this.ids.endpoint),
        tx.pure.u8(status),
      ]),
    );
  }

  retireGateway(cap: string): Promise<Created[]> {
    return this.#run(this.admin, (tx) =>
      this.#call(tx, 'k8s_gateway', 'retire_gateway', [
        tx.object(this.caps.admin),
        tx.object(this.ids.registry),
        tx.pure.address(cap),
      ]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.localnet[Symbol.asyncDispose]();
  }

  async #bootstrap(): Promise<void> {
    for (const keypair of [this.admin, this.gateway, this.master]) this.fund(keypair);
    const { modules, dependencies } = await buildContracts();
    const published = await this.#run(this.admin, (tx) => {
      const upgrade = tx.publish({ modules: modules.map((module) => [...module]), dependencies });
      tx.transferObjects([upgrade], this.admin.toSuiAddress());
    });
    const packageId = published.find(({ type }) => type === 'package')?.id ?? '';
    this.ids = {
      ...this.ids,
      package: packageId,
      pool: find(published, 'StakingPool'),
      registry: find(published, 'Registry'),
    };
    this.caps = { ...this.caps, admin: find(published, 'AdminCap'), slash: find(published, 'SlashCap') };
    const made = await this.#run(this.admin, (tx) => {
      this.#call(tx, 'k8s_gateway', 'register_gateway', [
        tx.object(this.caps.admin),
        tx.object(this.ids.registry),
        tx.pure.address(this.gateway.toSuiAddress()),
      ]);
      this.#call(tx, 'k8s_gateway', 'register_endpoint', [
        tx.object(this.caps.admin),
        tx.object(this.ids.registry),
        tx.pure.string('https://127.0.0.1:1'),
        ...PCRS.map((pcr) => tx.pure.vector('u8', pcr)),
        tx.pure.address(this.master.toSuiAddress()),
      ]);
    });
    this.ids.endpoint = find(made, 'NautilusEndpoint');
    this.caps.gateway = find(made, 'GatewayCap');
    this.caps.master = find(made, 'MasterCap');
    const cluster = await this.#run(this.admin, (tx) =>
      this.#call(tx, 'k8s_interface', 'create_cluster', [
        tx.object(this.ids.endpoint),
        tx.pure.string('test'),
        tx.object(SUI_CLOCK_OBJECT_ID),
      ]),
    );
    this.ids.cluster = find(cluster, 'Cluster');
  }

  #call(
    tx: Transaction,
    module: Parameters<typeof target>[1],
    name: string,
    args: Parameters<Transaction['moveCall']>[0]['arguments'],
  ): TransactionResult {
    return tx.moveCall({ target: `${this.ids.package}::${module}::${name}`, arguments: args ?? [] });
  }

  async #run(signer: Ed25519Keypair, build: (tx: Transaction) => void): Promise<Created[]> {
    const tx = new Transaction();
    build(tx);
    const result = await this.client.signAndExecuteTransaction({
      transaction: tx,
      signer,
      include: { effects: true, objectTypes: true },
    });
    if (result.$kind !== 'Transaction') {
      throw new Error(`set-up failed: ${result.FailedTransaction.status.error?.message ?? 'no reason'}`);
    }
    const { effects, objectTypes } = result.Transaction;
    return effects.changedObjects
      .filter(({ idOperation }) => idOperation === 'Created')
      .map(({ objectId, outputState }) => ({
        id: objectId,
        type: outputState === 'PackageWrite' ? 'package' : (objectTypes[objectId] ?? ''),
      }));
  }
}

export interface Created {
  id: string;
  type: string;
}

function find(created: readonly Created[], name: string): string {
  const object = created.find(({ type }) => type.endsWith(`::${name}`));
  if (object === undefined) throw new Error(`no ${name} among ${created.map(({ type }) => type).join(', ')}`);
  return object.id;
}
