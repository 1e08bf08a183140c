import { chainClient } from '../target/bootstrap.ts';
import type { ClusterInfo } from '../target/cluster-info.ts';
import type { WorldInfo } from '../target/world-info.ts';
import type { Control } from '../target/control-methods.ts';
import { controlClient } from '../drivers/control-client.ts';
import { ContractCalls } from '../drivers/chain/package.ts';
import { HttpDriver, type Exchange } from '../drivers/http.ts';
import { ClusterConnection, type ClusterTls } from '../drivers/cluster-connection.ts';
import { Actors, randomLabel, type Actor } from '../world/actors.ts';
import type { Kubectl } from '../drivers/kubectl.ts';
import { kubectlFor, type KubectlOptions } from '../world/kubectl-for.ts';
import { ChainApi } from '../world/chain-api.ts';
import { ClusterClient } from '../world/cluster-client.ts';
import { GatewayApi } from '../world/gateway-api.ts';
import { MasterApi, type GatewayIdentity } from '../world/master-api.ts';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Untestable } from './outcome.ts';

/** What is opened once per process and shared by its checks. */
export class Session implements AsyncDisposable {
  /** Seed of the run. */
  readonly seed: number;
  /** The cluster under test, where the target is one; there is no chain and none of our parts then. */
  readonly cluster: ClusterInfo | undefined;
  readonly gateway: HttpDriver | undefined;
  readonly master: HttpDriver | undefined;
  readonly identity: GatewayIdentity | undefined;
  readonly #parts: Parts | undefined;
  #connection: Promise<ClusterConnection> | undefined;
  readonly #shared = new Map<string, Promise<unknown>>();
  readonly #contexts: CheckContext[] = [];

