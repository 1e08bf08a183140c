import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { describeError } from '../../errors.ts';
import { drawsFrom, invented, mutated } from './mutate.ts';
import { parsersOf, type FuzzFault, type FuzzParser, type FuzzResult } from './parser.ts';
import { SharedState } from './shared-state.ts';

/** What a thread is started with. */
export interface ThreadTask {
  module: string;
  name: string;
  seed: number;
  ms: number;
  growthLimitBytes: number;
  buffer: SharedArrayBuffer;
}

const BATCH = 200;
/** One case in this many is invented; the others are mutations. */
const INVENTED_SHARE = 5;
const FAULTS_KEPT = 5;
const WARM_UP = 0.3;

async function run(task: ThreadTask): Promise<FuzzResult> {
  const parser = parsersOf(await import(task.module), task.module).find(({ name }) => name === task.name);
  if (!parser) throw new Error(`${task.module} has no parser ${task.name}`);
  const state = new SharedState(task.buffer);
  const faults: FuzzFault[] = [];
  for (const sample of parser.samples) {
    if ((await judge(parser, sample)) === 'accepted') continue;
    faults.push({ kind: 'sample-refused', message: 'a valid sample is not accepted', input: base64(sample) });
  }
  const draw = drawsFrom(task.seed);
  const started = performance.now();
  let [cases, accepted, slowestMs] = [0, 0, 0];
  let warm: number | undefined;
  while (performance.now() - started < task.ms && faults.length < FAULTS_KEPT) {
    const batch = invented(task.seed + cases, BATCH / INVENTED_SHARE);
    while (batch.length < BATCH) batch.push(mutated(parser.samples, draw));
    for (const input of batch) {
      state.begin(input);
      const before = performance.now();
      const verdict = await judge(parser, input);
      slowestMs = Math.max(slowestMs, performance.now() - before);
      state.end();
      cases += 1;
      if (verdict === 'accepted') accepted += 1;
      else if (verdict !== 'refused') faults.push({ ...verdict, input: base64(input) });
    }
    // What is compiled and cached once is not growth.
    if (performance.now() - started > task.ms * WARM_UP) warm ??= usedBytes();
  }
  const growthBytes = warm === undefined ? 0 : usedBytes() - warm;
  if (growthBytes > task.growthLimitBytes) {
    faults.push({ kind: 'growth', message: `memory grew by ${growthBytes} bytes in ${cases} cases` });
  }
  const ms = performance.now() - started;
  return { name: parser.name, cases, accepted, ms, slowestMs, growthBytes, faults };
}

async function judge(parser: FuzzParser, input: Uint8Array): Promise<'accepted' | 'refused' | FuzzFault> {
  try {
    // A copy, since a parser that writes into its input must not spoil the record of it.
    const result = parser.parse(Uint8Array.from(input));
    return isRefusal(result instanceof Promise ? await result : result) ? 'refused' : 'accepted';
  } catch (error) {
    const name = error instanceof Error ? error.name : typeof error;
    if (parser.refusals?.includes(name)) return 'refused';
    return { kind: 'crash', message: `${name}: ${describeError(error)}` };
  }
}

/** Parsers that do not throw say no by undefined, false or {ok: false}. */
function isRefusal(result: unknown): boolean {
  if (result === undefined || result === false) return true;
  return typeof result === 'object' && result !== null && 'ok' in result && result.ok === false;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function usedBytes(): number {
  collect();
  collect();
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

const result = await run(workerData as ThreadTask);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage(result);
