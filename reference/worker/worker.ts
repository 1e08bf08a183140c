import type { Signer } from '@mysten/sui/cryptography';
import type { ChainCommands, ChainReader, EventSource, SealToken, StakeRecord } from '../chain/types.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import type { ClientCertificate } from '../tls/client-certificate.ts';
import type { Agent, JoinInfo } from './agent/types.ts';
import type { WorkerConfig } from './config.ts';
import { heartbeatLoop } from './heartbeat-loop.ts';
import { MasterClient } from './master-client.ts';
import type { NautilusInfo, ReadNautilusInfo } from './nautilus-info.ts';
import { retryStep } from './retry.ts';
import type { WorkerSeams } from './seams.ts';
import { watchStake } from './stake-watch.ts';
import { verifyMaster } from './steps/attestation.ts';
import { findEndpoint } from './steps/endpoint.ts';
import { sendHeartbeat } from './steps/heartbeat.ts';
import { register } from './steps/register.ts';
import { ensureSealToken, renewalTime } from './steps/seal-token.ts';
import { ensureStake } from './steps/stake.ts';
import { stakeLost, WorkerExit } from './worker-exit.ts';

/** Everything the worker takes from outside. */
export interface WorkerDeps {
  config: WorkerConfig;
  signer: Signer;
  clock: Clock;
  /** Resolves after `ms`, or as soon as the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0 ≤ random() < 1, for jitter. */
  random: () => number;
  randomBytes: (size: number) => Uint8Array;
  reader: ChainReader;
  commands: ChainCommands;
  events: EventSource;
  nautilusInfo: ReadNautilusInfo;
  /** PEM of the root that attestation documents chain to. */
  attestationRoot: string;
  /** PEM of the master's CA; undefined: the system's roots. */
  masterCa: string | undefined;
  /** To present to a master that asks for one. */
  clientCertificate?: ClientCertificate | undefined;
  agent: Agent;
  seams: WorkerSeams;
  log: Logger;
  /** Told once, when the agent has been started for the first time. */
  onRunning?: (url: string) => void;
}

export interface Worker {
  /**
   * Goes through all steps and heartbeats until `signal` aborts. Resolves to the exit code 0 then;
   * rejects with WorkerExit when it cannot go on. The agent is stopped either way.
   */
  run(signal: AbortSignal): Promise<number>;
}

/** Longest wait for the answer to a heartbeat: milliseconds, and share of the interval. */
const PATIENCE_MS = 10_000;
const PATIENCE_SHARE = 0.8;

/** Builds the worker from its parts. */
export function createWorker(deps: WorkerDeps): Worker {
  return { run: (signal) => new Run(deps, signal).run() };
}

/** One life of the worker. */
class Run {
  readonly #deps: WorkerDeps;
  /** Aborts at a shutdown and when the stake is lost. */
  readonly #stop = new AbortController();
  readonly #outer: AbortSignal;
  #stake: StakeRecord | undefined;
  #token: SealToken | undefined;
  #join: JoinInfo | undefined;
  #agentIsDown = false;
  #master: MasterClient | undefined;

