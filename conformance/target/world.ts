import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { EventTap } from '../drivers/chain/event-tap.ts';
import { ContractCalls } from '../drivers/chain/package.ts';
import { HarnessError, UsageError } from '../errors.ts';
import { modulePath, PACKAGE_ROOT } from '../paths.ts';
import { bootstrapChain, chainClient } from './bootstrap.ts';
import { loadBundled } from './bundled.ts';
import { chainProvider, type ChainNode } from './chain/index.ts';
import { ControlServer } from './control-server.ts';
import { controlMethods } from './control-methods.ts';
import { freePorts } from './free-port.ts';
import type { LoadedTarget } from './load.ts';
import type { LocalnetProcess } from './localnet.ts';
import { Operator } from './operator.ts';
import { Part } from './part.ts';
import { probeServer } from './probe.ts';
import { ServerPool } from './server-pool.ts';
import { fill, withValues, type Values } from './template.ts';
import {
  DEFAULT_TIMINGS,
  ORDINARY_VALUES,
  type ChainConfig,
  type ChainIds,
  type PartConfig,
  type PartName,
  type ServerConfig,
  type Timings,
  type WorkerConfig,
} from './types.ts';
import { loadWallet } from './wallets.ts';
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

interface Chain {
  provider: ChainConfig['provider'];
  url: string;
  ids: ChainIds;
  operator?: Operator;
  suiteGateway?: { secretKey: string; cap: string };
}

