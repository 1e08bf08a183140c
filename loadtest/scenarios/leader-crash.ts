import { HttpDriver } from '../../conformance/drivers/http.ts';
import { pause, poll } from '../../conformance/drivers/wait.ts';
import { HarnessError, TargetError } from '../../conformance/errors.ts';
import { randomLabel } from '../../conformance/world/actors.ts';
import { leading, type Replica } from '../../conformance/world/leader.ts';
import { MasterApi } from '../../conformance/world/master-api.ts';
import { crowd } from '../crowd.ts';
import type { LoadRequest, Traffic, TrafficResult } from '../engine/traffic.ts';
import type { Stage } from '../stage.ts';
import { resultOf, type Measure, type Scenario } from './scenario.ts';

/** How long a client goes on asking: what kubectl's users give it, and half as long again as a takeover may take. */
const CLIENT_DEADLINE_MS = 15_000;
const LEADING_MS = 15_000;
const ADMINS = 4;
const MAPS = '/api/v1/namespaces/default/configmaps';
/** The leader is killed after this share of the run. */
const KILLED_AT = 1 / 4;

export const leaderCrash: Scenario = {
  name: 'leader-crash',
  title: 'Reads and writes of users while the leading master is killed',
  // A script of k6 kills no process, and asks nothing again by itself.
  engines: ['builtin'],
  feature: 'HighAvailability',
  run: async (stage, scale, play) => {
    const seconds = scale.seconds(16, 60);
    const rate = scale.rate(20, 40);
    const admins = await crowd(stage.session, 'admin', ADMINS);
    await using masters = new Masters(stage);
    const leader = await masters.leader();
    const traffics = [usersReads(rate, seconds), usersWrites(rate, seconds)];
    const crash = pause(seconds * 1000 * KILLED_AT, stage.signal).then(() =>
      stage.session.control.kill({ part: leader }),
    );
    const [results] = await Promise.all([play(stage.plan(traffics, admins)), crash]);
    const after = await masters.leader();
    await stage.session.control.start({ part: leader });
    if (after === leader) throw new TargetError(`the ${leader} led on after it was killed`);
    const shares = traffics.map(({ name }) => resultOf(results, name));
    const note = `the ${leader} was killed after ${Math.round(seconds * KILLED_AT)} s; clients ask again for ${CLIENT_DEADLINE_MS / 1000} s at most`;
    return { traffics: results, measures: [availability(shares, note)], notes: [note] };
  },
};

/** The share, in percent, of all requests that were served in the end. */
export function availability(results: readonly TrafficResult[], note: string): Measure {
  const intended = results.reduce((sum, result) => sum + result.intended, 0);
  const served = results.reduce((sum, result) => sum + result.served, 0);
  // Cut off, not rounded: 99.9996 % is not all.
  const value = intended === 0 ? null : Math.floor((served / intended) * 100_000) / 1000;
  return { metric: 'availability', value, note: `${served} of ${intended} requests served; ${note}` };
}

function usersReads(rate: number, seconds: number): Traffic {
  return {
    ...common(rate, seconds),
    name: 'reads',
    title: 'reads of users',
    arrivals: Array.from({ length: ADMINS }, (_, session) => [
      { method: 'GET', path: `${MAPS}?limit=10`, session },
    ]),
    expect: [{ status: 200 }],
  };
}

/** Server-side apply: sent again it changes nothing, as a client that got no answer has to rely on. */
function usersWrites(rate: number, seconds: number): Traffic {
  const run = randomLabel();
  const apply = (index: number): LoadRequest => ({
    method: 'PATCH',
    path: `${MAPS}/crash-${run}-${index}?fieldManager=load`,
    headers: { 'content-type': 'application/apply-patch+yaml' },
    body: JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `crash-${run}-${index}` },
      data: { written: String(index) },
    }),
    session: index % ADMINS,
  });
  return {
    ...common(rate / 4, seconds),
    name: 'writes',
    title: 'applies of users',
    arrivals: Array.from({ length: Math.ceil((rate / 4) * seconds) }, (_, index) => [apply(index)]),
    expect: [{ status: 200 }, { status: 201 }],
  };
}

function common(rate: number, seconds: number) {
  return {
    server: 'gateway',
    rate,
    seconds,
    connections: 512,
    retryWithinMs: CLIENT_DEADLINE_MS,
    graceSeconds: CLIENT_DEADLINE_MS / 1000,
  } as const;
}

/** The two masters, asked which of them leads. */
class Masters implements AsyncDisposable {
  readonly #stage: Stage;
  readonly #drivers: HttpDriver[] = [];
  readonly #apis: Record<Replica, MasterApi>;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#apis = { master: this.#api('master'), standby: this.#api('standby') };
  }

  async leader(): Promise<Replica> {
    const leader = await poll(() => leading((part) => this.#apis[part]), {
      timeoutMs: LEADING_MS,
      intervalMs: 200,
      signal: this.#stage.signal,
    });
    if (!leader) throw new TargetError(`no master takes payloads within ${LEADING_MS / 1000} s`);
    return leader;
  }

  #api(part: Replica): MasterApi {
    const { world, actors, identity } = this.#stage.session;
    const server = world[part];
    if (!server?.startable)
      throw new HarnessError(`the target has no ${part} that the suite can kill`, {
        hint: 'give master and standby a start command in the target file',
      });
    const driver = new HttpDriver({ baseUrl: server.url, ca: server.ca, timeoutMs: 4_000 });
    this.#drivers.push(driver);
    return new MasterApi(
      driver.recording(() => undefined),
      actors,
      world.chain.ids.cluster,
      identity,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#drivers.map((driver) => driver[Symbol.asyncDispose]()));
  }
}