  constructor(deps: WorkerDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#outer = signal;
    if (signal.aborted) this.#stop.abort(signal.reason);
    else signal.addEventListener('abort', () => this.#stop.abort(signal.reason), { once: true });
  }

  async run(): Promise<number> {
    const { agent, log } = this.#deps;
    try {
      await this.#live();
      await agent.stop();
      log.info({ step: 'agent' }, 'agent stopped');
      return 0;
    } catch (error) {
      this.#stop.abort(error);
      const lost = error instanceof WorkerExit && error.code === stakeLost('').code;
      await agent.stop({ drain: lost });
      if (this.#outer.aborted && !(error instanceof WorkerExit)) return 0;
      if (lost) log.error({ step: 'agent' }, 'agent stopped and pods drained: the stake is lost');
      throw error;
    } finally {
      await this.#master?.close();
      await this.#deps.commands.close();
    }
  }

  async #live(): Promise<void> {
    const { config, reader, agent, log } = this.#deps;
    const signal = this.#stop.signal;
    // Read before the stake is looked at, so that no slashing falls between look and watch.
    const { checkpoint } = await this.#step('stake', () => reader.status({ signal }));
    const stake = await this.#step('stake', () => ensureStake(this.#stakeDeps(), signal));
    this.#stake = stake;
    const watching = this.#watch(stake.id, checkpoint);
    const working = (async () => {
      if (this.#deps.seams.startsAgentEarly) {
        const early = { server: config.nautilus_endpoint, token: 'none', ca: this.#deps.masterCa };
        void agent.start(early).catch(() => undefined);
      }
      await this.#joinCluster();
      await agent.start(this.#joined());
      log.info({ step: 'agent', agent: config.agent }, 'agent started');
      this.#deps.onRunning?.(this.#joined().server);
      await this.#heartbeat();
    })();
    // Whichever fails first ends the other.
    await Promise.race([watching, working]).catch(async (error: unknown) => {
      this.#stop.abort(error);
      await Promise.allSettled([watching, working]);
      throw error;
    });
    await working;
  }

  /** Settles when the stake is lost (rejects), never before. */
  async #watch(stakeRecord: string, from: bigint): Promise<void> {
    if (this.#deps.seams.obeysSlashing) {
      await watchStake(this.#deps.events, stakeRecord, from, this.#stop.signal);
    }
    await untilAborted(this.#stop.signal);
  }

  /** Seal token, endpoint, attestation, registration. */
  async #joinCluster(): Promise<void> {
    const { config, clock, log, randomBytes } = this.#deps;
    const signal = this.#stop.signal;
    const stake = this.#required(this.#stake);
    const token = await this.#step('seal-token', () => ensureSealToken(stake.id, this.#deps, signal));
    const info = await this.#step('endpoint', () =>
      findEndpoint(
        token,
        {
          nautilusInfo: this.#deps.nautilusInfo,
          configuredUrl: config.nautilus_endpoint,
          configuredEndpoint: config.endpoint,
          log,
        },
        signal,
      ),
    );
    const master = (this.#master ??= this.#connect(info));
    const { attestationRoot: root, seams } = this.#deps;
    const nonce = (size: number): Uint8Array => seams.attestationNonce(randomBytes(size));
    const attestation = { master, root, steps: seams.attestationSteps, clock, randomBytes: nonce, log };
    const attest = (): Promise<void> =>
      this.#step('attestation', () => verifyMaster(info, attestation, signal));
    if (seams.attests === 'before registering') await attest();
    const registration = {
      master,
      nodeId: config.node_id,
      clock,
      log,
      checksJoin: seams.checksJoin,
      isFinalRefusal: seams.isFinalRefusal,
      confirmStake: () => this.#confirmStake(),
    };
    this.#join = await this.#step('register', () => register(token.id, info, registration, signal));
    this.#token = token;
    if (seams.attests === 'after registering') await attest();
  }

  async #heartbeat(): Promise<void> {
    const { config, clock, agent, seams, sleep, random, log } = this.#deps;
    const never = new AbortController().signal;
    const signal = seams.stopsHeartbeats ? this.#stop.signal : never;
    const intervalMs = config.heartbeat_interval_seconds * 1000;
    const parts = {
      master: this.#required(this.#master),
      nodeId: config.node_id,
      agent,
      clock,
      // A hanging master must be given up before the next heartbeat is due.
      timeoutMs: Math.min(PATIENCE_MS, intervalMs * PATIENCE_SHARE),
      report: seams.heartbeat,
    };
    await heartbeatLoop(
      {
        send: async (ending) => {
          await this.#renewInTime();
          return await sendHeartbeat(
            this.#required(this.#token).id,
            this.#required(this.#stake),
            parts,
            ending,
          );
        },
        rejoin: () => this.#rejoin(),
        restartAgent: () => this.#restartAgent(),
        agentIsDown: () => this.#agentIsDown,
        confirmStake: () => this.#confirmStake(),
        intervalMs,
        failuresBeforeRestart: seams.failuresBeforeRestart,
        interval: seams.interval,
        pause: seams.pause,
        sleep,
        random,
        log,
      },
      signal,
    );
  }

  async #renewInTime(): Promise<void> {
    const token = this.#required(this.#token);
    if (this.#deps.clock.nowMs() / 1000 < renewalTime(token)) return;
    this.#deps.log.info({ step: 'seal-token', token: token.id }, 'renewing the seal token');
    await this.#rejoin();
  }

  /** Registers anew; the agent's old join token is dead then, so it starts again with the new one. */
  async #rejoin(): Promise<void> {
    await this.#joinCluster();
    await this.#restartAgent();
  }

  async #restartAgent(): Promise<void> {
    const { agent, log } = this.#deps;
    await agent.stop();
    if (this.#stop.signal.aborted) return;
    try {
      await agent.start(this.#joined());
      this.#agentIsDown = false;
      log.info({ step: 'agent' }, 'agent restarted');
    } catch (error) {
      this.#agentIsDown = true;
      log.error({ step: 'agent', err: error }, 'the agent could not be restarted');
    }
  }

  /** Rejects with WorkerExit when the chain says that the stake is not active. */
  async #confirmStake(): Promise<void> {
    const { reader, seams, log } = this.#deps;
    if (!seams.obeysSlashing) return;
    try {
      const stake = await reader.stakeRecord(this.#required(this.#stake).id, { signal: this.#stop.signal });
      this.#stake = stake;
      if (stake.status === 'active') return;
      throw stakeLost(stake.status);
    } catch (error) {
      if (error instanceof WorkerExit) throw error;
      log.warn({ step: 'heartbeat', err: error }, 'the stake could not be looked up');
    }
  }

  #stakeDeps(): Parameters<typeof ensureStake>[0] {
    const { config, reader, commands, seams, log } = this.#deps;
    return { config, reader, commands, obeysSlashing: seams.obeysSlashing, log };
  }

  #connect(info: NautilusInfo): MasterClient {
    const { config, signer, clock, randomBytes, masterCa, clientCertificate, seams } = this.#deps;
    return new MasterClient({
      url: new URL(info.url).origin,
      ca: masterCa,
      clientCertificate,
      seams,
      signer,
      audience: config.cluster,
      clock,
      randomBytes,
    });
  }

  #step<T>(step: string, run: () => Promise<T>): Promise<T> {
    const { sleep, random, log, seams } = this.#deps;
    return retryStep(step, run, { sleep, random, log, pause: seams.pause }, this.#stop.signal);
  }

  #joined(): JoinInfo {
    return { ...this.#required(this.#join), clientCertificate: this.#deps.clientCertificate };
  }

  #required<T>(value: T | undefined): T {
    if (value === undefined) throw new Error('a step ran before the one it builds on');
    return value;
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
