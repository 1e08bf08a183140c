import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { Agent } from 'undici';
import { openSimulatedTee } from '../../attestation/simulated-tee.ts';
import { abortableSleep, TokenCache } from '../../chain/index.ts';
import { bootstrapCluster } from '../../kubernetes/bootstrap.ts';
import type { KubernetesApi } from '../../kubernetes/index.ts';
import { createKubernetesApi } from '../../kubernetes/index.ts';
import { mint } from '../../protocol/credential.ts';
import { silentLogger } from '../../protocol/logger.ts';
import type { Clock } from '../../protocol/clock.ts';
import { VERIFICATION_STEPS } from '../../protocol/verification-steps.ts';
import { MemoryStore } from '../../store/memory-store.ts';
import { ensureServerCertificate } from '../../tls/index.ts';
import { parseMasterConfig } from '../config.ts';
import { DurableNonceStore } from '../durable-nonce-store.ts';
import type { Master } from '../master.ts';
import type { MasterDeps } from '../master-deps.ts';
import { createMaster } from '../master.ts';
import { MasterMetrics } from '../metrics.ts';
import { PodLogs } from '../pod-logs.ts';
import { authorizeUser } from '../user-authorizer.ts';
import { defaultMasterSeams } from '../seams.ts';
import { FakeChain } from './fake-chain.ts';
import { fakeCommands } from './fake-commands.ts';

const id = (digit: string): string => `0x${digit.repeat(64)}`;

function randomId(): string {
  return `0x${randomBytes(32).toString('hex')}`;
}

/** A clock that runs with the machine's and can be put forward. */
class ShiftedClock implements Clock {
  shiftMs = 0;
  nowMs(): number {
    return Date.now() + this.shiftMs;
  }
}

export interface Staker {
  pair: Ed25519Keypair;
  nodeId: string;
  token: string;
  stake: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: any; // oxlint-disable-line no-explicit-any -- tests look at whatever came
}

/** A master over memory and a fake chain, on a real TLS port. */
export class Bench implements AsyncDisposable {
  readonly clock = new ShiftedClock();
  readonly chain = new FakeChain(id('e'), () => this.clock.nowMs());
  readonly cluster = id('c');
  readonly ledger = new MemoryStore({ clock: this.clock });
  readonly objects = new MemoryStore({ clock: this.clock });
  readonly nonces = new MemoryStore({ clock: this.clock });
  readonly gateway = { pair: new Ed25519Keypair(), cap: id('9') };
  readonly metrics = new MasterMetrics();
  #master: Master | undefined;
  #agent: Agent | undefined;
  #api: KubernetesApi | undefined;
  directory = '';

  static async start(change: (deps: MasterDeps) => Partial<MasterDeps> = () => ({})): Promise<Bench> {
    const bench = new Bench();
    bench.directory = await mkdtemp(join(tmpdir(), 'master-'));
    bench.chain.gateways.set(bench.gateway.cap, {
      owner: bench.gateway.pair.toSuiAddress(),
      retired: false,
    });
    await bench.boot(change);
    return bench;
  }

  /** Starts the master over whatever the stores hold. */
  async boot(change: (deps: MasterDeps) => Partial<MasterDeps> = () => ({})): Promise<void> {
    const tls = await ensureServerCertificate(this.directory, ['127.0.0.1']);
    const config = parseMasterConfig({
      listen: { host: '127.0.0.1', port: 0 },
      public_url: 'https://127.0.0.1:1',
      data_dir: this.directory,
      chain: {
        url: 'http://127.0.0.1:1',
        package: id('1'),
        pool: id('2'),
        registry: id('3'),
        cluster: this.cluster,
        endpoint: this.chain.endpointId,
      },
      master_cap: id('4'),
      wallet: { secret_key: 'unused' },
      tee: { mode: 'simulated' },
      metrics: { listen: { host: '127.0.0.1', port: 0 } },
    });
    const reader = this.chain.reader;
    const cache = new TokenCache({ reader, clock: this.clock, ttlSeconds: 300 });
    const nonces = new DurableNonceStore({ store: this.nonces, clock: this.clock });
    const logs = new PodLogs({ now: () => this.clock.nowMs() });
    const api = createKubernetesApi({
      store: this.objects,
      clock: this.clock,
      random: randomBytes,
      authorize: authorizeUser,
      logs,
    });
    this.#api = api;
    const deps: MasterDeps = {
      config,
      clock: this.clock,
      randomBytes,
      // The sweeper looks often, so that tests need not wait for it.
      sleep: (ms, signal) => abortableSleep(Math.min(ms, 50), signal),
      ledger: this.ledger,
      storeSize: () => ({ entries: 0, bytes: 0, revision: this.objects.revision }),
      kubernetes: { handle: (request) => api.handle(request), start: () => bootstrapCluster(api.objects) },
      logs,
      tee: await openSimulatedTee({ directory: this.directory, clock: this.clock, randomBytes }),
      tls,
      reader,
      commands: fakeCommands(this.chain),
      events: this.chain,
      cache,
      credential: { steps: VERIFICATION_STEPS, tokens: cache, nonces, reader },
      nonces,
      seams: defaultMasterSeams(config),
      metrics: new MasterMetrics(),
      log: silentLogger(),
    };
    this.#master = await createMaster({ ...deps, ...change(deps) });
    await this.#master.ready;
    this.#agent = new Agent({ connect: { ca: tls.ca } });
  }

