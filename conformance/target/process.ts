import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { TargetError } from '../errors.ts';

export interface ProcessOptions {
  name: string;
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** Where everything it prints goes, both streams. */
  logFile: string;
}

/** How a process ended: its exit code, or the signal that ended it. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const TAIL_BYTES = 4000;

/** A process of the implementation under test: its output is kept, its end is known, stopping is bounded in time. */
export class TargetProcess {
  readonly name: string;
  readonly exited: Promise<Exit>;
  #child: ChildProcess;
  #log: WriteStream;
  #tail = '';
  #exit: Exit | undefined;

  private constructor(options: ProcessOptions, child: ChildProcess) {
    this.name = options.name;
    this.#child = child;
    this.#log = createWriteStream(options.logFile, { flags: 'a' });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.#log.write(chunk);
        this.#tail = (this.#tail + chunk.toString('utf8')).slice(-TAIL_BYTES);
      });
    }
    this.exited = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.#exit = { code, signal };
        this.#log.end();
        resolve(this.#exit);
      });
    });
  }

  /** Starts it. Throws TargetError when the program cannot be run at all. */
  static async start(options: ProcessOptions): Promise<TargetProcess> {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // `once` rejects with what an 'error' event says, for instance that there is no such program.
    const failure = await once(child, 'spawn').then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure) {
      throw new TargetError(
        `cannot run the ${options.name}: ${[options.command, ...options.args].join(' ')}`,
        {
          cause: failure,
          hint: 'check start.command in the target file: the first item is the program, the others its arguments',
        },
      );
    }
    return new TargetProcess(options, child);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get running(): boolean {
    return this.#exit === undefined;
  }

  /** Memory it holds now, where the system tells (Linux); undefined elsewhere and once it ended. */
  async residentBytes(): Promise<number | undefined> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8').catch(() => '');
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  }

  /** The last lines it printed, for messages. */
  get tail(): string {
    return this.#tail.trim().split('\n').slice(-12).join('\n');
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }

  /** Asks it to stop; after the time is over it is killed. Resolves to how it ended and whether it had to be killed. */
  async stop(signal: 'SIGTERM' | 'SIGINT', timeoutMs: number): Promise<Exit & { killed: boolean }> {
    this.signal(signal);
    const exit = await this.waitForExit(timeoutMs);
    if (exit) return { ...exit, killed: false };
    this.signal('SIGKILL');
    return { ...(await this.exited), killed: true };
  }

  /** Its exit, or undefined when it still runs after the time given. */
  async waitForExit(timeoutMs: number): Promise<Exit | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), timeoutMs);
    });
    try {
      return await Promise.race([this.exited, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
