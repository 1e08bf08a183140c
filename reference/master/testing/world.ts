import { SuiGrpcClient } from '@mysten/sui/grpc';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Transaction } from '@mysten/sui/transactions';
import { buildContracts } from '../../../contracts/build.ts';
import type { ChainIds } from '../../chain/index.ts';
import type { Localnet } from '../../localnet/localnet.ts';
import { startLocalnet } from '../../localnet/localnet.ts';

const SUI = 1_000_000_000n;

/** Measurements that the chain expects and a simulated enclave is given. */
export const PCRS: readonly [string, string, string] = ['1a'.repeat(48), '2b'.repeat(48), '3c'.repeat(48)];

/** A localnet with the contracts, a gateway, a master's endpoint and a cluster on it. */
export class World implements AsyncDisposable {
  readonly localnet: Localnet;
  readonly url: string;
  readonly client: SuiGrpcClient;
  readonly operator = new Ed25519Keypair();
  readonly gateway = new Ed25519Keypair();
  readonly master = new Ed25519Keypair();
  ids: ChainIds = { package: '', pool: '', registry: '', cluster: '', endpoint: '' };
  caps = { admin: '', slash: '', gateway: '', master: '' };

  private constructor(localnet: Localnet, url: string) {
    this.localnet = localnet;
    this.url = url;
    this.client = new SuiGrpcClient({ network: 'localnet', baseUrl: url });
  }

  /** `masterUrl` is what the endpoint on chain says. */
  static async start(masterUrl: string): Promise<World> {
    const localnet = await startLocalnet();
    const world = new World(localnet, await localnet.listen());
    for (const pair of [world.operator, world.gateway, world.master]) world.fund(pair, 1_000n);
    await world.#publish();
    await world.#register(masterUrl);
    return world;
  }

  fund(pair: Ed25519Keypair, sui: bigint): void {
    this.localnet.fund(pair.toSuiAddress(), sui * SUI);
  }

  /** Runs a transaction; answers the created objects by the end of their type. */
  async run(signer: Ed25519Keypair, build: (tx: Transaction) => void): Promise<Map<string, string>> {
    const tx = new Transaction();
    tx.setSender(signer.toSuiAddress());
    build(tx);
    const result = await this.client.signAndExecuteTransaction({
      transaction: tx,
      signer,
      include: { effects: true, objectTypes: true },
    });
    if (result.$kind === 'FailedTransaction') {
      throw new Error(JSON.stringify(result.FailedTransaction.status.error));
    }
    const { effects, objectTypes } = result.Transaction;
    return new Map(
      effects.changedObjects
        .filter(({ idOperation }) => idOperation === 'Created')
        .map(({ objectId }) => [objectTypes[objectId]?.split('::').slice(1).join('::') ?? '', objectId]),
    );
  }

  /** Slashes a stake record. */
  async slash(record: string): Promise<void> {
    await this.run(this.operator, (tx) => {
      tx.moveCall({
        target: `${this.ids.package}::staking::slash_stake`,
        arguments: [
          tx.object(this.caps.slash),
          tx.object(this.ids.pool),
          tx.object(record),
          tx.pure.string('test'),
        ],
      });
    });
  }

  async #publish(): Promise<void> {
    const { modules, dependencies } = await buildContracts();
    const address = this.operator.toSuiAddress();
    const tx = new Transaction();
    tx.setSender(address);
    tx.transferObjects([tx.publish({ modules: modules.map((bytes) => [...bytes]), dependencies })], address);
    const result = await this.client.signAndExecuteTransaction({
      transaction: tx,
      signer: this.operator,
      include: { effects: true, objectTypes: true },
    });
    if (result.$kind === 'FailedTransaction') throw new Error('publishing failed');
    const types = Object.entries(result.Transaction.objectTypes);
    const find = (suffix: string): [string, string] => {
      const found = types.find(([, type]) => type?.endsWith(suffix));
      if (found === undefined) throw new Error(`publishing made no ${suffix}`);
      return [found[0], String(found[1])];
    };
    const [pool, type] = find('::staking::StakingPool');
    this.ids = {
      ...this.ids,
      pool,
      package: type.split('::')[0]!,
      registry: find('::k8s_gateway::Registry')[0],
    };
    this.caps.admin = find('::k8s_gateway::AdminCap')[0];
    this.caps.slash = find('::staking::SlashCap')[0];
  }

  async #register(masterUrl: string): Promise<void> {
    const gateway = `${this.ids.package}::k8s_gateway`;
    const made = await this.run(this.operator, (tx) => {
      const pcrs = PCRS.map((hex) => tx.pure.vector('u8', Buffer.from(hex, 'hex')));
      tx.moveCall({
        target: `${gateway}::register_endpoint`,
        arguments: [
          tx.object(this.caps.admin),
          tx.object(this.ids.registry),
          tx.pure.string(masterUrl),
          ...pcrs,
          tx.pure.address(this.master.toSuiAddress()),
        ],
      });
      tx.moveCall({
        target: `${gateway}::register_gateway`,
        arguments: [
          tx.object(this.caps.admin),
          tx.object(this.ids.registry),
          tx.pure.address(this.gateway.toSuiAddress()),
        ],
      });
    });
    this.ids.endpoint = made.get('k8s_gateway::NautilusEndpoint') ?? '';
    this.caps.master = made.get('k8s_gateway::MasterCap') ?? '';
    this.caps.gateway = made.get('k8s_gateway::GatewayCap') ?? '';
    const cluster = await this.run(this.operator, (tx) => {
      tx.moveCall({
        target: `${this.ids.package}::k8s_interface::create_cluster`,
        arguments: [tx.object(this.ids.endpoint), tx.pure.string('test'), tx.object.clock()],
      });
    });
    this.ids.cluster = cluster.get('k8s_interface::Cluster') ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.localnet[Symbol.asyncDispose]();
  }
}
