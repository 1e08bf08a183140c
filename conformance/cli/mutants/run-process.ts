import { runChecksHere } from '../../runner/run-here.ts';
import { chainOf } from '../../target/chain/embedded.ts';
import type { ChainNode } from '../../target/chain/index.ts';
import { LocalnetProcess } from '../../target/localnet.ts';
import { loadBundled } from '../../target/bundled.ts';
import { runSuite } from '../../runner/run-suite.ts';
import type { TargetFile } from '../../target/types.ts';
import { describeError } from '../../errors.ts';
import { PARTS, type Part } from './parts.ts';
import type { RunAnswer, RunRequest } from './run-pool.ts';

/** One run of the suite after the other, as the parent asks: what is loaded and compiled serves all of them. */
const interrupted = new AbortController();
let running: Promise<void> = Promise.resolve();
let localnet: LocalnetProcess | undefined;

/** The chain for the next run: the one of the run before, unless it is not like a new one any more. */
async function freshChain(): Promise<ChainNode> {
  if (localnet?.touched) await endChain();
  localnet ??= await LocalnetProcess.start();
  return chainOf(localnet);
}

async function endChain(): Promise<void> {
  const old = localnet;
  localnet = undefined;
  await old?.[Symbol.asyncDispose]();
}

async function answer({ target, seed, env, checks, parts, threads }: RunRequest): Promise<RunAnswer> {
  const bundled = await loadBundled(target);
  const left = Object.entries(bundled.file).filter(([name]) => !isPart(name) || parts.includes(name));
  try {
    const { report } = await runSuite({
      target: { ...bundled, file: Object.fromEntries(left) as TargetFile },
      checks,
      ...(!threads && { runChecks: runChecksHere }),
      chain: await freshChain(),
      profiles: [],
      only: [...new Set(checks.map((id) => id.split('/')[0] ?? id))],
      exclude: [],
      seed,
      repeat: 1,
      strict: false,
      env,
      keep: false,
      signal: interrupted.signal,
      step: () => {},
      onResult: () => {},
    });
    return { report };
  } catch (error) {
    return { error: describeError(error) };
  }
}

const isPart = (name: string): name is Part => (PARTS as readonly string[]).includes(name);

async function answered(request: RunRequest): Promise<void> {
  const said = await answer(request);
  // Nobody listens any more once the command was interrupted.
  if (process.connected) process.send?.(said);
}

process.on('message', (request: RunRequest) => {
  running = answered(request);
});

/** What a run has started ends with it. */
function stop(): void {
  interrupted.abort();
  void running.then(endChain).finally(() => process.exit(0));
}
process.once('SIGTERM', stop);
process.once('disconnect', stop);
// Ctrl-C reaches every process of a terminal: the parent says when to stop.
process.on('SIGINT', () => {});
