import { chainClient } from '../target/bootstrap.ts';
import type { WorldInfo } from '../target/world-info.ts';
import type { Control } from '../target/control-methods.ts';
import { controlClient } from '../drivers/control-client.ts';
import { ContractCalls } from '../drivers/chain/package.ts';
import { HttpDriver, type Exchange } from '../drivers/http.ts';
import { Actors, randomLabel, type Actor } from '../world/actors.ts';
import type { Kubectl } from '../drivers/kubectl.ts';
import { kubectlFor, type KubectlOptions } from '../world/kubectl-for.ts';
import { ChainApi } from '../world/chain-api.ts';
import { GatewayApi } from '../world/gateway-api.ts';
import { MasterApi, type GatewayIdentity } from '../world/master-api.ts';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Untestable } from './outcome.ts';

/** What is opened once per process and shared by its checks. */
export class Session implements AsyncDisposable {
  readonly world: WorldInfo;
  readonly control: Control;
  readonly chain: ChainApi;
  readonly actors: Actors;
  readonly gateway: HttpDriver | undefined;
  readonly master: HttpDriver | undefined;
  readonly identity: GatewayIdentity | undefined;
  readonly #shared = new Map<string, Promise<unknown>>();
  readonly #contexts: CheckContext[] = [];

  constructor(world: WorldInfo) {
    this.world = world;
    this.control = controlClient(world.control);
    const client = chainClient(world.chain.url);
    const calls = new ContractCalls(world.chain.ids);
    this.chain = new ChainApi(client, calls, this.control);
    this.actors = new Actors({ client, calls, control: this.control, audience: world.chain.ids.cluster });
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

  /** What `make` made when it was first asked for under this key. It has a context of its own, which ends with the session. */
  shared<T>(key: string, make: (t: CheckContext) => Promise<T>): Promise<T> {
    const known = this.#shared.get(key);
    if (known) return known as Promise<T>;
    const context = new CheckContext(this, this.world.seed, new AbortController().signal);
    this.#contexts.push(context);
    const made = make(context);
    this.#shared.set(key, made);
    made.catch(() => undefined);
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#shared.values());
    for (const context of this.#contexts) await context[Symbol.asyncDispose]();
    await this.gateway?.[Symbol.asyncDispose]();
    await this.master?.[Symbol.asyncDispose]();
  }
}

/** What one check is given: the target by its network and its chain, and a record of all that it sends. */
export class CheckContext implements AsyncDisposable {
  readonly world: WorldInfo;
  readonly control: Control;
  readonly chain: ChainApi;
  readonly actors: Actors;
  /** Seed of this check in this run; random parts must start from it. */
  readonly seed: number;
  /** Number of this repetition, from 0. */
  readonly attempt: number;
  /** Aborts when the check's time is over. */
  readonly signal: AbortSignal;
  readonly exchanges: Exchange[] = [];
  /** Fault plans that it put into force, for replaying. */
  readonly faultPlans: object[] = [];
  readonly #session: Session;
  readonly #cleanup = new AsyncDisposableStack();

  constructor(session: Session, seed: number, signal: AbortSignal, attempt = 0) {
    this.#session = session;
    this.attempt = attempt;
    this.world = session.world;
    this.control = session.control;
    this.chain = session.chain;
    this.actors = session.actors;
    this.seed = seed;
    this.signal = signal;
  }

  /** The gateway under test; the check is untestable without one. */
  get gateway(): GatewayApi {
    if (!this.#session.gateway) throw new Untestable('the target file names no gateway');
    return new GatewayApi(this.#session.gateway.recording(this.#record), this.actors);
  }

  /** The master under test; the check is untestable without one. */
  get master(): MasterApi {
    const { master, identity, world } = this.#session;
    if (!master) throw new Untestable('the target file names no master');
    return new MasterApi(master.recording(this.#record), this.actors, world.chain.ids.cluster, identity);
  }

  /** A driver for another server that the target names, recorded too. */
  http(baseUrl: string, ca?: string): HttpDriver {
    return this.#cleanup.use(new HttpDriver({ baseUrl, ca, record: this.#record }));
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
   * what is dear to set up, and for scenes that are played once and observed by many.
   */
  shared<T>(key: string, make: (t: CheckContext) => Promise<T>): Promise<T> {
    return this.#session.shared(key, make);
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
