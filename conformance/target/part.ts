import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { HarnessError, TargetError } from '../errors.ts';
import { poll } from '../drivers/wait.ts';
import { docker, dockerRun, type ContainerConfig } from './docker-run.ts';
import { TargetProcess, type Exit } from './process.ts';
import { fill, withValues, type Values } from './template.ts';
import type { PartConfig } from './types.ts';

/** What a part's variables are expanded with, and where its relative paths start. */
export interface PartContext {
  name: string;
  config: PartConfig;
  values: Values;
  /** Folder of the target file. */
  targetDir: string;
  /** The part's own folder in the run's folder. */
  dir: string;
  /** Extra environment, for mutants. */
  env?: Record<string, string>;
}

/** What one start does otherwise than the target file says. */
export interface StartChange {
  /** Variables of the environment; null leaves one out. */
  env?: Record<string, string | null>;
  /** Its working directory. */
  cwd?: string;
  /** Told each configuration file; answers what to write instead. */
  file?: (file: ConfigFile) => ConfigFile;
}

export interface ConfigFile {
  path: string;
  content: string;
  mode: number;
}

const STOP_MS = 10_000;

/** One startable piece of the implementation under test: a gateway, a master, or one worker. */
export class Part implements AsyncDisposable {
  readonly name: string;
  readonly context: PartContext;
  #process: TargetProcess | undefined;
  #values: Values;

  constructor(context: PartContext) {
    this.name = context.name;
    this.context = context;
    this.#values = context.values;
  }

  /** False for a part that runs already and is only known by its URL. */
  get startable(): boolean {
    return this.context.config.start !== undefined;
  }

  /** Placeholders that its command, environment and files use. */
  get placeholders(): ReadonlySet<string> {
    const { start, files } = this.context.config;
    const text = JSON.stringify({ start, files });
    return new Set([...text.matchAll(/\{\{\s*([a-z0-9_.]+)\s*\}\}/gi)].map(([, name]) => name!));
  }

  get running(): boolean {
    return this.#process?.running ?? false;
  }

  get process(): TargetProcess | undefined {
    return this.#process;
  }

