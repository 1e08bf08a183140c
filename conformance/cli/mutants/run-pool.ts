import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { HarnessError } from '../../errors.ts';
import { modulePath } from '../../paths.ts';
import type { Report } from '../../report/model.ts';
import type { BundledName } from '../../target/bundled.ts';
import type { Part } from './parts.ts';

export interface RunRequest {
  target: BundledName;
  seed: number;
  /** Environment of each part of the target. */
  env: Record<string, string>;
  /** Ids of the checks that run. */
  checks: string[];
  /** Of the reference, beside the chain. */
  parts: Part[];
  /** Whether the checks run in threads of their own. */
  threads: boolean;
}

/** What became of a run: its report, or why there is none. */
export interface RunAnswer {
  report?: Report;
  error?: string;
}

/** After so many runs a process is replaced, so that nothing that a run leaves behind adds up. */
const RUNS_OF_A_PROCESS = 25;

/**
 * Processes that run the suite again and again. Each run publishes contracts and starts a target of its own. What is loaded
 * of the suite is shared, and the chain below, as long as nobody has moved its clock or cut it off.
 */
export class RunPool implements AsyncDisposable {
  readonly #idle: RunProcess[] = [];
  readonly #all = new Set<RunProcess>();

  /** Throws HarnessError when the run leaves no report. */
  async run(request: RunRequest, signal: AbortSignal): Promise<Report> {
    signal.throwIfAborted();
    const process = this.#idle.pop() ?? this.#open();
    try {
      const { report, error } = await process.ask(request, signal);
      if (!report) throw new HarnessError(`a run left no report: ${error ?? 'it ended'}`);
      return report;
    } finally {
      if (process.usable) this.#idle.push(process);
      else await this.#end(process);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#all].map((process) => this.#end(process)));
  }

  #open(): RunProcess {
    const process = new RunProcess();
    this.#all.add(process);
    return process;
  }

  async #end(process: RunProcess): Promise<void> {
    this.#all.delete(process);
    await process.end();
  }
}

class RunProcess {
  readonly #child: ChildProcess;
  #words = '';
  #runs = 0;

  constructor() {
    this.#child = fork(modulePath('conformance/cli/mutants/run-process.ts'), [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, CI: 'true' },
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#words = (this.#words + chunk.toString()).slice(-2000);
    });
  }

  get usable(): boolean {
    return this.#child.connected && this.#child.exitCode === null && this.#runs < RUNS_OF_A_PROCESS;
  }

  async ask(request: RunRequest, signal: AbortSignal): Promise<RunAnswer> {
    this.#runs += 1;
    const over = new AbortController();
    const either = AbortSignal.any([over.signal, signal]);
    try {
      const answered = once(this.#child, 'message', { signal: either });
      const ended = once(this.#child, 'exit', { signal: either }).then(() => undefined);
      this.#child.send(request);
      const message = await Promise.race([answered, ended]);
      return message ? (message[0] as RunAnswer) : { error: `its process ended: ${this.#words}` };
    } finally {
      over.abort();
    }
  }

  /** Its target is stopped with it. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 20_000);
    await gone;
    clearTimeout(timer);
  }
}
