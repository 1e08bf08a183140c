import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventTap } from '../drivers/chain/event-tap.ts';
import { HarnessError, UsageError } from '../errors.ts';
import { chainClient } from './bootstrap.ts';
import { chainProvider, type ChainNode } from './chain/index.ts';
import { prepareChain, type PreparedChain } from './chain/prepared.ts';
import { ControlServer } from './control-server.ts';
import { controlMethods } from './control-methods.ts';
import { effectiveTarget, type EffectiveTarget } from './effective-target.ts';
import type { LoadedTarget } from './load.ts';
import type { LocalnetProcess } from './localnet.ts';
import type { Operator } from './operator.ts';
import { Part } from './part.ts';
import { probeServer } from './probe.ts';
import { named, RunValues } from './run-values.ts';
import { ServerPool } from './server-pool.ts';
import { withValues, type Values } from './template.ts';
import type { PartConfig, PartName, ServerConfig } from './types.ts';
import { WorkerPool } from './worker-pool.ts';
import type { ServerInfo, WorldInfo } from './world-info.ts';

export interface WorldOptions {
  target: LoadedTarget;
  seed: number;
  strict: boolean;
  /** One line of what is happening. */
  progress: (line: string) => void;
  /** Environment added to each part, for mutants. */
  env?: Record<string, string>;
  signal?: AbortSignal;
  /** Leave the run's folder behind. */
  keep?: boolean;
  /** A chain that is up already and outlives this world, in place of what the target file asks for. */
  chain?: ChainNode;
  /** Told the master's URL; answers the one that workers are to use, for a line between them that can be cut. */
  workersReachMasterAt?: (url: string) => Promise<string>;
  /** The same for any two parts: told where one reaches the other, answers where it is to. */
  reach?: (from: PartName, to: 'chain' | 'master', url: string) => Promise<string>;
}

/** The servers that run all the time, each under its name. */
export type ServerName = 'gateway' | 'master' | 'standby';