/** The target under test, up and running, with everything the suite plays around it. Disposing it leaves nothing behind. */
export class World implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly #options: WorldOptions;
  readonly servers = new Map<ServerName, { part: Part; info: ServerInfo; config: ServerConfig }>();
  runDir = '';
  store: Part | undefined;
  workers: WorkerPool | undefined;
  gateways: ServerPool | undefined;
  masters: ServerPool | undefined;
  localnet: LocalnetProcess | undefined;
  #values: Values = new Map();
  #info: WorldInfo | undefined;
  #masterForWorkers: string | undefined;

  private constructor(options: WorldOptions) {
    this.#options = options;
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
    return this.#values;
  }

  /** Keys made for this run. */
  get secrets(): string[] {
    const keys = [...this.#values].filter(([name]) => name.endsWith('.secret_key')).map(([, value]) => value);
    const own = this.#info ? [this.#info.control.token, this.#info.suiteGateway?.secretKey ?? ''] : [];
    return [...keys, ...own].filter((secret) => secret !== '');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #start(): Promise<void> {
    const { target, progress } = this.#options;
    const { file } = target;
    const bundled = await loadBundled();
    const gateway = file.gateway === 'bundled' ? (bundled.file.gateway as ServerConfig) : file.gateway;
    const master = file.master === 'bundled' ? (bundled.file.master as ServerConfig) : file.master;
    const worker = file.worker === 'bundled' ? (bundled.file.worker as WorkerConfig) : file.worker;
    const usesBundled = [file.gateway, file.master, file.worker].includes('bundled');
    const timings: Timings = {
      ...DEFAULT_TIMINGS,
      ...(usesBundled ? bundled.file.timings : {}),
      ...file.timings,
    };
    const attestation = {
      ...(file.master === 'bundled' ? bundled.file.attestation : {}),
      ...file.attestation,
    };
    const pcrs = attestation.pcrs ?? ['0'.repeat(96), '0'.repeat(96), '0'.repeat(96)];

    this.runDir = await mkdtemp(join(tmpdir(), 'daas-'));
    const runDir = this.runDir;
    if (!this.#options.keep) this.#stack.defer(() => rm(runDir, { recursive: true, force: true }));
    await this.#firstValues(timings, pcrs);
    this.#setServerValues('master', master);
    this.#setServerValues('gateway', gateway);
    this.#setServerValues('standby', file.standby);
    if (attestation.root) this.#set({ 'attestation.root': this.#path(attestation.root) });

    const masterUrl = this.#values.get('master.url');
    this.#masterForWorkers = masterUrl && (await this.#reach('worker', 'master', masterUrl));
    const chain = await this.#startChain(pcrs);
    this.#set(
      Object.fromEntries(Object.entries(chain.ids).map(([name, id]) => [`chain.${name}`, id as string])),
    );

    if (file.store) await this.#startStore(file.store);
    for (const [name, config] of [
      ['master', master],
      ['standby', file.standby],
      ['gateway', gateway],
    ] as const) {
      if (config) await this.#startServer(name, config);
    }
    this.gateways = gateway && (await this.#pool('gateway', gateway));
    this.masters = master && (await this.#pool('master', master, attestation.root));
    if (worker) {
      this.workers = this.#stack.use(
        new WorkerPool({
          config: worker,
          values: await this.#valuesOf('worker'),
          targetDir: target.dir,
          runDir,
          env: this.#options.env ?? {},
          fund: (address, mist) => this.#operator(chain).fund(address, mist),
        }),
      );
    }

    progress('watching the chain');
    const tap = this.#stack.use(new EventTap(chainClient(chain.url), chain.ids.package));
    await tap.start();
    const control = this.#stack.use(new ControlServer(controlMethods(this, chain, tap)));
    await control.listen();
    const rootFile = this.#values.get('attestation.root');
    const rootPem = rootFile ? await readFile(rootFile, 'utf8').catch(() => undefined) : undefined;
    const gatewayInfo = this.servers.get('gateway')?.info;
    const masterServer = this.servers.get('master');
    const standby = this.servers.get('standby')?.info;
    this.#info = {
      name: file.name,
      seed: this.#options.seed,
      strict: this.#options.strict,
      features: file.features ?? [],
      timings,
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
      worker: worker !== undefined,
      attestation: { pcrs: [...pcrs], ...(rootPem && { rootPem }) },
      ...(chain.suiteGateway && { suiteGateway: chain.suiteGateway }),
      control: { url: control.url, token: control.token },
    };
  }

  async #firstValues(timings: Timings, pcrs: readonly string[]): Promise<void> {
    const [gateway, gateway2, master, master2, spare, standby, standby2, store, store2] = await freePorts(9);
    this.#set({
      node: process.execPath,
      suite: PACKAGE_ROOT,
      'target.dir': this.#options.target.dir,
      'run.dir': this.runDir,
      'gateway.port': gateway,
      'gateway.port2': gateway2,
      'master.port': master,
      'master.port2': master2,
      'spare.port': spare,
      'standby.port': standby,
      'standby.port2': standby2,
      'standby.dir': join(this.runDir, 'standby'),
      'store.port': store,
      'store.port2': store2,
      'store.dir': join(this.runDir, 'store'),
      ...ORDINARY_VALUES,
      'attestation.pcr0': pcrs[0],
      'attestation.pcr1': pcrs[1],
      'attestation.pcr2': pcrs[2],
    });
    for (const part of ['gateway', 'master', 'worker'] as const) {
      this.#set({
        [`${part}.dir`]: join(this.runDir, part),
        [`bundled.${part}`]: modulePath(`reference/${part}/main.ts`),
      });
    }
    for (const name of ['gateway', 'master'] as const) {
      const source = this.#options.target.file.wallets?.[name];
      const key = source ? await loadWallet(name, source, this.#options.target.dir) : new Ed25519Keypair();
      this.#set({
        [`wallet.${name}.address`]: key.toSuiAddress(),
        [`wallet.${name}.secret_key`]: key.getSecretKey(),
      });
      await mkdir(join(this.runDir, name), { recursive: true });
    }
    this.#set(
      Object.fromEntries(Object.entries(timings).map(([name, value]) => [`timings.${name}`, String(value)])),
    );
  }

  async #startChain(pcrs: readonly string[]): Promise<Chain> {
    const { target, progress } = this.#options;
    const config = target.file.chain;
    const suiteKey = new Ed25519Keypair();
    const node =
      this.#options.chain ??
      this.#stack.use(await chainProvider(config).start({ progress, signal: this.#options.signal }));
    this.localnet = node.localnet;
    this.#set({ 'chain.url': node.url });
    if (config.provider === 'url') {
      const { provider, url, ...ids } = config;
      const source = target.file.wallets?.operator;
      if (!source) return { provider, url, ids };
      const signer = await loadWallet('operator', source, target.dir);
      const client = chainClient(url);
      const caps = await findCaps(client, signer.toSuiAddress(), ids.package);
      const operator = new Operator({ client, signer, calls: new ContractCalls(ids), caps });
      if (!caps.admin) return { provider, url, ids, operator };
      const cap = await operator.registerGateway(suiteKey.toSuiAddress());
      return { provider, url, ids, operator, suiteGateway: { secretKey: suiteKey.getSecretKey(), cap } };
    }
    progress('publishing the contracts');
    const made = await bootstrapChain({
      chainUrl: node.url,
      faucetUrl: node.faucet ?? node.url,
      masterUrl: this.#masterForWorkers ?? 'https://127.0.0.1:1',
      pcrs: pcrs.map((pcr) => Buffer.from(pcr, 'hex')),
      masterAddress: this.#values.get('wallet.master.address')!,
      gatewayAddress: this.#values.get('wallet.gateway.address')!,
      contracts: config.contracts === undefined ? undefined : resolve(target.dir, config.contracts),
      mutant: this.#options.env?.['K3S_DAAS_MUTANT'],
    });
    const cap = await made.operator.registerGateway(suiteKey.toSuiAddress());
    await made.operator.fund(suiteKey.toSuiAddress(), 10_000_000_000n);
    this.#set({ 'wallet.operator.secret_key': made.operatorKey.getSecretKey() });
    const suiteGateway = { secretKey: suiteKey.getSecretKey(), cap };
    return {
      provider: config.provider,
      url: node.url,
      ids: made.ids,
      operator: made.operator,
      suiteGateway,
    };
  }

  #setServerValues(name: ServerName, config: ServerConfig | undefined): void {
    if (!config) return;
    this.#set({ [`${name}.url`]: fill(config.url, this.#values, `${name}.url`) });
    if (config.ca) this.#set({ [`${name}.ca`]: this.#path(config.ca) });
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
    return withValues(this.#values, lines);
  }

  /** What masters share. They wait for it themselves. */
  async #startStore(config: PartConfig): Promise<void> {
    const { target, progress, env = {} } = this.#options;
    const dir = join(this.runDir, 'store');
    const part = new Part({ name: 'store', config, values: this.#values, targetDir: target.dir, dir, env });
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
      ? { metricsUrl: fill(config.metrics_url, this.#values, 'master.metrics_url') }
      : {};
  }

  #operator(chain: Chain): Operator {
    if (chain.operator) return chain.operator;
    throw new UsageError('the target file names no wallets.operator, so no wallet can be funded', {
      hint: 'add `wallets: { operator: { env: OPERATOR_KEY } }` with a key that has coins',
    });
  }

  #set(more: Record<string, string | number | undefined>): void {
    this.#values = withValues(this.#values, more);
  }

  #path(template: string): string {
    const path = fill(template, this.#values, 'paths');
    return isAbsolute(path) ? path : resolve(this.#options.target.dir, path);
  }
}

function checkUrl(name: string, url: string): void {
  if (URL.canParse(url)) return;
  throw new UsageError(`${name}.url is not a URL: ${url}`, { hint: 'write it as https://host:port' });
}

async function findCaps(client: ReturnType<typeof chainClient>, owner: string, packageId: string) {
  const of = async (type: string): Promise<string | undefined> => {
    const page = await client.core.listOwnedObjects({ owner, type: `${packageId}::${type}`, limit: 1 });
    return page.objects[0]?.objectId;
  };
  return { admin: await of('k8s_gateway::AdminCap'), slash: await of('staking::SlashCap') };
}
