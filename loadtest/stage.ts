import { decodeSuiPrivateKey } from '@mysten/sui/cryptography';
import { HarnessError } from '../conformance/errors.ts';
import { Session } from '../conformance/runner/context.ts';
import { loadCatalogue, type Catalogue, type Figure } from '../conformance/requirements/catalogue.ts';
import type { LoadedTarget } from '../conformance/target/load.ts';
import { World } from '../conformance/target/world.ts';
import { Sampler } from './engine/sampler.ts';
import type { LoadRequest, LoadWallet, Traffic, TrafficPlan } from './engine/traffic.ts';

export interface StageOptions {
  target: LoadedTarget;
  seed: number;
  env: Record<string, string>;
  signal: AbortSignal;
  step: (text: string) => void;
}

/** The target up and running, and what every load needs of it. */
export class Stage implements AsyncDisposable {
  readonly world: World;
  readonly session: Session;
  readonly signal: AbortSignal;
  readonly step: (text: string) => void;

  readonly #figures: ReadonlyMap<string, Figure>;

  private constructor(world: World, catalogue: Catalogue, { signal, step }: StageOptions) {
    const figures = catalogue.requirements.flatMap(({ figure }) => figure ?? []);
    this.#figures = new Map(figures.map((figure) => [figure.metric, figure]));
    this.world = world;
    this.session = new Session(world.info);
    this.signal = signal;
    this.step = step;
  }

  static async start(options: StageOptions): Promise<Stage> {
    const { target, seed, env, signal, step } = options;
    const catalogue = await loadCatalogue();
    const world = await World.start({ target, seed, strict: false, progress: step, env, signal });
    return new Stage(world, catalogue, options);
  }

  /** What the catalogue wants of a metric. */
  figure(metric: string): Figure {
    const figure = this.#figures.get(metric);
    if (!figure) throw new HarnessError(`no requirement has a figure ${metric}`);
    return figure;
  }

  /** Process ids of the servers that the suite started, by part; `chain` is the embedded one. */
  get pids(): Map<string, number> {
    const pids = new Map<string, number>();
    for (const [name, { part }] of this.world.servers) {
      // A container's client is not the server.
      if (part.process?.running && !part.context.config.start?.container) pids.set(name, part.process.pid);
    }
    if (this.world.localnet) pids.set('chain', this.world.localnet.pid);
    return pids;
  }

  sampler(): Promise<Sampler> {
    return Sampler.start(this.pids);
  }

  /** The suite's own gateway identity, which may read at the master. */
  get reader(): LoadWallet {
    const own = this.world.info.suiteGateway;
    if (!own) throw new HarnessError('the suite has no gateway identity on this chain');
    const seed = decodeSuiPrivateKey(own.secretKey).secretKey;
    return {
      seed: Buffer.from(seed).toString('hex'),
      token: own.cap,
      address: this.session.identity!.signer.toSuiAddress(),
      audience: this.world.info.chain.ids.cluster,
    };
  }

  plan(traffics: readonly Traffic[], wallets: readonly LoadWallet[]): TrafficPlan {
    const { gateway, master } = this.world.info;
    return {
      servers: {
        ...(gateway && { gateway: { url: gateway.url, ca: gateway.ca } }),
        ...(master && { master: { url: master.url, ca: master.ca } }),
      },
      wallets: wallets.map(({ seed, token, address, audience }) => ({ seed, token, address, audience })),
      traffics,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.session[Symbol.asyncDispose]();
    await this.world[Symbol.asyncDispose]();
  }
}

/** A read at the master as a gateway sends it for an administrator; `session` is the reader's place among the wallets. */
export function masterRead(path: string, session: number): LoadRequest {
  const headers = { 'x-remote-user': `0x${'a'.repeat(64)}`, 'x-remote-group': 'daas:admins' };
  return { method: 'GET', path, headers, session };
}
