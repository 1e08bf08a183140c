import {
  faultOfCopies,
  headersOf,
  HEARTBEAT,
  prepareHeartbeatOf,
  REPLAY,
} from '../../conformance/world/replay-attack.ts';
import { crowd, type Member } from '../crowd.ts';
import type { LoadRequest, Traffic, TrafficResult } from '../engine/traffic.ts';
import { heartbeats, register } from './heartbeats.ts';
import { readTraffic } from './reads.ts';
import { resultOf, type Measure, type Scenario } from './scenario.ts';

const COPIES = 'copies';
const LEGITIMATE_A_SECOND = 40;

export const replayFlood: Scenario = {
  name: 'replay-flood',
  title: 'One valid heartbeat, thousands of copies over many connections',
  engines: ['k6', 'builtin'],
  run: async (stage, scale, play) => {
    // In full more than 100,000, at a pace at which two cores answer generator and server all of them.
    const rate = scale.rate(500, 620);
    const seconds = scale.seconds(3, 180);
    const workers = await crowd(stage.session, 'node', 3);
    await register(stage, workers);
    const [attacked, ...others] = workers as [Member, ...Member[]];
    const valid = await beats('heartbeats', others, LEGITIMATE_A_SECOND, seconds);
    const traffics = await play(
      stage.plan(
        [copies(await oneMessage(attacked), rate, seconds, 128), readTraffic(50, seconds), valid],
        [stage.reader],
      ),
    );
    const beaten = resultOf(traffics, 'heartbeats');
    return {
      traffics,
      measures: [
        copiesMeasure(resultOf(traffics, COPIES)),
        { metric: 'api_read_p99', value: resultOf(traffics, 'reads').p99_ms, note: besides(beaten) },
      ],
      notes: [besides(beaten)],
    };
  },
};

export const nonceFlood: Scenario = {
  name: 'nonce-flood',
  title: 'Thousands of valid credentials fill the memory of nonces',
  engines: ['k6', 'builtin'],
  run: async (stage, scale, play) => {
    const rate = scale.rate(250, 500);
    const seconds = scale.seconds(3, 20);
    const workers = await crowd(stage.session, 'node', scale.size(3, 6));
    await register(stage, workers);
    const [attacked, ...others] = workers as [Member, ...Member[]];
    const copy = await oneMessage(attacked);
    const traffics = await play(
      stage.plan(
        [copies(copy, 10, seconds, 4), await beats('flood', others, rate, seconds), readTraffic(50, seconds)],
        [stage.reader],
      ),
    );
    return {
      traffics,
      measures: [
        copiesMeasure(resultOf(traffics, COPIES)),
        {
          metric: 'api_read_p99',
          value: resultOf(traffics, 'reads').p99_ms,
          note: besides(resultOf(traffics, 'flood')),
        },
      ],
    };
  },
};

async function oneMessage(worker: Member): Promise<LoadRequest> {
  const prepared = await prepareHeartbeatOf(worker, worker.audience, { mint: { lifetime: 290 } });
  return { method: 'POST', path: HEARTBEAT, headers: headersOf(prepared), body: prepared.body };
}

/** The same bytes over and over; served means refused as a replay. */
function copies(request: LoadRequest, rate: number, seconds: number, connections: number): Traffic {
  return {
    name: COPIES,
    title: 'copies of one heartbeat',
    server: 'master',
    rate,
    seconds,
    connections,
    arrivals: [[request]],
    expect: [{ status: REPLAY.status, contains: REPLAY.reason }],
    figure: 'copies_accepted',
  };
}

export async function beats(
  name: string,
  workers: readonly Member[],
  rate: number,
  seconds: number,
  connections = 32,
): Promise<Traffic> {
  return {
    name,
    title: 'heartbeats, each with its own credential',
    server: 'master',
    rate,
    seconds,
    connections,
    arrivals: await heartbeats(workers, Math.round(rate * seconds), rate),
    expect: [{ status: 200 }],
  };
}

/** How many copies passed, and what is wrong with that. */
export function copiesMeasure(result: TrafficResult): Measure {
  const accepted = result.statuses[200] ?? 0;
  const others = result.failed - accepted;
  const fault = faultOfCopies({ accepted, refused: result.served, others });
  const note = `${result.served} of ${result.intended} copies refused as ${REPLAY.reason}, ${accepted} accepted, ${others} answered otherwise or not at all`;
  return { metric: 'copies_accepted', value: accepted, note: fault ? `${fault}; ${note}` : note };
}

function besides({ served, intended, p99_ms }: TrafficResult): string {
  return `beside it ${served} of ${intended} valid heartbeats of other workers were accepted, p99 ${p99_ms} ms`;
}
