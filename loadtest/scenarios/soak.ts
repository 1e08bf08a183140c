import { crowd } from '../crowd.ts';
import { floorGrowthPerMinute, growthPerMinute } from '../engine/sampler.ts';
import { rounded } from '../engine/tally.ts';
import { register } from './heartbeats.ts';
import { readTraffic } from './reads.ts';
import { beats } from './replays.ts';
import type { Measure, Scenario } from './scenario.ts';

/** A slope of a shorter run is that of warming up. */
const SHORTEST_S = 60;
/** More than this in a minute is no connection that comes and goes. */
const SOCKETS_A_MINUTE = 5;

export const soak: Scenario = {
  name: 'soak',
  title: 'Constant load for long: do memory and connections grow?',
  engines: ['k6', 'builtin'],
  long: true,
  run: async (stage, scale, play) => {
    // Shorter than k6's sessions last: to sign new ones takes all its users' time at once.
    const seconds = scale.seconds(5, 190);
    const rate = scale.rate(100, 150);
    const workers = await crowd(stage.session, 'node', 2);
    await register(stage, workers);
    const sampler = await stage.sampler();
    const traffics = await play(
      stage.plan(
        [readTraffic(rate, seconds), await beats('heartbeats', workers, 20, Math.min(seconds, 270))],
        [stage.reader],
      ),
    );
    await sampler[Symbol.asyncDispose]();
    const slopes = (['gateway', 'master'] as const).map((part) => {
      const samples = sampler.samplesOf(part);
      return {
        part,
        memory: floorGrowthPerMinute(samples, ({ residentMb }) => residentMb),
        sockets: growthPerMinute(samples, ({ sockets }) => sockets),
      };
    });
    const notes = slopes.map(
      ({ part, memory, sockets }) =>
        `${part}: floor of memory ${signed(memory)} MB a minute, sockets ${signed(sockets)} a minute`,
    );
    if (seconds < SHORTEST_S)
      return { traffics, measures: [], notes: [...notes, `too short to judge: ${SHORTEST_S} s at least`] };
    return { traffics, measures: [growthMeasure(slopes, notes)], notes };
  },
};

/** The steepest growth of memory; none that can be judged where connections pile up. */
function growthMeasure(
  slopes: readonly { memory: number | undefined; sockets: number | undefined }[],
  notes: readonly string[],
): Measure {
  const metric = 'memory_growth';
  const note = notes.join('; ');
  const memories = slopes.flatMap(({ memory }) => memory ?? []);
  if (memories.length === 0)
    return { metric, value: null, note, untestable: 'this machine does not tell the memory of the servers' };
  // Connections that pile up break the same sentence: there is no growth that would do.
  const piling = slopes.some(({ sockets = 0 }) => sockets > SOCKETS_A_MINUTE);
  return { metric, value: piling ? null : rounded(Math.max(...memories)), note };
}

const signed = (value: number | undefined): string =>
  value === undefined ? '?' : `${value < 0 ? '' : '+'}${value.toFixed(1)}`;