  /**
   * Writes its configuration files and starts it. Readiness is its owner's to wait for. `values` stand in for those of
   * its placeholders for this start alone, and so does `change`.
   */
  async start(values: Record<string, string> = {}, change: StartChange = {}): Promise<void> {
    const { config, dir } = this.context;
    this.#values = withValues(this.context.values, values);
    if (!config.start) return;
    await mkdir(dir, { recursive: true });
    for (const [path, content] of Object.entries(config.files ?? {})) {
      const told = {
        path: this.#path(path),
        content: this.#fill(content, `files of the ${this.name}`),
        mode: 0o600,
      };
      const file = change.file?.(told) ?? told;
      await mkdir(dirname(file.path), { recursive: true });
      await writeFile(file.path, file.content, { mode: file.mode });
      await chmod(file.path, file.mode);
    }
    const [command, ...args] = this.#commandLine();
    if (!command) throw new HarnessError(`start.command of the ${this.name} is empty`);
    const env = Object.entries(config.start.env ?? {}).map(([key, value]) => [
      key,
      this.#fill(value, `env of the ${this.name}`),
    ]);
    this.#process = await TargetProcess.start({
      name: this.name,
      command,
      args,
      cwd: change.cwd ?? (config.start.cwd ? this.#path(config.start.cwd) : this.context.targetDir),
      env: present({ ...inheritedEnv(), ...Object.fromEntries(env), ...this.context.env, ...change.env }),
      logFile: this.outputFile,
    });
  }

  /** Waits until `probe` is content; ends early, with the reason, when the process ends or time is up. */
  async ready(probe: () => Promise<boolean>, signal?: AbortSignal): Promise<void> {
    const seconds = this.context.config.start?.timeout_seconds ?? 30;
    const ended = () => (this.startable && !this.running ? 'ended' : undefined);
    const answer = await poll(async () => ended() ?? ((await probe()) ? 'ready' : undefined), {
      timeoutMs: seconds * 1000,
      intervalMs: 40,
      signal,
    });
    if (answer === 'ready') return;
    const what = answer === 'ended' ? 'ended before it was ready' : `was not ready within ${seconds} s`;
    const tail = this.#process?.tail;
    throw new TargetError(`the ${this.name} ${what}${tail ? `; its last words:\n${tail}` : ''}`, {
      hint: 'run its start command by hand, or give it longer with start.timeout_seconds',
    });
  }

  /** Stops it as the target file says. Resolves to how it ended, or undefined when it did not run. */
  async stop(): Promise<(Exit & { killed: boolean }) | undefined> {
    const stop = this.context.config.stop;
    const timeoutMs = stop?.timeout_seconds === undefined ? STOP_MS : stop.timeout_seconds * 1000;
    if (!this.#process?.running) return undefined;
    if (!this.#container?.compose) return this.#process.stop(stop?.signal ?? 'SIGTERM', timeoutMs);
    await this.signal(stop?.signal ?? 'SIGTERM');
    const exit = await this.#process.waitForExit(timeoutMs);
    if (exit) return { ...exit, killed: false };
    await this.kill();
    return { ...(await this.#process.exited), killed: true };
  }

  /** Sends a signal to what runs, also in a container. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    // Docker's client passes signals on to its container, compose's takes them for itself.
    if (!this.#container?.compose) this.#process?.signal(signal);
    else if (this.running) await docker('kill', '--signal', signal, this.containerName);
  }

  async kill(): Promise<void> {
    if (!this.#process?.running) return;
    // Docker's client cannot pass SIGKILL on: the container would outlive it.
    if (this.context.config.start?.container) await docker('kill', this.containerName).catch(() => undefined);
    else this.#process.signal('SIGKILL');
    await this.#process.exited;
  }

  /** Name of its container, when it runs in one. */
  get containerName(): string {
    return `${basename(dirname(this.context.dir))}-${this.name}`;
  }

  /** Lets it stand still until `resume`. Throws HarnessError for a part whose process is not the suite's own. */
  pause(): void {
    if (!this.isProcess) throw new HarnessError(`the ${this.name} is no process of this machine to pause`);
    this.#process?.signal('SIGSTOP');
  }

  resume(): void {
    this.#process?.signal('SIGCONT');
  }

  /** Whether signals reach it: it was started here, and not by way of a container. */
  get isProcess(): boolean {
    return this.startable && this.context.config.start?.container === undefined;
  }

  /** Everything it printed, and the log files its target file names, joined. */
  async logs(): Promise<string> {
    const files = [this.outputFile, ...(this.context.config.logs ?? []).map((path) => this.#path(path))];
    const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
    return texts.join('\n');
  }

  /** Folders and files in which it keeps data. */
  get storage(): string[] {
    return (this.context.config.storage ?? []).map((path) => this.#path(path));
  }

  /** Where its standard output and error go. */
  get outputFile(): string {
    return join(dirname(this.context.dir), `${this.name}.out`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #container(): ContainerConfig | undefined {
    return this.context.config.start?.container;
  }

  #commandLine(): string[] {
    const { config, dir } = this.context;
    const container = this.#container;
    if (!container)
      return (config.start?.command ?? []).map((item) =>
        this.#fill(item, `start.command of the ${this.name}`),
      );
    const args = (container.args ?? []).map((item) =>
      this.#fill(item, `start.container of the ${this.name}`),
    );
    return dockerRun(
      { ...container, image: this.#fill(container.image, 'start.container.image'), args },
      {
        name: this.containerName,
        folder: dirname(dir),
        env: [...Object.keys(config.start?.env ?? {}), ...Object.keys(this.context.env ?? {})],
      },
    );
  }

  #fill(text: string, where: string): string {
    return fill(text, this.#values, where);
  }

  #path(path: string): string {
    const filled = this.#fill(path, `paths of the ${this.name}`);
    return isAbsolute(filled) ? filled : resolve(this.context.targetDir, filled);
  }
}

function present(env: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== null));
}

/** The environment a part inherits: enough to run programs, none of the suite's own settings. */
function inheritedEnv(): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_OPTIONS|NODE_ENV|TEST$|K3S_DAAS_)/.test(name),
  );
  return Object.fromEntries(kept.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
