import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { randomBytes } from 'node:crypto';
import { Agent } from 'undici';
import type { Assembly } from '../../master/assemble.ts';
import { assembleMaster } from '../../master/assemble.ts';
import { parseMasterConfig } from '../../master/config.ts';
import { PCRS, World } from '../../master/testing/world.ts';
import { systemClock } from '../../protocol/clock.ts';
import { mint } from '../../protocol/credential.ts';
import { silentLogger } from '../../protocol/logger.ts';
import type { Logger } from '../../protocol/logger.ts';
import { assembleWorker } from '../assemble.ts';
import { parseWorkerConfig } from '../config.ts';
import type { WorkerSeams } from '../seams.ts';
import { defaultWorkerSeams } from '../seams.ts';
import { WorkerExit } from '../worker-exit.ts';

export interface RunningWorker {
  nodeId: string;
  pair: Ed25519Keypair;
  /** Resolves to the exit code. */
  ended: Promise<number>;
  stop(): void;
}

/** A localnet, a master over it on disk, and workers as they are wanted. */
export class Cluster implements AsyncDisposable {
  readonly world: World;
  readonly directory: string;
  readonly port: number;
  log: Logger = silentLogger();
  #master: Assembly | undefined;
  #agent: Agent | undefined;
  readonly #workers: RunningWorker[] = [];

  private constructor(world: World, directory: string, port: number) {
    this.world = world;
    this.directory = directory;
    this.port = port;
  }

  static async start(timings: Record<string, number> = {}): Promise<Cluster> {
    const port = await freePort();
    const directory = await mkdtemp(join(tmpdir(), 'cluster-'));
    const world = await World.start(`https://127.0.0.1:${port}`);
    const cluster = new Cluster(world, directory, port);
    await cluster.startMaster(timings);
    return cluster;
  }

  get url(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  async startMaster(timings: Record<string, number> = {}): Promise<void> {
    const config = parseMasterConfig({
      listen: { host: '127.0.0.1', port: this.port },
      public_url: this.url,
      data_dir: this.directory,
      chain: { url: this.world.url, ...this.world.ids },
      master_cap: this.world.caps.master,
      wallet: { secret_key: this.world.master.getSecretKey() },
      tee: { mode: 'simulated', pcrs: PCRS },
      timings,
    });
    this.#master = await assembleMaster({
      config,
      clock: systemClock,
      environment: {},
      mutant: undefined,
      log: this.log,
    });
    await this.#master.ready;
    const { ca } = await import('../../tls/index.ts').then(({ ensureServerCertificate }) =>
      ensureServerCertificate(this.directory, ['127.0.0.1']),
    );
    this.#agent = new Agent({ connect: { ca } });
  }

  async stopMaster(): Promise<void> {
    await this.#agent?.destroy();
    await this.#master?.close();
  }

  /** A worker's configuration as an object of JSON. */
  workerConfig(nodeId: string, pair: Ed25519Keypair, more: object = {}): Record<string, unknown> {
    const { ids, url } = this.world;
    return {
      node_id: nodeId,
      sui_wallet_address: pair.toSuiAddress(),
      sui_private_key: pair.getSecretKey(),
      sui_rpc_endpoint: url,
      stake_amount: 1_000_000_000,
      contract_address: ids.package,
      nautilus_endpoint: this.url,
      container_runtime: 'simulated',
      min_stake_amount: 1_000_000_000,
      pool: ids.pool,
      registry: ids.registry,
      cluster: ids.cluster,
      nautilus_ca: join(this.directory, 'ca.crt'),
      attestation_root: join(this.directory, 'attestation-root.crt'),
      heartbeat_interval_seconds: 0.3,
      ...more,
    };
  }

  startWorker(
    nodeId: string,
    options: { pair?: Ed25519Keypair; more?: object; seams?: Partial<WorkerSeams>; log?: Logger } = {},
  ): RunningWorker {
    const { pair = new Ed25519Keypair(), more = {}, seams = {}, log = this.log } = options;
    if (options.pair === undefined) this.world.fund(pair, 20n);
    const config = parseWorkerConfig(this.workerConfig(nodeId, pair, more), this.directory);
    const worker = assembleWorker({
      config,
      signer: pair,
      seams: { ...defaultWorkerSeams, ...seams },
      clock: systemClock,
      environment: {},
      log,
    });
    const stop = new AbortController();
    const ended = worker.run(stop.signal).catch((error: unknown) => {
      if (error instanceof WorkerExit) return error.code;
      throw error;
    });
    ended.catch(() => undefined);
    const running = { nodeId, pair, ended, stop: () => stop.abort(new Error('stopped by the test')) };
    this.#workers.push(running);
    return running;
  }

  /** Reads the master's Kubernetes API as the gateway would for an administrator. */
  async read(
    target: string,
  ): Promise<{ status: number; body: any }> /* oxlint-disable-line no-explicit-any -- whatever came */ {
    const { world } = this;
    const { credential } = await mint(world.gateway, {
      token: world.caps.gateway,
      audience: world.ids.cluster,
      clock: systemClock,
      randomBytes,
    });
    return await this.request('GET', target, {
      authorization: `Bearer ${credential.reveal()}`,
      'x-remote-user': world.operator.toSuiAddress(),
      'x-remote-group': 'daas:admins',
    });
  }

  /** A request with the gateway's one-shot credential. */
  async asGateway(
    method: string,
    target: string,
    fields?: object,
  ): Promise<{ status: number; body: any }> /* oxlint-disable-line no-explicit-any -- whatever came */ {
    const body = fields === undefined ? '' : JSON.stringify(fields);
    const { world } = this;
    const { credential } = await mint(world.gateway, {
      token: world.caps.gateway,
      audience: world.ids.cluster,
      clock: systemClock,
      randomBytes,
      request: { method, target, body: Buffer.from(body) },
    });
    return await this.request(method, target, { 'x-gateway-credential': credential.reveal() }, body);
  }

  async request(
    method: string,
    target: string,
    headers: Record<string, string> = {},
    body = '',
  ): Promise<{ status: number; body: any }> /* oxlint-disable-line no-explicit-any -- whatever came */ {
    const answer = await this.#agent!.request({
      origin: this.url,
      path: target,
      method: method as 'GET',
      headers,
      body: body === '' ? null : body,
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text.startsWith('{') ? JSON.parse(text) : text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const worker of this.#workers) worker.stop();
    await Promise.allSettled(this.#workers.map(({ ended }) => ended));
    await this.stopMaster();
    await this.world[Symbol.asyncDispose]();
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
