import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { ChainWorld, PCRS } from '../../chain/testing/chain-world.ts';
import type { Holder } from '../../chain/testing/chain-world.ts';
import { parseGatewayConfig } from '../../gateway/config.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { startGateway } from '../../gateway/start.ts';
import { systemClock } from '../../protocol/clock.ts';
import { mint } from '../../protocol/credential.ts';
import { EtcdProcess } from '../../store/testing/etcd.ts';
import { freePort } from '../../testing/free-port.ts';

const START_MS = 30_000;

interface Instance {
  url: string;
  dir: string;
  port: number;
  process: ChildProcess | undefined;
}

export interface PairAnswer {
  status: number;
  json: Record<string, unknown>;
}

/** A localnet, an etcd, two masters as processes of their own, and a gateway that knows both. */
export class MasterPair implements AsyncDisposable {
  readonly etcd: EtcdProcess;
  readonly chain: ChainWorld;
  readonly dir: string;
  readonly masters: Instance[] = [];
  #chainUrl = '';
  #gateway: (Gateway & { url: string }) | undefined;
  #agent: Agent | undefined;

  private constructor(etcd: EtcdProcess, chain: ChainWorld, dir: string) {
    this.etcd = etcd;
    this.chain = chain;
    this.dir = dir;
  }

  static async start(): Promise<MasterPair> {
    const dir = await mkdtemp(join(tmpdir(), 'pair-'));
    const pair = new MasterPair(await EtcdProcess.start(), await ChainWorld.start(), dir);
    pair.#chainUrl = await pair.chain.localnet.listen();
    for (const name of ['one', 'two']) {
      const port = await freePort();
      pair.masters.push({ url: `https://127.0.0.1:${port}`, dir: join(dir, name), port, process: undefined });
    }
    await pair.startMaster(0, 'healthy');
    await pair.startMaster(1, 'standby');
    await pair.#startGateway();
    return pair;
  }

  /** Starts a master and waits until its health says so. */
  async startMaster(index: number, status: 'healthy' | 'standby'): Promise<void> {
    const master = this.masters[index]!;
    const { ids, caps, master: wallet } = this.chain;
    const config = {
      listen: { host: '127.0.0.1', port: master.port },
      public_url: master.url,
      data_dir: master.dir,
      shared_dir: join(this.dir, 'shared'),
      etcd: { endpoints: [this.etcd.url], lease_seconds: 2 },
      chain: { url: this.#chainUrl, ...ids },
      master_cap: caps.master,
      wallet: { secret_key: wallet.getSecretKey() },
      tee: { mode: 'simulated', pcrs: PCRS.map((pcr) => Buffer.from(pcr).toString('hex')) },
      log: { level: 'warn' },
    };
    const file = join(this.dir, `${index}.json`);
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    const main = join(import.meta.dirname, '..', 'main.ts');
    const child = spawn(process.execPath, [main, '--config', file], {
      stdio: 'ignore',
    });
    master.process = child;
    await this.until(
      `master ${index} is ${status}`,
      async () => (await this.health(index)) === status,
      START_MS,
    );
  }

  async kill(index: number, signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const child = this.masters[index]?.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    return (await ended)[0];
  }

  /** What a master says of itself; undefined when it does not answer. */
  async health(index: number): Promise<unknown> {
    const ca = await readFile(join(this.dir, 'shared', 'ca.crt'), 'utf8').catch(() => undefined);
    if (ca === undefined) return undefined;
    return (await this.#get(this.masters[index]!.url, '/health', ca))?.json['status'];
  }

  /** A request to one master, without any credential. */
  async bare(index: number, path: string): Promise<PairAnswer | undefined> {
    return this.#get(
      this.masters[index]!.url,
      path,
      await readFile(join(this.dir, 'shared', 'ca.crt'), 'utf8'),
    );
  }

  /** A request through the gateway. */
  async call(holder: Holder, path: string, body?: object): Promise<PairAnswer> {
    const options = {
      token: holder.token,
      audience: this.chain.ids.cluster,
      clock: systemClock,
      randomBytes,
    };
    const { credential } = await mint(holder.keypair, { ...options, lifeSeconds: 120 });
    const answer = await request(this.#gateway!.url + path, {
      dispatcher: this.#agent!,
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${credential.reveal()}`, 'content-type': 'application/json' },
      body: body ? JSON.stringify(body) : null,
    });
    return { status: answer.statusCode, json: (await answer.body.json()) as Record<string, unknown> };
  }

  /** Waits for a condition; throws when it does not come in time. Answers the milliseconds it took. */
  async until(what: string, holds: () => Promise<boolean>, withinMs: number): Promise<number> {
    for (const begin = performance.now(); ;) {
      if (await holds()) return performance.now() - begin;
      if (performance.now() - begin > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent?.destroy();
    await this.#gateway?.close();
    for (const index of this.masters.keys()) await this.kill(index);
    await this.chain[Symbol.asyncDispose]();
    await this.etcd[Symbol.asyncDispose]();
    await rm(this.dir, { recursive: true, force: true });
  }

  async #startGateway(): Promise<void> {
    const { ids, caps, gateway } = this.chain;
    this.#gateway = await startGateway(
      parseGatewayConfig({
        listen: { host: '127.0.0.1', port: 0 },
        data_dir: join(this.dir, 'gateway'),
        chain: { url: this.#chainUrl, ...ids },
        gateway_cap: caps.gateway,
        wallet: { secret_key: gateway.getSecretKey() },
        master: { urls: this.masters.map(({ url }) => url), ca: join(this.dir, 'shared', 'ca.crt') },
        log: { level: 'silent' },
      }),
      undefined,
    );
    await this.#gateway.ready;
    this.#agent = new Agent({ connect: { ca: await readFile(join(this.dir, 'gateway', 'ca.crt'), 'utf8') } });
  }

  async #get(url: string, path: string, ca: string): Promise<PairAnswer | undefined> {
    const dispatcher = new Agent({ connect: { ca } });
    try {
      const answer = await request(url + path, { dispatcher, signal: AbortSignal.timeout(2_000) });
      return { status: answer.statusCode, json: (await answer.body.json()) as Record<string, unknown> };
    } catch {
      return undefined;
    } finally {
      await dispatcher.destroy();
    }
  }
}
