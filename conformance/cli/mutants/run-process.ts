import { runChecksHere } from '../../runner/run-here.ts';
import { chainOf } from '../../target/chain/embedded.ts';
import type { ChainNode } from '../../target/chain/index.ts';
import { LocalnetProcess } from '../../target/localnet.ts';
import { loadBundled } from '../../target/bundled.ts';
import { runSuite } from '../../runner/run-suite.ts';
import { describeError } from '../../errors.ts';
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

async function answer({ seed, env, only, checks, chainAlone }: RunRequest): Promise<RunAnswer> {
  const bundled = await loadBundled();
  const { gateway: _g, master: _m, worker: _w, attestation: _a, ...chain } = bundled.file;
  try {
    const { report } = await runSuite({
      target: chainAlone ? { ...bundled, file: chain } : bundled,
      ...(checks && { checks, runChecks: runChecksHere }),
      chain: await freshChain(),
      profiles: [],
      only,
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
