import { crowd } from '../crowd.ts';
import type { TrafficResult } from '../engine/traffic.ts';
import { register } from './heartbeats.ts';
import { readTraffic } from './reads.ts';
import { beats } from './replays.ts';
import { resultOf, type Measure, type Scenario } from './scenario.ts';

/** So many workers do not wait for each other's connections: room for a pause of half a second. */
const CONNECTIONS = 200;

/** Workers with heartbeats at the pace that the target asks of them. */
function storm(name: string, workers: readonly [number, number], long: boolean): Scenario {
  return {
    name,
    title: `Heartbeats of ${workers[1].toLocaleString('en')} workers`,
    engines: ['k6', 'builtin'],
    ...(long && { long }),
    run: async (stage, scale, play) => {
      const count = scale.size(...workers);
      const interval = stage.world.info.timings.heartbeat_interval_seconds;
      const rate = scale.rate(count, Math.ceil(count / interval));
      const seconds = scale.seconds(3, Math.min(40, Math.max(10, interval)));
      stage.step(`making ${count} workers`);
      const progress = (made: number): void => {
        if (made % 500 === 0) stage.step(`${made} of ${count} workers have a stake and a token`);
      };
      const members = await crowd(stage.session, 'node', count, { signal: stage.signal, progress });
      await register(stage, members);
      const traffics = await play(
        stage.plan(
          [await beats('heartbeats', members, rate, seconds, CONNECTIONS), readTraffic(20, seconds)],
          [stage.reader],
        ),
      );
      const held = heldMeasure(count, resultOf(traffics, 'heartbeats'));
      const enough = count >= stage.figure(held.metric).value;
      const reads: Measure = { metric: 'api_read_p99', value: resultOf(traffics, 'reads').p99_ms };
      return {
        traffics,
        measures: enough ? [held, reads] : [reads],
        notes: [`${held.value} of ${count} workers held: ${held.note}`],
      };
    },
  };
}

/** Workers all of whose heartbeats were acknowledged, at the least. */
function heldMeasure(count: number, { intended, failed, p99_ms }: TrafficResult) {
  const sent = Math.min(count, intended);
  return {
    metric: 'workers_held',
    value: Math.max(0, sent - failed),
    note: `${intended} heartbeats of ${count} workers, ${failed} not acknowledged, p99 ${p99_ms} ms`,
  };
}

export const heartbeatStorm = storm('heartbeat-storm', [40, 1000], false);
export const heartbeatStorm10k = storm('heartbeat-storm-10k', [10_000, 10_000], true);
