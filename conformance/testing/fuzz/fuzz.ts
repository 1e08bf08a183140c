import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { describeError } from '../../errors.ts';
import type { FuzzFault, FuzzResult } from './parser.ts';
import { SharedState } from './shared-state.ts';
import type { ThreadTask } from './thread.ts';

export interface FuzzOptions {
  /** URL of the module that exports PARSERS. */
  module: string;
  name: string;
  seed: number;
  ms: number;
  /** Milliseconds after which a single case counts as hung; 1000 unless told. */
  hangMs?: number;
  /** 16 MiB unless told: compiled code and caches settle well below, a parser that keeps its inputs does not. */
  growthLimitBytes?: number;
}

const POLLS_A_HANG = 5;

/** Fuzzes one parser in a thread of its own, so that a case that never ends can be ended, and named. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const state = new SharedState();
  const started = performance.now();
  const { module, name, ms, hangMs = 1_000, growthLimitBytes = 16 * 1024 * 1024 } = options;
  const task: ThreadTask = {
    module,
    name,
    ms,
    growthLimitBytes,
    seed: createHash('sha256').update(`${options.seed} ${name}`).digest().readUInt32LE(0),
    buffer: state.buffer,
  };
  const thread = new Worker(new URL('thread.ts', import.meta.url), { workerData: task });
  const result = Promise.withResolvers<FuzzResult>();
  const failed = (fault: FuzzFault): void => {
    const spent = performance.now() - started;
    const cases = state.current()?.number ?? 0;
    result.resolve({
      name,
      cases,
      accepted: 0,
      ms: spent,
      slowestMs: spent,
      growthBytes: 0,
      faults: [fault],
    });
  };
  thread.on('message', (message: FuzzResult) => result.resolve(message));
  thread.on('error', (error) => failed({ kind: 'crash', message: describeError(error), ...inputOf(state) }));
  let last: { number: number; since: number } | undefined;
  const watch = setInterval(() => {
    const number = state.current()?.number;
    if (number === undefined || number !== last?.number) {
      last = number === undefined ? undefined : { number, since: performance.now() };
      return;
    }
    if (performance.now() - last.since < hangMs) return;
    failed({ kind: 'hang', message: `a case took more than ${hangMs} ms`, ...inputOf(state) });
  }, hangMs / POLLS_A_HANG);
  try {
    return await result.promise;
  } finally {
    clearInterval(watch);
    await thread.terminate();
  }
}

function inputOf(state: SharedState): { input?: string } {
  const current = state.current();
  return current ? { input: Buffer.from(current.input).toString('base64') } : {};
}
