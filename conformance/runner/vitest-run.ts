import { availableParallelism } from 'node:os';
import { modulePath } from '../paths.ts';
import { HarnessError, describeError } from '../errors.ts';
import { mergeAttempts } from '../report/verdict.ts';
import type { Check } from './check.ts';
import { counted, type ChecksRun, type ChecksRunOptions, type RunChecks } from './checks-run.ts';
import { CHECKS, loadCheckFiles } from './registry.ts';
import type { RunPlan } from './setup.ts';
import { startVitest, type Reporter, type TestUserConfig } from 'vitest/node';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Runs the checks with vitest, in a few threads. */
export const runChecks: RunChecks = async (options) => {
  const run: ChecksRun = { results: [], faults: [] };
  for (const exclusive of [false, true]) {
    const checks = options.checks.filter((check) => check.exclusive === exclusive);
    if (checks.length > 0 && !options.signal?.aborted) await runPhase(options, checks, exclusive, run);
  }
  return { results: run.results, faults: counted(run.faults) };
};

async function runPhase(
  options: ChecksRunOptions,
  checks: readonly Check[],
  exclusive: boolean,
  { results, faults }: ChecksRun,
): Promise<void> {
  const listeners = new Set(SIGNALS.flatMap((signal) => process.listeners(signal)));
  const reporter: Reporter = {
    onInit(vitest) {
      // vitest would end the process at once, with all that is to be stopped and removed still there.
      for (const signal of SIGNALS)
        for (const listener of process.listeners(signal))
          if (!listeners.has(listener)) process.off(signal, listener);
      options.signal?.addEventListener('abort', () => void vitest.cancelCurrentRun('keyboard-input'), {
        once: true,
      });
    },
    onTestCaseResult(testCase) {
      const attempts = testCase.meta().results;
      if (attempts) {
        const merged = mergeAttempts(attempts);
        results.push(merged);
        options.onResult(merged);
        return;
      }
      const outcome = testCase.result();
      if (outcome.state === 'failed')
        faults.push(`${testCase.name}: ${outcome.errors[0]?.message ?? 'failed'}`);
    },
    onTestRunEnd(modules, unhandled) {
      for (const module of modules)
        faults.push(...module.errors().map((error) => `${module.moduleId}: ${error.message}`));
      faults.push(...unhandled.map((error) => error.message));
    },
  };
  const plan: RunPlan = {
    world: options.world,
    ids: checks.map(({ id }) => id),
    exclusive,
    repeat: options.repeat,
  };
  const ids = new Set(plan.ids);
  const files = (await loadCheckFiles())
    .filter((one) => one.checks.some(({ id }) => ids.has(id)))
    .map(({ file }) => file);
  const config: TestUserConfig & { watch: false; config: false } = {
    root: CHECKS.root,
    config: false,
    include: files,
    exclude: [],
    setupFiles: [modulePath('conformance/runner/setup.ts')],
    provide: { plan },
    reporters: [reporter],
    watch: false,
    pool: 'threads',
    isolate: false,
    // Checks wait more than they compute.
    maxWorkers: exclusive ? 1 : Math.min(4, availableParallelism() + 1),
    fileParallelism: !exclusive,
    maxConcurrency: 8,
    sequence: { seed: options.world.seed },
    coverage: { enabled: false },
    silent: false,
    printConsoleTrace: false,
  };
  const exitCode = process.exitCode;
  try {
    const vitest = await startVitest([], config);
    await vitest.close();
  } catch (cause) {
    throw new HarnessError(`vitest could not run the checks: ${describeError(cause)}`, { cause });
  } finally {
    // vitest sets the exit code of its own view of things; ours follows from the report alone.
    if (!options.signal?.aborted) process.exitCode = exitCode;
  }
}
