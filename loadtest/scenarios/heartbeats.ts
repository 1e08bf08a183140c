import { HarnessError } from '../../conformance/errors.ts';
import { mintOneShot } from '../../conformance/drivers/credential.ts';
import { headersOf, HEARTBEAT, prepareHeartbeatOf } from '../../conformance/world/replay-attack.ts';
import { registration } from '../../conformance/world/master-api.ts';
import type { Member } from '../crowd.ts';
import { playBuiltin } from '../engine/builtin.ts';
import type { LoadRequest, Traffic } from '../engine/traffic.ts';
import type { Stage } from '../stage.ts';

/** Seconds that a one-shot credential made before a run is good for. */
const LIFETIME_S = 290;
/** From the end of the signing to the first request: k6 reads its input, connections are opened. */
const STARTING_MS = 3_000;
const SAMPLE = 200;
const REGISTER = '/api/v1/register-worker';
const REGISTERED_A_SECOND = 150;

/**
 * Heartbeats of these workers in turn, each with a credential of its own, signed now. The timestamp in each body is that
 * of the second in which it is to be sent, so that a pool lasts longer than the 30 s that a timestamp may be off.
 */
export async function heartbeats(
  workers: readonly Member[],
  count: number,
  rate: number,
): Promise<LoadRequest[][]> {
  const began = Date.now();
  let start = began + STARTING_MS;
  const arrivals: LoadRequest[][] = [];
  for (let index = 0; index < count; index += 1) {
    const worker = workers[index % workers.length]!;
    // Signing a large pool takes a while itself: how long, its first part tells.
    if (index === SAMPLE) start += ((Date.now() - began) / SAMPLE) * count;
    const timestamp = Math.floor(start / 1000 + index / rate);
    const mint = { lifetime: LIFETIME_S };
    const prepared = await prepareHeartbeatOf(worker, worker.audience, { mint, body: { timestamp } });
    arrivals.push([{ method: 'POST', path: HEARTBEAT, headers: headersOf(prepared), body: prepared.body }]);
  }
  return arrivals;
}

/** Registers these workers at the master, a connection's worth at a time. Throws HarnessError when one is refused. */
export async function register(stage: Stage, workers: readonly Member[]): Promise<void> {
  const arrivals: LoadRequest[][] = [];
  for (const worker of workers) {
    const body = JSON.stringify(
      registration({ nodeId: worker.nodeId, token: worker.token }, { timestamp: stamp(arrivals.length) }),
    );
    const credential = await mintOneShot(
      worker.signer,
      { token: worker.token, audience: worker.audience, lifetime: LIFETIME_S },
      { method: 'POST', target: REGISTER, body },
    );
    const headers = { 'x-seal-token': credential, 'content-type': 'application/json' };
    arrivals.push([{ method: 'POST', path: REGISTER, headers, body }]);
  }
  const rate = Math.min(REGISTERED_A_SECOND, workers.length);
  const traffic: Traffic = {
    name: 'registrations',
    title: 'registrations',
    server: 'master',
    rate,
    seconds: workers.length / rate,
    connections: 16,
    arrivals,
    expect: [{ status: 200 }],
  };
  const [result] = await playBuiltin(stage.plan([traffic], []), { signal: stage.signal });
  if (!result || result.failed > 0)
    throw new HarnessError(`registering workers failed: ${JSON.stringify(result?.statuses)}`);
}

function stamp(index: number): number {
  return Math.floor(Date.now() / 1000 + index / REGISTERED_A_SECOND);
}
