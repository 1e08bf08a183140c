import { randomBytes } from 'node:crypto';
import type { RpcTransport } from '@mysten/sui/grpc';
import { buildFramework } from '../../contracts/build.ts';
import { bytesToAddress, parseAddress } from './chain/bytes.ts';
import { Chain } from './chain/chain.ts';
import { blake2b256 } from './chain/digest.ts';
import { Faucet } from './chain/faucet.ts';
import type { SentCoin } from './chain/faucet.ts';
import { genesisDigest } from './chain/genesis.ts';
import type { GenesisPackage } from './chain/genesis.ts';
import { JournalError, JournalFile } from './chain/journal-file.ts';
import { GrpcEndpoint } from './rpc/endpoint.ts';
import { inProcessTransport } from './rpc/in-process.ts';
import { answerManagement } from './rpc/management.ts';
import { OutageGate } from './rpc/outage.ts';
import type { OutageMode } from './rpc/outage.ts';
import { HttpServer } from './rpc/server.ts';
import { ServiceRegistry } from './rpc/service.ts';
import { registerServices } from './rpc/services/index.ts';
import { RpcFailure } from './rpc/status.ts';
import { createSession, ModuleStore } from './vm/index.ts';

export interface LocalnetOptions {
  /** Wall clock in milliseconds; `Date.now` by default. */
  readonly clock?: () => number;
  /** Makes the chain id and the genesis objects; random by default. */
  readonly seed?: Uint8Array;
  /** Packages 0x1 and 0x2; compiled from `contracts/framework` by default. */
  readonly genesis?: readonly GenesisPackage[];
  /** How many checkpoints stay readable. */
  readonly checkpointsKept?: number;
  /**
   * Folder in which the network lives on: what it did is written there before it is answered, and done again at the
   * next start. `seed` counts for a new one only. One process at a time. Without it all is in memory.
   */
  readonly dataDir?: string;
  /** Hears of faults of the localnet itself. */
  readonly onError?: (where: string, error: unknown) => void;
}

/** A Sui network of one process. */
export interface Localnet extends AsyncDisposable {
  readonly chain: Chain;
  readonly chainId: string;
  /** For `new SuiGrpcClient({ network: 'localnet', transport })`: no sockets. */
  readonly transport: RpcTransport;
  /** Serves the same network over HTTP as well; gives the base URL. May be called for several ports. */
  listen(port?: number, host?: string): Promise<string>;
  /** Sends MIST from the treasury in a new coin. Throws TypeError for a bad address. */
  fund(address: string, mist: bigint | number): SentCoin;
  /** Ends this many epochs (1 by default). */
  advanceEpoch(count?: number): void;
  /** Moves chain time ahead. */
  advanceClock(ms: number): void;
  /** Keeps the present state under a name. */
  snapshot(name?: string): void;
  /** Makes everything as it was at the snapshot; event streams end. Throws RangeError for an unknown name. */
  restore(name?: string): void;
  /** Makes gRPC calls fail or wait for a time; 0 seconds ends it. */
  outage(mode: OutageMode, seconds: number): void;
}

/**
 * Starts a network with nothing on it but the framework, the clock and a treasury, or one from `dataDir` as it was.
 * Throws JournalError when the folder cannot be used.
 */
export async function startLocalnet(options: LocalnetOptions = {}): Promise<Localnet> {
  const genesis = options.genesis ?? (await buildFramework());
  const clock = options.clock ?? Date.now;
  const packages = new ModuleStore();
  const fresh = { seed: options.seed ?? randomBytes(32), startMs: clock(), genesis: genesisDigest(genesis) };
  const journal = options.dataDir === undefined ? undefined : JournalFile.open(options.dataDir, fresh);
  const { seed, startMs } = journal?.header ?? fresh;
  const treasury = bytesToAddress(blake2b256(Buffer.concat([Buffer.from('treasury'), seed])));
  const chain = new Chain({
    packages,
    session: (natives, gas) => createSession({ store: packages, natives, gas }),
    genesis,
    clock,
    startMs,
    seed,
    treasury,
    ...(journal && { record: (event) => journal.append(event) }),
    ...(options.checkpointsKept === undefined ? {} : { checkpointsKept: options.checkpointsKept }),
  });
  try {
    for (const event of journal?.events() ?? []) chain.replay(event);
  } catch (cause) {
    journal?.close();
    throw cause instanceof JournalError
      ? cause
      : new JournalError(`${options.dataDir}: ${String(cause)}`, { cause });
  }
  return new RunningLocalnet(chain, treasury, { journal, onError: options.onError ?? (() => {}) });
}

class RunningLocalnet implements Localnet {
  readonly chain: Chain;
  readonly transport: RpcTransport;
  readonly #faucet: Faucet;
  readonly #outage = new OutageGate();
  readonly #endpoint: GrpcEndpoint;
  readonly #closed = new AbortController();
  readonly #servers: HttpServer[] = [];
  readonly #journal: JournalFile | undefined;
  readonly #onError: (where: string, error: unknown) => void;

  constructor(
    chain: Chain,
    treasury: string,
    {
      journal,
      onError,
    }: { journal: JournalFile | undefined; onError: (where: string, error: unknown) => void },
  ) {
    this.chain = chain;
    this.#journal = journal;
    this.#onError = onError;
    this.#faucet = new Faucet(chain, treasury);
    this.#endpoint = new GrpcEndpoint(registerServices(new ServiceRegistry(), chain), this.#outage, onError);
    this.transport = inProcessTransport(this.#endpoint, this.#closed.signal);
  }

  get chainId(): string {
    return this.chain.id;
  }

  async listen(port = 0, host = '127.0.0.1'): Promise<string> {
    const context = { chain: this.chain, faucet: this.#faucet, outage: this.#outage };
    const server = new HttpServer({
      endpoint: this.#endpoint,
      management: (method, path, body) => answerManagement(context, method, path, body),
      onError: this.#onError,
    });
    const url = await server.listen(port, host);
    this.#servers.push(server);
    return url;
  }

  fund(address: string, mist: bigint | number): SentCoin {
    const recipient = parseAddress(address);
    if (recipient === undefined) throw new TypeError(`not an address: ${address}`);
    return this.#faucet.send(recipient, BigInt(mist));
  }

  advanceEpoch(count = 1): void {
    this.chain.advanceEpoch(count);
  }

  advanceClock(ms: number): void {
    this.chain.advanceClock(ms);
  }

  snapshot(name = 'default'): void {
    this.chain.snapshot(name);
  }

  restore(name = 'default'): void {
    this.chain.restore(name);
  }

  outage(mode: OutageMode, seconds: number): void {
    this.#outage.begin(mode, seconds);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#outage.end();
    this.#closed.abort(new RpcFailure('UNAVAILABLE', 'the network has stopped'));
    await Promise.all(this.#servers.splice(0).map((server) => server.close()));
    this.#journal?.close();
  }
}
