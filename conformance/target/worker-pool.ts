import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { HarnessError } from '../errors.ts';
import { Part, type ConfigFile, type StartChange } from './part.ts';
import { withValues, type Values } from './template.ts';
import type { WorkerConfig } from './types.ts';

export interface WorkerRequest {
  /** DNS-1123 label; made up when absent. */
  nodeId?: string;
  /** What its configuration says it stakes. */
  stakeMist?: string;
  /** Secret key of a wallet that is funded already; a fresh one is made and funded otherwise. */
  secretKey?: string;
  /** Placeholders that override the usual ones, for instance `master.url`. */
  values?: Record<string, string>;
  /** Fields that replace those of its staker-config.json; null leaves one out. */
  config?: Record<string, unknown>;
  /** Level of its log, for an implementation whose configuration has `log.level`. */
  logLevel?: string;
  /** Further variables of its environment; null leaves one out. */
  env?: Record<string, string | null>;
  /** Mode of that file, 0600 unless told. */
  configMode?: number;
  /**
   * Where it must find that file: `cwd` is its working directory, `path` another file that STAKER_CONFIG_PATH names.
   * As the target file says when absent.
   */
  configIn?: 'cwd' | 'path';
}

export interface WorkerStarted {
  id: string;
  nodeId: string;
  address: string;
  secretKey: string;
  /** Its own folder. */
  dir: string;
  /** Where it may put temporary files. */
  tmp: string;
}

export interface WorkerPoolOptions {
  config: WorkerConfig;
  values: Values;
  targetDir: string;
  runDir: string;
  env: Record<string, string>;
  fund: (address: string, mist: bigint) => Promise<void>;
}

/** Starts workers of the implementation under test, as many as checks ask for, each with its own wallet and folder. */
export class WorkerPool implements AsyncDisposable {
  readonly #options: WorkerPoolOptions;
  readonly #workers = new Map<string, Part>();

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  async start(request: WorkerRequest): Promise<WorkerStarted> {
    const number = this.#workers.size + 1;
    const id = `worker-${number}`;
    const nodeId = request.nodeId ?? `node-${number}-${Math.random().toString(36).slice(2, 8)}`;
    const wallet = request.secretKey ? Ed25519Keypair.fromSecretKey(request.secretKey) : new Ed25519Keypair();
    const dir = join(this.#options.runDir, id);
    const values = withValues(this.#options.values, {
      'worker.dir': dir,
      'worker.node_id': nodeId,
      'worker.stake_mist': request.stakeMist ?? '2000000000',
      'wallet.worker.address': wallet.toSuiAddress(),
      'wallet.worker.secret_key': wallet.getSecretKey(),
      ...request.values,
    });
    const part = new Part({
      name: id,
      config: this.#options.config,
      values,
      targetDir: this.#options.targetDir,
      dir,
      env: this.#options.env,
    });
    this.#workers.set(id, part);
    if (!request.secretKey) await this.#options.fund(wallet.toSuiAddress(), 20_000_000_000n);
    // A folder of its own for temporary files shows which of them it leaves behind.
    const tmp = join(this.#options.runDir, `${id}.tmp`);
    await mkdir(tmp, { recursive: true });
    const change = changeOf(request, dir);
    await part.start({}, { ...change, env: { TMPDIR: tmp, ...change.env, ...request.env } });
    return { id, nodeId, address: wallet.toSuiAddress(), secretKey: wallet.getSecretKey(), dir, tmp };
  }

  get(id: string): Part {
    const part = this.#workers.get(id);
    if (!part) throw new HarnessError(`there is no worker ${id}`);
    return part;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#workers.values()].map((worker) => worker.kill()));
  }
}

const CONFIG = 'staker-config.json';

/** How a start differs from the target file's for what a request asks of staker-config.json. */
function changeOf(request: WorkerRequest, dir: string): StartChange {
  const elsewhere = join(dir, 'elsewhere', 'worker.json');
  const file = (told: ConfigFile): ConfigFile => {
    if (basename(told.path) !== CONFIG) return told;
    return {
      path: pathOf(told.path, request.configIn, elsewhere, dir),
      content: edited(told.content, request),
      mode: request.configMode ?? told.mode,
    };
  };
  if (request.configIn === 'cwd') return { file, cwd: dir, env: { STAKER_CONFIG_PATH: null } };
  if (request.configIn === 'path') return { file, env: { STAKER_CONFIG_PATH: elsewhere } };
  return { file };
}

function pathOf(told: string, place: WorkerRequest['configIn'], elsewhere: string, dir: string): string {
  if (place === 'path') return elsewhere;
  return place === 'cwd' ? join(dir, CONFIG) : told;
}

function edited(content: string, { config: fields, logLevel }: WorkerRequest): string {
  if (!fields && logLevel === undefined) return content;
  const told = JSON.parse(content) as Record<string, unknown>;
  const log = told['log'];
  const leveled =
    logLevel !== undefined && typeof log === 'object' && log !== null && 'level' in log
      ? { log: { ...log, level: logLevel } }
      : {};
  const config = { ...told, ...leveled, ...fields };
  return JSON.stringify(
    Object.fromEntries(Object.entries(config).filter(([, value]) => value !== null)),
    null,
    2,
  );
}
