import { HttpDriver } from '../../drivers/http.ts';
import type { CheckContext } from '../../runner/context.ts';
import { eventually, ok, status } from '../../runner/expectations.ts';
import { MasterApi } from '../../world/master-api.ts';
import { leading, offer, REPLICAS, type Replica } from '../../world/leader.ts';
import { startAgain } from '../../world/start-again.ts';
import { CONFIG_MAPS } from './config-map.ts';

const LEADING_MS = 15_000;

/** The API of one of the two masters; the check is untestable on a target with one. */
export function replica(t: CheckContext, part: Replica): MasterApi {
  const server = t.world[part];
  t.needs(`a ${part} that the suite can restart`, server?.startable === true);
  const http = new HttpDriver({ baseUrl: server.url, ca: server.ca, timeoutMs: 4_000 });
  t.defer(() => http[Symbol.asyncDispose]());
  const recorded = http.recording((exchange) => void t.exchanges.push(exchange));
  return new MasterApi(recorded, t.actors, t.world.chain.ids.cluster, t.master.gateway);
}

/** Which of the two takes payloads. */
export function leaderOf(t: CheckContext): Promise<Replica> {
  const apis = { master: replica(t, 'master'), standby: replica(t, 'standby') };
  return eventually('a master that takes payloads', () => leading((part) => apis[part]), {
    withinMs: LEADING_MS,
    intervalMs: 200,
  });
}

/** Kills the leader; answers the other, once it takes payloads, and how long that took. It is started again in the end. */
export async function takenOver(t: CheckContext): Promise<{ leader: Replica; tookMs: number }> {
  const old = await leaderOf(t);
  const other = REPLICAS.find((part) => part !== old)!;
  status(await t.gateway.as(await t.actors.shared('admin'), 'GET', `${CONFIG_MAPS}?limit=1`), 200);
  t.defer(async () => {
    if (!(await t.control.state({ part: old })).running) await t.control.start({ part: old });
    await startAgain(t, 'gateway');
  });
  const api = replica(t, other);
  ok('the other master runs', (await t.control.state({ part: other })).running);
  await t.control.kill({ part: old });
  const killed = performance.now();
  await eventually('a takeover', async () => ((await offer(api)) === 202 ? true : undefined), {
    withinMs: LEADING_MS,
    intervalMs: 100,
  });
  return { leader: other, tookMs: performance.now() - killed };
}

/** Lets the leader stand still until the other takes payloads, and go on. Whichever ended is started again in the end. */
export async function overtaken(t: CheckContext): Promise<{ old: Replica; leader: Replica }> {
  const old = await leaderOf(t);
  const leader = REPLICAS.find((part) => part !== old)!;
  t.defer(async () => {
    await t.control.resume({ part: old });
    if (!(await t.control.state({ part: old })).running) await t.control.start({ part: old });
    await startAgain(t, 'gateway');
  });
  ok('the other master runs', (await t.control.state({ part: leader })).running);
  await t.control.pause({ part: old });
  const api = replica(t, leader);
  await eventually('a takeover', async () => ((await offer(api)) === 202 ? true : undefined), {
    withinMs: LEADING_MS,
    intervalMs: 100,
  });
  await t.control.resume({ part: old });
  return { old, leader };
}