  /** Ends the master, keeps the stores. */
  async stop(): Promise<void> {
    await this.#agent?.destroy();
    await this.#master?.close();
    this.#master = undefined;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#master?.port}`;
  }

  get agent(): Agent {
    if (this.#agent === undefined) throw new Error('the bench is not started');
    return this.#agent;
  }

  get metricsUrl(): string {
    return `http://127.0.0.1:${this.#master?.metricsPort}/metrics`;
  }

  /** A wallet with an active node stake and a live token. */
  staker(nodeId: string, ttlSeconds = 3600): Staker {
    const pair = new Ed25519Keypair();
    const staker = { pair, nodeId, token: randomId(), stake: randomId() };
    const now = Math.floor(this.clock.nowMs() / 1000);
    this.chain.stakes.set(staker.stake, {
      id: staker.stake,
      staker: pair.toSuiAddress(),
      amount: 1_000_000_000n,
      stakedAt: 0n,
      lockedUntil: 100n,
      status: 'active',
      nodeId,
      stakeType: 'node',
    });
    this.chain.tokens.set(staker.token, {
      id: staker.token,
      owner: pair.toSuiAddress(),
      stakeRecord: staker.stake,
      nodeId,
      stakeAmount: 1_000_000_000n,
      stakeType: 'node',
      permissions: ['pods:read', 'services:read', 'nodes:write', 'pods:write'],
      issuedAt: now,
      expiresAt: now + ttlSeconds,
      revoked: false,
      nautilusEndpoint: this.chain.endpointId,
    });
    return staker;
  }

  /** Creates an object as the master itself would. */
  async create(path: string, object: object): Promise<void> {
    const response = await this.#api!.handle({
      method: 'POST',
      path,
      query: '',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(object)),
      user: { name: 'test', groups: ['system:masters'] },
      signal: new AbortController().signal,
      requestId: '',
    });
    if (response.status !== 201) throw new Error(Buffer.from(response.body as Uint8Array).toString('utf8'));
  }

  /** A one-shot credential of a worker for one request. */
  async credential(staker: Staker, method: string, target: string, body: string): Promise<string> {
    const request = { method, target, body: Buffer.from(body) };
    const options = { token: staker.token, audience: this.cluster, clock: this.clock, randomBytes, request };
    return (await mint(staker.pair, options)).credential.reveal();
  }

  /** POST as a worker. */
  async asWorker(staker: Staker, target: string, fields: object): Promise<Answer> {
    const body = JSON.stringify(fields);
    const credential = await this.credential(staker, 'POST', target, body);
    return await this.send('POST', target, { 'x-seal-token': credential }, body);
  }

  async register(staker: Staker, more: object = {}): Promise<Answer> {
    const timestamp = Math.floor(this.clock.nowMs() / 1000);
    const fields = { node_id: staker.nodeId, seal_token: staker.token, timestamp, ...more };
    return await this.asWorker(staker, '/api/v1/register-worker', fields);
  }

  async heartbeat(staker: Staker, more: object = {}): Promise<Answer> {
    return await this.asWorker(staker, '/api/v1/heartbeat', {
      node_id: staker.nodeId,
      timestamp: Math.floor(this.clock.nowMs() / 1000),
      stake_status: 'active',
      stake_amount: 1_000_000_000,
      running_pods: 0,
      resource_usage: { cpu: 0.1, memory: 0.1, disk: 0.1 },
      ...more,
    });
  }

  /** A request with the gateway's one-shot credential. */
  async asGateway(method: string, target: string, fields?: object): Promise<Answer> {
    const body = fields === undefined ? '' : JSON.stringify(fields);
    const request = { method, target, body: Buffer.from(body) };
    const { pair, cap } = this.gateway;
    const options = { token: cap, audience: this.cluster, clock: this.clock, randomBytes, request };
    const { credential } = await mint(pair, options);
    return await this.send(method, target, { 'x-gateway-credential': credential.reveal() }, body);
  }

  /** Headers of a read that the gateway passes on for a user. */
  async readHeaders(group = 'daas:admins'): Promise<Record<string, string>> {
    const { pair, cap } = this.gateway;
    const options = { token: cap, audience: this.cluster, clock: this.clock, randomBytes };
    const { credential } = await mint(pair, options);
    return {
      authorization: `Bearer ${credential.reveal()}`,
      'x-remote-user': id('a'),
      'x-remote-group': group,
    };
  }

  async read(target: string): Promise<Answer> {
    return await this.send('GET', target, await this.readHeaders());
  }

  async send(
    method: string,
    target: string,
    headers: Record<string, string> = {},
    body?: string,
  ): Promise<Answer> {
    const response = await this.agent.request({
      origin: this.url,
      path: target,
      method: method as 'GET',
      headers,
      body: body === undefined || body === '' ? null : body,
    });
    const text = await response.body.text();
    const json = (response.headers['content-type'] ?? '').includes('json') && text !== '';
    return { status: response.statusCode, headers: response.headers, body: json ? JSON.parse(text) : text };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Promise.all([this.ledger.close(), this.objects.close(), this.nonces.close()]);
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Polls until `probe` gives something; rejects after five seconds. */
export async function eventually<T>(probe: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = Date.now() + 5_000;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error('it did not happen within five seconds');
    await abortableSleep(10, new AbortController().signal);
  }
}
