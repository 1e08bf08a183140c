import { join } from 'node:path';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { HarnessError } from '../errors.ts';
import { Part } from './part.ts';
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
}

export interface WorkerStarted {
  id: string;
  nodeId: string;
  address: string;
  secretKey: string;
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
    await part.start();
    return { id, nodeId, address: wallet.toSuiAddress(), secretKey: wallet.getSecretKey() };
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
