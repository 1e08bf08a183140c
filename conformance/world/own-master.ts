import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { createdOf } from '../drivers/chain/transactions.ts';
import { HarnessError } from '../errors.ts';
import { CheckContext, Session } from '../runner/context.ts';
import { equal, eventually } from '../runner/expectations.ts';
import type { Actor } from './actors.ts';
import { gatewayOf, type PlayedAnswer, type PlayedGateway, type PlayedRequest } from './played-gateway.ts';
import { StrangeCluster } from './strange-cluster.ts';

const SERVING_MS = 20_000;

/** What a master of one's own is started with. */
export interface OwnMasterOptions {
  /** Placeholders of the target's files that get other values. */
  values?: Record<string, string>;
  /** Where the chain says that it is found; nowhere unless told. */
  masterUrl?: string;
  /** The CA (path) whose certificates it asks its clients for, and how the suite, as a gateway with this wallet, gets its own. */
  clients?: { ca: string; certify: (wallet: string) => Promise<{ cert: string; key: string }> };
}

/**
 * A master of the implementation under test with a cluster of its own on the same chain: it may be killed, cut off or
 * have its files damaged while other checks go on with the shared one. `t` is the check's context as seen from there.
 */
export class OwnMaster {
  readonly id: string;
  readonly t: CheckContext;
  readonly gateway: PlayedGateway;
  readonly admin: Actor;
  /** Placeholders for parts that are to be of its cluster. */
  readonly values: Readonly<Record<string, string>>;
  /** Address of its wallet. */
  readonly wallet: string;
  readonly #outer: CheckContext;

  private constructor(
    outer: CheckContext,
    inner: Pick<OwnMaster, 'id' | 't' | 'gateway' | 'admin' | 'values' | 'wallet'>,
  ) {
    this.#outer = outer;
    this.id = inner.id;
    this.t = inner.t;
    this.gateway = inner.gateway;
    this.admin = inner.admin;
    this.values = inner.values;
    this.wallet = inner.wallet;
  }

  /** Publishes a cluster and starts a master for it; both end with the check. */
  static async start(t: CheckContext, options: OwnMasterOptions = {}): Promise<OwnMaster> {
    const { masterUrl, clients } = options;
    const values = { ...options.values, ...(clients && { 'clients.ca': clients.ca }) };
    t.needs('a master that the suite can start', t.world.master?.startable === true);
    for (const name of ['chain.package', 'wallet.master.secret_key', ...Object.keys(values)]) {
      t.needs(`a master whose files use {{${name}}}`, t.world.master.placeholders.includes(name));
    }
    const pcrs = t.world.attestation.pcrs.map((pcr) => Buffer.from(pcr, 'hex'));
    const cluster = await StrangeCluster.start(t, { pcrs, ...(masterUrl && { masterUrl }) });
    const signer = await t.actors.wallet(50_000_000_000n);
    const cap = await gatewayCap(t, cluster, signer.toSuiAddress());
    const client = await clients?.certify(signer.toSuiAddress());
    const ids = Object.fromEntries(
      Object.entries(cluster.ids).map(([name, id]) => [`chain.${name}`, id] as const),
    );
    const started = await t.control.startMaster({
      values: {
        ...ids,
        'wallet.master.secret_key': cluster.owner.getSecretKey(),
        'wallet.master.address': cluster.owner.toSuiAddress(),
        ...values,
      },
      ...(client && { client }),
    });
    t.defer(() => t.control.kill({ part: started.id }));
    const { gateway: _, ...world } = t.world;
    const { id, attestationRoot, ...server } = started;
    const session = new Session({
      ...world,
      chain: { ...world.chain, ids: cluster.ids },
      master: { ...t.world.master, ...server, ...(client && { client }) },
      suiteGateway: { secretKey: signer.getSecretKey(), cap },
    });
    t.defer(() => session[Symbol.asyncDispose]());
    const inner = new CheckContext(session, t.seed, t.signal);
    t.defer(async () => {
      t.exchanges.push(...inner.exchanges);
      await inner[Symbol.asyncDispose]();
    });
    const identity = { signer: Ed25519Keypair.fromSecretKey(signer.getSecretKey()), cap };
    const admin = await inner.actors.shared('admin');
    const own = new OwnMaster(t, {
      id,
      t: inner,
      gateway: gatewayOf(inner, identity),
      admin,
      wallet: cluster.owner.toSuiAddress(),
      values: { ...ids, ...(attestationRoot && { 'attestation.root': attestationRoot }) },
    });
    await own.serving();
    return own;
  }

