import { pause } from '../../conformance/drivers/wait.ts';
import { usageOf } from '../engine/process-usage.ts';
import type { Stage } from '../stage.ts';
import { untestableIf, type Scenario } from './scenario.ts';

/** From readiness on nothing is asked of it for this long. */
export const IDLE_S = 10;

/**
 * A master that was started anew, on the data it had: what compiling its sources left behind when the target was started for the
 * very first time is not what it needs.
 */
export const idleMemory: Scenario = {
  name: 'idle-memory',
  title: `Memory of the master ${IDLE_S} s after it became ready`,
  engines: ['builtin'],
  run: async (stage) => {
    const { control } = stage.session;
    const part = 'master';
    const isOurs = stage.pids.has(part);
    if (isOurs) {
      await control.stop({ part });
      await control.start({ part });
    }
    const started = await usageOf(stage.pids.get(part) ?? -1);
    await pause(IDLE_S * 1000, stage.signal);
    const memory = await masterMemory(stage);
    const cpu =
      started && `from start to ready ${Math.round(started.cpuSeconds * 1000)} ms of processor time`;
    return {
      traffics: [],
      measures: [
        {
          metric: 'idle_master_memory',
          value: memory ?? null,
          ...(cpu && { note: cpu }),
          ...untestableIf(noMemory(memory)),
        },
      ],
      ...(cpu && { notes: [cpu] }),
    };
  },
};

/** Resident memory of the master in MB; undefined when it is no process of this machine. */
export async function masterMemory(stage: Stage): Promise<number | undefined> {
  const bytes = await stage.world.servers.get('master')?.part.process?.residentBytes();
  return bytes === undefined ? undefined : Math.round(bytes / 1e5) / 10;
}

export function noMemory(memory: number | undefined): string | false {
  return memory === undefined && 'the master is no process that this machine tells the memory of';
}
