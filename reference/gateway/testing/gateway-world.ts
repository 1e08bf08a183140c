import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { ChainWorld, PCRS } from '../../chain/testing/chain-world.ts';
import type { Holder } from '../../chain/testing/chain-world.ts';
import { assembleMaster } from '../../master/assemble.ts';
import type { Assembly } from '../../master/assemble.ts';
import { parseMasterConfig } from '../../master/config.ts';
import type { Mutant } from '../../mutants/types.ts';
import { systemClock } from '../../protocol/clock.ts';
import { mint } from '../../protocol/credential.ts';
import { silentLogger } from '../../protocol/logger.ts';
import { parseGatewayConfig } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import { startGateway } from '../start.ts';

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  text: string;
  json: Record<string, unknown>;
}

export interface CallOptions {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Credential; undefined mints a fresh one, an empty text sends none. */
  credential?: string;
  signal?: AbortSignal;
}

export interface WorldOptions {
  gateway?: Record<string, unknown>;
  mutant?: Mutant;
  log?: string;
}

/** Localnet, contracts, the reference master and the gateway, all in this process. */
export class GatewayWorld implements AsyncDisposable {
  readonly chain: ChainWorld;
  readonly dir: string;
  readonly chainUrl: string;
  master!: Assembly;
  gateway!: Gateway & { url: string };
  #agent!: Agent;

  private constructor(chain: ChainWorld, dir: string, chainUrl: string) {
    this.chain = chain;
    this.dir = dir;
    this.chainUrl = chainUrl;
  }

  static async start(options: WorldOptions = {}): Promise<GatewayWorld> {
    const chain = await ChainWorld.start();
    const dir = await mkdtemp(join(tmpdir(), 'gateway-'));
    const world = new GatewayWorld(chain, dir, await chain.localnet.listen());
    await world.startMaster();
    await world.startGateway(options);
    return world;
  }

  async startMaster(port = 0): Promise<void> {
    const { ids, caps, master } = this.chain;
    this.master = await assembleMaster({
      config: parseMasterConfig({
        listen: { host: '127.0.0.1', port },
        public_url: 'https://127.0.0.1:1',
        data_dir: join(this.dir, 'master'),
        chain: { url: this.chainUrl, ...ids },
        master_cap: caps.master,
        wallet: { secret_key: master.getSecretKey() },
        tee: { mode: 'simulated', pcrs: PCRS.map((pcr) => Buffer.from(pcr).toString('hex')) },
      }),
      clock: systemClock,
      environment: {},
      mutant: undefined,
      log: silentLogger(),
    });
    await this.master.ready;
  }

  async startGateway(options: WorldOptions = {}, masterUrl = this.master.url): Promise<void> {
    const { ids, caps, gateway } = this.chain;
    this.gateway = await startGateway(
      parseGatewayConfig({
        listen: { host: '127.0.0.1', port: 0 },
        data_dir: join(this.dir, 'gateway'),
        chain: { url: this.chainUrl, ...ids },
        gateway_cap: caps.gateway,
        wallet: { secret_key: gateway.getSecretKey() },
        master: { urls: [masterUrl], ca: join(this.dir, 'master', 'ca.crt') },
        log: { level: options.log ?? 'silent' },
        ...options.gateway,
      }),
      options.mutant,
    );
    await this.gateway.ready;
    this.#agent = new Agent({ connect: { ca: await readFile(join(this.dir, 'gateway', 'ca.crt'), 'utf8') } });
  }

  async credential(holder: Holder, lifeSeconds = 300): Promise<string> {
    const audience = this.chain.ids.cluster;
    const options = { token: holder.token, audience, clock: systemClock, randomBytes, lifeSeconds };
    return (await mint(holder.keypair, options)).credential.reveal();
  }

  async open(holder: Holder, path: string, options: CallOptions = {}) {
    const credential = options.credential ?? (await this.credential(holder));
    const { body } = options;
    return request(this.gateway.url + path, {
      dispatcher: this.#agent,
      method: (options.method ?? (body === undefined ? 'GET' : 'POST')) as 'GET',
      headers: {
        ...(credential === '' ? {} : { authorization: `Bearer ${credential}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      signal: options.signal ?? null,
    });
  }

  async call(holder: Holder, path: string, options: CallOptions = {}): Promise<Answer> {
    const answer = await this.open(holder, path, options);
    const text = await answer.body.text();
    let json: Record<string, unknown> = {};
    try {
      json = JSON.parse(text) as Record<string, unknown>;
    } catch {
      // Not every answer is JSON.
    }
    return { status: answer.statusCode, headers: answer.headers, text, json };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
    await this.gateway.close();
    await this.master.close();
    await this.chain[Symbol.asyncDispose]();
    await rm(this.dir, { recursive: true, force: true });
  }
}

/** The protocol's reason in a Status. */
export function causeOf(answer: Answer): unknown {
  const details = answer.json['details'] as { causes?: { reason?: string }[] } | undefined;
  return details?.causes?.[0]?.reason;
}

export function configMap(name: string, data: Record<string, string> = {}): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}
