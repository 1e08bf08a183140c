import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { abortableSleep } from '../../chain/index.ts';
import { FakeChain } from '../../master/testing/fake-chain.ts';
import { fakeCommands } from '../../master/testing/fake-commands.ts';
import { systemClock } from '../../protocol/clock.ts';
import { createLogger } from '../../protocol/logger.ts';
import type { Agent, JoinInfo } from '../agent/types.ts';
import { parseWorkerConfig } from '../config.ts';
import type { NautilusInfo } from '../nautilus-info.ts';
import type { WorkerSeams } from '../seams.ts';
import { defaultWorkerSeams } from '../seams.ts';
import { createWorker } from '../worker.ts';
import { WorkerExit } from '../worker-exit.ts';
import type { ScriptedMaster } from './scripted-master.ts';

const id = (digit: string): string => `0x${digit.repeat(64)}`;

/** An agent that only notes what it was told. */
export class NotingAgent implements Agent {
  readonly did: string[] = [];
  readonly joins: JoinInfo[] = [];
  /** Which of the things it is told is a start that fails, from 1. */
  failsAt = 0;
  #alive = false;

  start(join: JoinInfo): Promise<void> {
    this.did.push('start');
    this.joins.push(join);
    if (this.did.length === this.failsAt) return Promise.reject(new Error('unreachable'));
    this.#alive = true;
    return Promise.resolve();
  }

  stop({ drain = false }: { drain?: boolean } = {}): Promise<void> {
    if (this.#alive) this.did.push(drain ? 'drain' : 'stop');
    this.#alive = false;
    return Promise.resolve();
  }

  alive(): boolean {
    return this.#alive;
  }

  runningPods(): number {
    return 2;
  }

  usage(): { cpu: number; memory: number; disk: number } {
    return { cpu: 0.1, memory: 0.2, disk: 0.3 };
  }
}

export interface LoneWorker {
  chain: FakeChain;
  agent: NotingAgent;
  stake: string;
  token: string;
  /** What the worker logged, all of it. */
  log: () => string;
  ended: Promise<{ code: number; message: string }>;
  stop: () => void;
}

export interface LoneWorkerOptions {
  info?: (info: NautilusInfo) => NautilusInfo;
  seams?: Partial<WorkerSeams>;
  /** Seconds that the seal token lives. */
  tokenSeconds?: number;
  intervalSeconds?: number;
  ca?: string;
}

/** A worker with an active stake on a chain of maps, against a scripted master. */
export function startLoneWorker(master: ScriptedMaster, options: LoneWorkerOptions = {}): LoneWorker {
  const {
    info = (same) => same,
    seams = {},
    tokenSeconds = 86_400,
    intervalSeconds = 0.1,
    ca = master.ca,
  } = options;
  const chain = new FakeChain(id('e'), Date.now);
  const pair = new Ed25519Keypair();
  const owner = pair.toSuiAddress();
  const stake = id('5');
  chain.stakes.set(stake, {
    id: stake,
    staker: owner,
    amount: 1_000_000_000n,
    stakedAt: 0n,
    lockedUntil: 100n,
    status: 'active',
    nodeId: 'n',
    stakeType: 'node',
  });
  let current = '';
  const issue = (): string => {
    const now = Math.floor(Date.now() / 1000);
    current = `0x${randomBytes(32).toString('hex')}`;
    chain.tokens.set(current, {
      id: current,
      owner,
      stakeRecord: stake,
      nodeId: 'n',
      stakeAmount: 1_000_000_000n,
      stakeType: 'node',
      permissions: [],
      issuedAt: now,
      expiresAt: now + tokenSeconds,
      revoked: false,
      nautilusEndpoint: id('e'),
    });
    return current;
  };
  const lines: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  const config = parseWorkerConfig(
    {
      node_id: 'n',
      sui_wallet_address: owner,
      sui_private_key: pair.getSecretKey(),
      sui_rpc_endpoint: 'http://127.0.0.1:1',
      stake_amount: 1_000_000_000,
      contract_address: id('1'),
      nautilus_endpoint: master.url,
      container_runtime: 'simulated',
      min_stake_amount: 1_000_000_000,
      pool: id('2'),
      registry: id('3'),
      cluster: id('4'),
      heartbeat_interval_seconds: intervalSeconds,
    },
    '.',
  );
  const agent = new NotingAgent();
  const receipt = { digest: 'fake', events: [], created: [], gasUsed: 0n };
  const stopping = new AbortController();
  const worker = createWorker({
    config,
    signer: pair,
    clock: systemClock,
    sleep: (ms, signal) => abortableSleep(Math.min(ms, 2_000), signal),
    random: () => 0.5,
    randomBytes,
    reader: {
      ...chain.reader,
      stakeRecordOf: () => Promise.resolve(stake),
      sealTokenOf: () => Promise.resolve(current === '' ? undefined : current),
    },
    commands: {
      ...fakeCommands(chain),
      createSealToken: () => Promise.resolve({ ...receipt, token: issue() }),
      revokeSealToken: ({ token }) => {
        chain.revoke(token);
        return Promise.resolve(receipt);
      },
    },
    events: chain,
    nautilusInfo: () =>
      Promise.resolve(
        info({
          url: master.url,
          publicKey: master.key.publicKey,
          keyVersion: 1n,
          expectedPcrs: master.tee.pcrs,
          active: true,
        }),
      ),
    attestationRoot: master.tee.rootCertificate,
    masterCa: ca,
    agent,
    seams: { ...defaultWorkerSeams, ...seams },
    log: createLogger({ name: 'worker', level: 'trace', stream }),
  });
  const ended = worker.run(stopping.signal).then(
    (code) => ({ code, message: '' }),
    (error: unknown) => {
      if (error instanceof WorkerExit) return { code: error.code, message: error.message };
      throw error;
    },
  );
  return {
    chain,
    agent,
    stake,
    get token() {
      return current;
    },
    log: () => lines.join(''),
    ended,
    stop: () => stopping.abort(new Error('stopped by the test')),
  };
}