  constructor(world: WorldInfo | ClusterInfo) {
    this.seed = world.seed;
    if ('source' in world) {
      this.cluster = world;
      return;
    }
    const control = controlClient(world.control);
    const client = chainClient(world.chain.url);
    const calls = new ContractCalls(world.chain.ids);
    this.#parts = {
      world,
      control,
      chain: new ChainApi(client, calls, control),
      actors: new Actors({ client, calls, control, audience: world.chain.ids.cluster }),
    };
    this.gateway = world.gateway && new HttpDriver({ baseUrl: world.gateway.url, ca: world.gateway.ca });
    this.master =
      world.master &&
      new HttpDriver({
        baseUrl: world.master.url,
        ca: world.master.ca,
        ...(world.master.client && { client: world.master.client }),
      });
    this.identity = world.suiteGateway && {
      signer: Ed25519Keypair.fromSecretKey(world.suiteGateway.secretKey),
      cap: world.suiteGateway.cap,
    };
  }

  /** What only a target of our own parts has; a check that asks for it on a cluster is untestable. */
  get parts(): Parts {
    if (this.#parts) return this.#parts;
    throw new Untestable(
      'the target is a cluster: it has no chain, gateway, master or worker of this protocol',
    );
  }

  get world(): WorldInfo {
    return this.parts.world;
  }

  get control(): Control {
    return this.parts.control;
  }

  get chain(): ChainApi {
    return this.parts.chain;
  }

  get actors(): Actors {
    return this.parts.actors;
  }

  /** The way to the cluster under test; untestable where the target is none. */
  connection(): Promise<ClusterConnection> {
    if (!this.cluster) throw new Untestable('the target is no cluster');
    return (this.#connection ??= ClusterConnection.open(this.cluster.source));
  }

  /**
   * What `make` made when it was first asked for under this key. It has a context of its own, which ends with the session.
   * A failure is kept as well, for dear scenes, unless `again`: then whoever asks next tries anew.
   */
  shared<T>(key: string, make: (t: CheckContext) => Promise<T>, { again = false } = {}): Promise<T> {
    const known = this.#shared.get(key);
    if (known) return known as Promise<T>;
    const context = new CheckContext(this, this.seed, new AbortController().signal);
    this.#contexts.push(context);
    const made = make(context);
    this.#shared.set(key, made);
    made.catch(() => again && this.#shared.delete(key));
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#shared.values());
    for (const context of this.#contexts) await context[Symbol.asyncDispose]();
    await this.gateway?.[Symbol.asyncDispose]();
    await this.master?.[Symbol.asyncDispose]();
    await (await this.#connection?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }
}

/** A target of our own parts, and what is done with them. */
interface Parts {
  world: WorldInfo;
  control: Control;
  chain: ChainApi;
  actors: Actors;
}

/** What one check is given: the target by its network and its chain, and a record of all that it sends. */
export class CheckContext implements AsyncDisposable {
  /** What is shared by the checks of this process. */
  readonly session: Session;
  /** Seed of this check in this run; random parts must start from it. */
  readonly seed: number;
  /** Number of this repetition, from 0. */
  readonly attempt: number;
  /** Aborts when the check's time is over. */
  readonly signal: AbortSignal;
  readonly exchanges: Exchange[] = [];
  /** Fault plans that it put into force, for replaying. */
  readonly faultPlans: object[] = [];
  readonly #cleanup = new AsyncDisposableStack();

  constructor(session: Session, seed: number, signal: AbortSignal, attempt = 0) {
    this.session = session;
    this.attempt = attempt;
    this.seed = seed;
    this.signal = signal;
  }

  get world(): WorldInfo {
    return this.session.world;
  }

  get control(): Control {
    return this.session.control;
  }

  get chain(): ChainApi {
    return this.session.chain;
  }

  get actors(): Actors {
    return this.session.actors;
  }

  /** The cluster under test, where the target is one. */
  get cluster(): ClusterInfo | undefined {
    return this.session.cluster;
  }

  /** The user of the kubeconfig at the cluster under test. */
  async clusterClient(): Promise<ClusterClient> {
    return new ClusterClient(await this.session.connection(), this.#record);
  }

  /** The gateway under test; the check is untestable without one. */
  get gateway(): GatewayApi {
    const { gateway } = this.session;
    if (!gateway) throw new Untestable('the target file names no gateway');
    return new GatewayApi(gateway.recording(this.#record), this.actors);
  }

  /** The master under test; the check is untestable without one. */
  get master(): MasterApi {
    const { master, identity, world } = this.session;
    if (!master) throw new Untestable('the target file names no master');
    return new MasterApi(master.recording(this.#record), this.actors, world.chain.ids.cluster, identity);
  }

  /** A driver for another server that the target names, recorded too. */
  http(baseUrl: string, ca?: string, tls: Omit<ClusterTls, 'ca'> = {}): HttpDriver {
    return this.#cleanup.use(new HttpDriver({ baseUrl, ca, ...tls, record: this.#record }));
  }

  /** A stock kubectl that acts for `actor`; the check must say `requires: ['kubectl']`. */
  async kubectl(actor: Actor, options: KubectlOptions = {}): Promise<Kubectl> {
    this.needs('a gateway', this.world.gateway !== undefined);
    const { kubectl, dispose } = await kubectlFor(this.world, actor, options);
    this.#cleanup.defer(dispose);
    return kubectl;
  }

  /**
   * What checks of this process have in common: made by the first that asks, in a context that outlives the check. For
   * what is dear to set up, and for scenes that are played once and observed by many. A failure is everybody's, unless
   * `again`: then whoever asks next tries anew.
   */
  shared<T>(
    key: string,
    make: (t: CheckContext) => Promise<T>,
    options: { again?: boolean } = {},
  ): Promise<T> {
    return this.session.shared(key, make, options);
  }

  /** Fails as untestable unless the condition holds. */
  needs(what: string, condition: boolean): asserts condition {
    if (!condition) throw new Untestable(`it needs ${what}`);
  }

  /** Needs the operator's capability, to slash or to register. */
  async needsCap(kind: 'admin' | 'slash'): Promise<void> {
    const caps = await this.control.caps({});
    this.needs(`an operator wallet that holds the ${kind === 'admin' ? 'AdminCap' : 'SlashCap'}`, caps[kind]);
  }

  /** A fresh name for an object of the check. */
  name(prefix: string): string {
    return `${prefix}-${randomLabel()}`;
  }

  /** Runs when the check ends, however it ends. */
  defer(cleanup: () => Promise<void> | void): void {
    this.#cleanup.defer(cleanup);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cleanup.disposeAsync();
  }

  readonly #record = (exchange: Exchange): void => {
    this.exchanges.push(exchange);
  };
}
