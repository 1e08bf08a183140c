import { mkdir } from 'node:fs/promises';
import { UsageError } from '../conformance/errors.ts';
import type { TrafficPlan } from './engine/traffic.ts';
import { writeInput } from './k6-engine/play.ts';
import { chooseScenarios, type LoadOptions, quietTarget } from './run-load.ts';
import { scaleOf } from './scenarios/scenario.ts';
import { Stage } from './stage.ts';

/** Ends a scenario where it would begin to send. */
class Written extends Error {
  override readonly name = 'Written';
}

/**
 * Starts the target, sets one scenario's stage and writes what its k6 script reads into a folder, for runners that are
 * started elsewhere. Calls `ready` and keeps the target up until it resolves.
 */
export async function prepareLoad(
  options: LoadOptions,
  dir: string,
  ready: () => Promise<void>,
): Promise<void> {
  const [scenario, ...more] = chooseScenarios(options);
  if (!scenario || more.length > 0 || !scenario.engines.includes('k6'))
    throw new UsageError('--prepare wants one --scenario that k6 can play');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await using stage = await Stage.start({ ...options, target: quietTarget(options.target) });
  const write = async (plan: TrafficPlan): Promise<never> => {
    await writeInput(plan, (metric) => stage.figure(metric), dir);
    throw new Written();
  };
  try {
    await scenario.run(stage, scaleOf(options), write);
  } catch (error) {
    if (!(error instanceof Written)) throw error;
  }
  await ready();
}
