import { randomBytes } from 'node:crypto';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { buildContracts } from '../../contracts/build.ts';
import { ContractCalls, type StakeKind } from '../drivers/chain/package.ts';
import { createdOf, mustExecute, type TransactionOutcome } from '../drivers/chain/transactions.ts';
import type { CheckContext } from '../runner/context.ts';
import { fundFromFaucet } from '../target/operator.ts';
import type { ChainIds } from '../target/types.ts';
import { randomLabel, type Actor } from './actors.ts';

export interface StrangeClusterOptions {
  masterUrl?: string;
  pcrs?: readonly Uint8Array[];
  /** Registered as the master's response key, 32 bytes; none unless given. */
  publicKey?: Uint8Array;
}

const MIST = 100_000_000_000n;

type Build = Parameters<typeof mustExecute>[3];

/**
 * A cluster that is none of the target's business, on the same chain: the contracts published once more, with a
 * registry, an endpoint, a master's and a gateway's capability of its own, all of one wallet.
 */
export class StrangeCluster {
  readonly ids: Required<ChainIds>;
  readonly calls: ContractCalls;
  /** Holds every capability of the cluster. */
  readonly owner: Ed25519Keypair;
  readonly #t: CheckContext;
  readonly #slashCap: string;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(t: CheckContext, owner: Ed25519Keypair, ids: Required<ChainIds>, slashCap: string) {
    this.#t = t;
    this.owner = owner;
    this.ids = ids;
    this.calls = new ContractCalls(ids);
    this.#slashCap = slashCap;
  }

  /** Publishes the contracts on the chain of the target, which must be the embedded one. */
  static async start(t: CheckContext, options: StrangeClusterOptions = {}): Promise<StrangeCluster> {
    t.needs('the embedded chain, where anybody may publish', t.world.chain.provider === 'embedded');
    const owner = new Ed25519Keypair();
    const address = owner.toSuiAddress();
    await fundFromFaucet(t.chain.client, t.world.chain.url, address, MIST);
    const send = (what: string, build: Build) => mustExecute(what, t.chain.client, owner, build);

    const compiled = await buildContracts();
    const published = await send('publishing the contracts again', (tx) => {
      const cap = tx.publish({
        modules: compiled.modules.map((bytes) => [...bytes]),
        dependencies: compiled.dependencies,
      });
      tx.transferObjects([cap], address);
    });
    const pool = createdOf(published, '::staking::StakingPool');
    const registry = createdOf(published, '::k8s_gateway::Registry').id;
    const ids: ChainIds = {
      package: pool.type.split('::')[0] ?? '',
      pool: pool.id,
      registry,
      cluster: '',
      endpoint: '',
    };
    const calls = new ContractCalls(ids);
    const adminCap = createdOf(published, '::k8s_gateway::AdminCap').id;
    const url = options.masterUrl ?? 'https://127.0.0.1:1';
    const pcrs = options.pcrs ?? [randomBytes(48), randomBytes(48), randomBytes(48)];
    const registered = await send('registering master and gateway elsewhere', (tx) => {
      calls.registerEndpoint(tx, adminCap, url, pcrs, address);
      calls.registerGateway(tx, adminCap, address);
    });
    ids.endpoint = createdOf(registered, '::k8s_gateway::NautilusEndpoint').id;
    const master_cap = createdOf(registered, '::k8s_gateway::MasterCap').id;
    const gateway_cap = createdOf(registered, '::k8s_gateway::GatewayCap').id;
    const made = await send('making a cluster elsewhere', (tx) => {
      calls.createCluster(tx, ids.endpoint, 'elsewhere');
      if (options.publicKey) calls.registerEnclaveKey(tx, master_cap, options.publicKey);
    });
    ids.cluster = createdOf(made, '::k8s_interface::Cluster').id;
    const slashCap = createdOf(published, '::staking::SlashCap').id;
    return new StrangeCluster(t, owner, { ...ids, master_cap, gateway_cap }, slashCap);
  }

  /** A transaction of the owner, after those before it. */
  run(what: string, build: Build): Promise<Extract<TransactionOutcome, { ok: true }>> {
    const next = this.#queue.then(() => mustExecute(what, this.#t.chain.client, this.owner, build));
    this.#queue = next.catch(() => undefined);
    return next;
  }

  /** Slashes a stake of this cluster. */
  async slash(record: string): Promise<void> {
    await this.run('slashing elsewhere', (tx) => this.calls.slash(tx, this.#slashCap, record, 'conformance'));
  }

  /** A wallet with a stake and a token of this cluster. */
  async actor(kind: StakeKind, mist = kind === 'admin' ? 10_000_000_000n : 2_000_000_000n): Promise<Actor> {
    const signer = await this.#t.actors.wallet(mist + 5_000_000_000n);
    const nodeId = kind === 'node' ? `s-${randomLabel()}` : '';
    const { client } = this.#t.chain;
    const staked = await mustExecute('staking elsewhere', client, signer, (tx) =>
      this.calls.stake(tx, kind, mist, nodeId),
    );
    const record = createdOf(staked, '::staking::StakeRecord').id;
    const sealed = await mustExecute('making a token elsewhere', client, signer, (tx) =>
      this.calls.createToken(tx, kind, record),
    );
    const token = createdOf(sealed, '::k8s_gateway::SealToken').id;
    return { kind, signer, address: signer.toSuiAddress(), record, token, nodeId };
  }
}
