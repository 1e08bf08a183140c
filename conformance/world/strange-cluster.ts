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
  readonly #adminCap: string;
  /** One for all branches: tokens are given out one master after the other. */
  readonly #shared: Turns;
  /** The owner's transactions, which would fight for its coins. */
  readonly #own: Turns;

  private constructor(
    t: CheckContext,
    owner: Ed25519Keypair,
    ids: Required<ChainIds>,
    caps: { slash: string; admin: string },
    from?: StrangeCluster,
  ) {
    this.#t = t;
    this.owner = owner;
    this.ids = ids;
    this.calls = new ContractCalls(ids);
    this.#slashCap = caps.slash;
    this.#adminCap = caps.admin;
    this.#shared = from ? from.#shared : new Turns();
    this.#own = from ? from.#own : new Turns();
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
    const caps = { slash: createdOf(published, '::staking::SlashCap').id, admin: adminCap };
    return new StrangeCluster(t, owner, { ...ids, master_cap, gateway_cap }, caps);
  }

  /** A transaction of the owner, after those before it. */
  run(what: string, build: Build): Promise<Extract<TransactionOutcome, { ok: true }>> {
    return this.#own.alone(() => mustExecute(what, this.#t.chain.client, this.owner, build));
  }

  /** Slashes a stake of this cluster. */
  async slash(record: string): Promise<void> {
    await this.run('slashing elsewhere', (tx) => this.calls.slash(tx, this.#slashCap, record, 'conformance'));
  }

  /** A wallet with a stake and a token of this cluster. */
  async actor(kind: StakeKind, mist = kind === 'admin' ? 10_000_000_000n : 2_000_000_000n): Promise<Actor> {
    return this.#sealed(await this.#staked(kind, mist));
  }

  /**
   * One more master of the same cluster, and a node's stake with a token that is assigned to it. Cheaper than another
   * cluster: nothing is published.
   */
  async branch(options: Required<StrangeClusterOptions>): Promise<{ cluster: StrangeCluster; node: Actor }> {
    const staked = await this.#staked('node', 2_000_000_000n);
    // A token goes to the endpoint that was registered last: no other may come between.
    const made = await this.#shared.alone(async () => {
      const { masterUrl, pcrs } = options;
      const registered = await this.run('registering another master elsewhere', (tx) =>
        this.calls.registerEndpoint(tx, this.#adminCap, masterUrl, pcrs, this.owner.toSuiAddress()),
      );
      return { registered, node: await this.#sealed(staked) };
    });
    const endpoint = createdOf(made.registered, '::k8s_gateway::NautilusEndpoint').id;
    const master_cap = createdOf(made.registered, '::k8s_gateway::MasterCap').id;
    const caps = { slash: this.#slashCap, admin: this.#adminCap };
    const cluster = new StrangeCluster(
      this.#t,
      this.owner,
      { ...this.ids, endpoint, master_cap },
      caps,
      this,
    );
    await cluster.run('registering its key', (tx) =>
      cluster.calls.registerEnclaveKey(tx, master_cap, options.publicKey),
    );
    return { cluster, node: made.node };
  }

  /** 1 active, 2 maintenance, 3 offline. */
  async setStatus(status: number): Promise<void> {
    await this.run('changing the status of a master elsewhere', (tx) =>
      this.calls.setEndpointStatus(tx, this.#adminCap, this.ids.endpoint, status),
    );
  }

  async #staked(kind: StakeKind, mist: bigint): Promise<Omit<Actor, 'token'>> {
    const signer = await this.#t.actors.wallet(mist + 5_000_000_000n);
    const nodeId = kind === 'node' ? `s-${randomLabel()}` : '';
    const staked = await mustExecute('staking elsewhere', this.#t.chain.client, signer, (tx) =>
      this.calls.stake(tx, kind, mist, nodeId),
    );
    const record = createdOf(staked, '::staking::StakeRecord').id;
    return { kind, signer, address: signer.toSuiAddress(), record, nodeId };
  }

  async #sealed(staked: Omit<Actor, 'token'>): Promise<Actor> {
    const { client } = this.#t.chain;
    const sealed = await mustExecute('making a token elsewhere', client, staked.signer, (tx) =>
      this.calls.createToken(tx, staked.kind, staked.record),
    );
    return { ...staked, token: createdOf(sealed, '::k8s_gateway::SealToken').id };
  }
}

/** Runs what it is given one after the other. */
class Turns {
  #last: Promise<unknown> = Promise.resolve();

  alone<T>(run: () => Promise<T>): Promise<T> {
    const next = this.#last.then(run);
    this.#last = next.catch(() => undefined);
    return next;
  }
}