  /** Runs a request that changes something, in contract mode. */
  run(request: PlayedRequest): Promise<PlayedAnswer> {
    return this.gateway.run(this.admin, request);
  }

  /** Stores a Secret or ConfigMap and gives it as it was answered; fails unless it is 201. */
  async created(target: string, body: object): Promise<unknown> {
    const answer = await this.run({ method: 'POST', target, body });
    equal(`the status of a POST to ${target}`, answer.status, 201);
    return answer.json;
  }

  /** Waits until it answers reads. */
  async serving(): Promise<void> {
    await eventually(
      'an answer of the master',
      async () => {
        const answer = await this.t.master.asReader('GET', '/api/v1/namespaces').catch(() => undefined);
        return answer?.status === 200 ? true : undefined;
      },
      { withinMs: SERVING_MS, intervalMs: 60, signal: this.t.signal },
    );
  }

  /** Starts it again; `serving` only when told to wait. */
  async start(options: { values?: Record<string, string>; wait?: boolean } = {}): Promise<void> {
    const { values, wait = true } = options;
    await this.#outer.control.start({ part: this.id, await: 'spawn', ...(values && { values }) });
    if (wait) await this.serving();
  }

  stop() {
    return this.#outer.control.stop({ part: this.id });
  }

  async kill(): Promise<void> {
    await this.#outer.control.kill({ part: this.id });
  }

  async logs(): Promise<string> {
    return (await this.#outer.control.logs({ part: this.id })).text;
  }

  /** Files in which it keeps data; the check is untestable when the target file names none. */
  async files(): Promise<string[]> {
    const { files } = await this.#outer.control.storage({ part: this.id });
    this.#outer.needs('master.storage in the target file', files.length > 0);
    return files;
  }

  /** Starts it on files that it may refuse: how it stands once it serves or has ended. */
  async startOnDamage(values: Record<string, string> = {}): Promise<'serves' | { code: number | null }> {
    await this.start({ wait: false, values });
    return eventually(
      'either service or an end of the master',
      async () => {
        const state = await this.#outer.control.state({ part: this.id });
        if (!state.running) return { code: state.exit?.code ?? null };
        const answer = await this.t.master.asReader('GET', '/api/v1/namespaces').catch(() => undefined);
        return answer?.status === 200 ? ('serves' as const) : undefined;
      },
      { withinMs: SERVING_MS, intervalMs: 60, signal: this.t.signal },
    );
  }
}

/** One more gateway of a cluster, in a wallet of its own: the id of its GatewayCap. */
async function gatewayCap(t: CheckContext, cluster: StrangeCluster, address: string): Promise<string> {
  const owned = await t.chain.client.core.listOwnedObjects({
    owner: cluster.owner.toSuiAddress(),
    type: `${cluster.ids.package}::k8s_gateway::AdminCap`,
    limit: 1,
  });
  const admin = owned.objects[0]?.objectId;
  if (admin === undefined) throw new HarnessError('the owner of a cluster holds no AdminCap');
  const made = await cluster.run('registering a gateway elsewhere', (tx) =>
    cluster.calls.registerGateway(tx, admin, address),
  );
  return createdOf(made, '::k8s_gateway::GatewayCap').id;
}
