import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import type { Logger } from '../../protocol/logger.ts';
import { Backoff } from '../backoff.ts';
import { machineUsage } from './machine-usage.ts';
import type { Agent, AgentUsage, JoinInfo } from './types.ts';

export interface K3sAgentDeps {
  nodeId: string;
  /** Program to run; default `k3s` of the PATH. */
  program: string;
  /** Further arguments, for example the container runtime's. */
  extraArguments: readonly string[];
  /** Folder for the token file and the agent's data. */
  dataDir: string;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  random: () => number;
  log: Logger;
  /** Time after SIGTERM until SIGKILL, milliseconds; 5 s unless told. */
  graceMs?: number;
}

/** Time after SIGTERM until SIGKILL, milliseconds. */
const GRACE_MS = 5_000;

/** Runs `k3s agent` and starts it again when it ends by itself. */
export class K3sAgent implements Agent {
  readonly #deps: K3sAgentDeps;
  #run: { stop: AbortController; supervisor: Promise<void> } | undefined;
  #child: ChildProcess | undefined;

  constructor(deps: K3sAgentDeps) {
    this.#deps = deps;
  }

  async start(join: JoinInfo): Promise<void> {
    await this.stop();
    const { dataDir } = this.#deps;
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    // A file, since arguments and environment of a process can be read by others.
    await writeFile(this.#tokenFile, join.token, { mode: 0o600 });
    const stop = new AbortController();
    const started = this.#spawn(join);
    await once(started, 'spawn');
    this.#run = { stop, supervisor: this.#supervise(join, started, stop.signal) };
  }

  async stop(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    run?.stop.abort();
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), this.#deps.graceMs ?? GRACE_MS);
      await exited.catch(() => undefined);
      clearTimeout(timer);
    }
    await run?.supervisor;
    await rm(this.#tokenFile, { force: true });
  }

  alive(): boolean {
    return this.#run !== undefined && this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  /** The kubelet reports its pods itself; the worker does not look into the runtime. */
  runningPods(): number {
    return 0;
  }

  usage(): AgentUsage {
    return machineUsage(this.#deps.dataDir);
  }

  get #tokenFile(): string {
    return joinPath(this.#deps.dataDir, 'join-token');
  }

  #spawn(join: JoinInfo): ChildProcess {
    const { nodeId, program, extraArguments, dataDir } = this.#deps;
    const child = spawn(
      program,
      [
        'agent',
        '--server',
        join.server,
        '--token-file',
        this.#tokenFile,
        '--node-name',
        nodeId,
        '--data-dir',
        joinPath(dataDir, 'k3s'),
        ...extraArguments,
      ],
      // Nothing of the worker's own environment: it may hold the path of the key, or worse.
      { stdio: ['ignore', 'ignore', 'ignore'], env: { PATH: process.env['PATH'] ?? '', HOME: dataDir } },
    );
    this.#child = child;
    return child;
  }

  async #supervise(join: JoinInfo, first: ChildProcess, signal: AbortSignal): Promise<void> {
    const { sleep, random, log } = this.#deps;
    const backoff = new Backoff({ baseMs: 1_000, maxMs: 30_000, random });
    let child = first;
    while (!signal.aborted) {
      const [code, by] = (await once(child, 'exit').catch(() => [null, null])) as [
        number | null,
        string | null,
      ];
      if (signal.aborted) return;
      log.warn({ step: 'agent', code, signal: by }, 'k3s agent ended by itself, starting it again');
      await sleep(backoff.next(), signal);
      if (signal.aborted) return;
      child = this.#spawn(join);
      child.on('error', (error) => log.error({ step: 'agent', err: error }, 'k3s agent cannot be started'));
    }
  }
}