/** The target under test, up and running, with everything the suite plays around it. Disposing it leaves nothing behind. */
export class World implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #options: WorldOptions;
  readonly #values: RunValues;
  readonly servers = new Map<ServerName, { part: Part; info: ServerInfo; config: ServerConfig }>();
  runDir = '';
  store: Part | undefined;
  workers: WorkerPool | undefined;
  gateways: ServerPool | undefined;
  masters: ServerPool | undefined;
  localnet: LocalnetProcess | undefined;
  #info: WorldInfo | undefined;
  #masterForWorkers: string | undefined;

  private constructor(options: WorldOptions) {
    this.#options = options;
    this.#values = new RunValues(options.target.dir);
  }

  /** Starts everything in order: chain, contracts, master, gateway. Stops what it started when a step fails. */
  static async start(options: WorldOptions): Promise<World> {
    const world = new World(options);
    try {
      await world.#start();
      return world;
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
  }

  get info(): WorldInfo {
    if (!this.#info) throw new Error('the world is not up yet');
    return this.#info;
  }

  /** Values of all placeholders. */
  get values(): Values {
    return this.#values.all;
  }

  /** Keys made for this run. */
  get secrets(): string[] {
    const own = this.#info ? [this.#info.control.token, this.#info.suiteGateway?.secretKey ?? ''] : [];
    return [...this.#values.secretKeys, ...own].filter((secret) => secret !== '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #start(): Promise<void> {
    const { target, progress, env = {} } = this.#options;
    const effective = await effectiveTarget(target.file);
    this.runDir = await mkdtemp(join(tmpdir(), 'daas-'));
    const runDir = this.runDir;
    if (!this.#options.keep) this.#stack.defer(() => rm(runDir, { recursive: true, force: true }));
    await this.#values.begin(target, effective, runDir);

    const masterUrl = this.#values.get('master.url');
    this.#masterForWorkers = masterUrl && (await this.#reach('worker', 'master', masterUrl));
    const chain = await this.#startChain(effective.pcrs);
    if (effective.store) await this.#startStore(effective.store);
    for (const name of ['master', 'standby', 'gateway'] as const) {
      const config = effective[name];
      if (config) await this.#startServer(name, config);
    }
    const { gateway, master, worker } = effective;
    this.gateways = gateway && (await this.#pool('gateway', gateway));
    this.masters = master && (await this.#pool('master', master, effective.attestationRoot));
    if (worker) {
      this.workers = this.#stack.use(
        new WorkerPool({
          config: worker,
          values: await this.#valuesOf('worker'),
          targetDir: target.dir,
          runDir,
          env,
          fund: (address, mist) => operatorOf(chain).fund(address, mist),
        }),
      );
    }

    progress('watching the chain');
    const tap = this.#stack.use(new EventTap(chainClient(chain.url), chain.ids.package));
    await tap.start();
    const control = this.#stack.use(new ControlServer(controlMethods(this, chain, tap)));
    await control.listen();
    const { url, token } = control;
    this.#info = { ...(await this.#describe(effective, chain)), control: { url, token } };
  }

  async #describe(effective: EffectiveTarget, chain: PreparedChain): Promise<Omit<WorldInfo, 'control'>> {
    const { seed, strict, target } = this.#options;
    const rootFile = this.#values.get('attestation.root');
    const rootPem = rootFile ? await readFile(rootFile, 'utf8').catch(() => undefined) : undefined;
    const gatewayInfo = this.servers.get('gateway')?.info;
    const masterServer = this.servers.get('master');
    const standby = this.servers.get('standby')?.info;
    return {
      name: target.file.name,
      seed,
      strict,
      features: target.file.features ?? [],
      timings: effective.timings,
      chain: { provider: chain.provider, url: chain.url, ids: chain.ids },
      ...(gatewayInfo && { gateway: gatewayInfo }),
      ...(masterServer && {
        master: {
          ...masterServer.info,
          ...this.#metricsUrl(masterServer.config),
          rotates: masterServer.config.rotate_keys !== undefined,
        },
      }),
      ...(standby && { standby }),
      worker: effective.worker !== undefined,
      attestation: { pcrs: [...effective.pcrs], ...(rootPem && { rootPem }) },
      ...(chain.suiteGateway && { suiteGateway: chain.suiteGateway }),
    };
  }

  async #startChain(pcrs: readonly string[]): Promise<PreparedChain> {
    const { target, progress, signal, env } = this.#options;
    const { file, dir: targetDir } = target;
    const node =
      this.#options.chain ?? this.#stack.use(await chainProvider(file.chain).start({ progress, signal }));
    this.localnet = node.localnet;
    const chain = await prepareChain(node, {
      file,
      targetDir,
      pcrs,
      masterUrl: this.#masterForWorkers,
      masterAddress: this.#values.get('wallet.master.address')!,
      gatewayAddress: this.#values.get('wallet.gateway.address')!,
      mutant: env?.['K3S_DAAS_MUTANT'],
      progress,
    });
    this.#values.set({
      ...named('chain', { url: node.url, ...chain.ids }),
      'wallet.operator.secret_key': chain.operatorSecretKey,
    });
    return chain;
  }

  async #startServer(name: ServerName, config: ServerConfig): Promise<void> {
    const { target, progress, signal, env } = this.#options;
    const url = this.#values.get(`${name}.url`)!;
    checkUrl(name, url);
    const dir = join(this.runDir, name);
    const role = name === 'standby' ? 'master' : name;
    const values = await this.#valuesOf(role);
    const part = new Part({ name, config, values, targetDir: target.dir, dir, env: env ?? {} });
    this.#stack.use(part);
    progress(part.startable ? `starting the ${name}` : `looking for the ${name} at ${url}`);
    await part.start();
    const caFile = this.#values.get(`${name}.ca`);
    await probeServer({ name: role, url, caFile, part, signal });
    const ca = caFile ? await readFile(caFile, 'utf8') : undefined;
    const info = {
      url,
      startable: part.startable,
      placeholders: [...part.placeholders],
      ...(ca && { ca }),
    };
    this.servers.set(name, { part, config, info });
  }

  async #pool(role: 'gateway' | 'master', config: ServerConfig, root?: string): Promise<ServerPool> {
    const { dir: targetDir } = this.#options.target;
    const [values, env, runDir] = [await this.#valuesOf(role), this.#options.env ?? {}, this.runDir];
    const options = { role, config, values, targetDir, runDir, env, attestationRoot: root };
    return this.#stack.use(new ServerPool(options));
  }

  async #reach(from: PartName, to: 'chain' | 'master', url: string): Promise<string> {
    const { reach, workersReachMasterAt } = this.#options;
    if (from === 'worker' && to === 'master' && workersReachMasterAt) return workersReachMasterAt(url);
    return (await reach?.(from, to, url)) ?? url;
  }

  /** Placeholders as one part is given them: with the lines by which it reaches the others. */
  async #valuesOf(part: PartName): Promise<Values> {
    const [chain, master] = [this.#values.get('chain.url'), this.#values.get('master.url')];
    const lines = {
      'chain.url': chain && (await this.#reach(part, 'chain', chain)),
      // A master's own URL is the one under which workers know it.
      'master.url':
        part === 'gateway' ? master && (await this.#reach(part, 'master', master)) : this.#masterForWorkers,
    };
    return withValues(this.values, lines);
  }

  /** What masters share. They wait for it themselves. */
  async #startStore(config: PartConfig): Promise<void> {
    const { target, progress, env = {} } = this.#options;
    const dir = join(this.runDir, 'store');
    const part = new Part({ name: 'store', config, values: this.values, targetDir: target.dir, dir, env });
    this.store = this.#stack.use(part);
    progress('starting what the masters share');
    await part.start().catch((cause: unknown) => {
      throw new HarnessError('the store that the masters share cannot be started', {
        cause,
        hint: 'install the program that store.start.command names (etcd: apt-get install etcd-server)',
      });
    });
  }

  #metricsUrl(config: ServerConfig): { metricsUrl?: string } {
    return config.metrics_url
      ? { metricsUrl: this.#values.fill(config.metrics_url, 'master.metrics_url') }
      : {};
  }
}

function checkUrl(name: string, url: string): void {
  if (URL.canParse(url)) return;
  throw new UsageError(`${name}.url is not a URL: ${url}`, { hint: 'write it as https://host:port' });
}

function operatorOf({ operator }: PreparedChain): Operator {
  if (operator) return operator;
  throw new UsageError('the target file names no wallets.operator, so no wallet can be funded', {
    hint: 'add `wallets: { operator: { env: OPERATOR_KEY } }` with a key that has coins',
  });
}
