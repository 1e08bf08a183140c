import { describeError } from '../errors.ts';
import { mergeAttempts } from '../report/verdict.ts';
import type { Check } from './check.ts';
import { counted, type ChecksRun, type ChecksRunOptions, type RunChecks } from './checks-run.ts';
import { Session } from './context.ts';
import { runAttempts } from './run-check.ts';
import { settled } from './settled.ts';

const AT_ONCE = 8;

/** Checks that run one after the other. */
type Lane = readonly Check[];

/**
 * Runs the checks in this process, without vitest: for runs of a few checks again and again, of which starting threads and
 * loading everything into them would be the greater part.
 */
export const runChecksHere: RunChecks = async (options) => {
  const run: ChecksRun = { results: [], faults: [] };
  const fault = (error: unknown): void => void run.faults.push(describeError(error));
  process.on('unhandledRejection', fault);
  process.on('uncaughtException', fault);
  try {
    const [disturbing = [], harmless = []] = [true, false].map((exclusive) =>
      options.checks.filter((check) => check.exclusive === exclusive),
    );
    if (harmless.length > 0) await runLanes(options, lanesOf(harmless), run);
    if (disturbing.length > 0) await runLanes(options, [disturbing], run);
  } finally {
    process.off('unhandledRejection', fault);
    process.off('uncaughtException', fault);
  }
  return { results: run.results, faults: counted(run.faults) };
};

/** A lane for each check, but only one for those that start parts. */
function lanesOf(checks: readonly Check[]): Lane[] {
  const starting = checks.filter(({ startsParts }) => startsParts);
  return [starting, ...checks.filter(({ startsParts }) => !startsParts).map((check) => [check])];
}

async function runLanes(
  { world, repeat, onResult }: ChecksRunOptions,
  lanes: readonly Lane[],
  { results }: ChecksRun,
): Promise<void> {
  await using session = new Session(world);
  const waiting = [...lanes];
  const work = async (): Promise<void> => {
    for (let lane = waiting.shift(); lane; lane = waiting.shift()) {
      for (const check of lane) {
        if (check.exclusive) await settled(session);
        const result = mergeAttempts(await runAttempts(check, session, repeat));
        results.push(result);
        onResult(result);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
