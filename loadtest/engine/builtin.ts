import { Pool } from 'undici';
import { HarnessError } from '../../conformance/errors.ts';
import { pause } from '../../conformance/drivers/wait.ts';
import { openModel } from './open-model.ts';
import { Sessions } from './sessions.ts';
import { Tally } from './tally.ts';
import { GRACE_SECONDS } from './traffic.ts';
import type { Expected, LoadRequest, Traffic, TrafficPlan, TrafficResult } from './traffic.ts';

/** Statuses, 0 for no answer, that say nothing of the next attempt. */
const PASSING: ReadonlySet<number> = new Set([0, 429, 502, 503, 504]);
const RETRY_AFTER_MS = 250;

/** Answered by every implementation without a credential: for opening connections. */
const HEALTH = { gateway: '/healthz', master: '/health' } as const;

/**
 * Plays all traffics of a plan side by side with the generator in this process. Connections are open before anything is
 * counted, as those of real clients are.
 */
export async function playBuiltin(
  plan: TrafficPlan,
  options: { signal?: AbortSignal } = {},
): Promise<TrafficResult[]> {
  const sessions = new Sessions(plan.wallets);
  const open: { traffic: Traffic; pool: Pool }[] = [];
  try {
    for (const traffic of plan.traffics) open.push({ traffic, pool: await warmPool(plan, traffic) });
    return await Promise.all(open.map(({ traffic, pool }) => playTraffic(pool, traffic, sessions, options)));
  } finally {
    await Promise.all(open.map(({ pool }) => pool.destroy()));
  }
}

/** A pool with all its connections open, as far as the server takes them. */
async function warmPool(plan: TrafficPlan, traffic: Traffic): Promise<Pool> {
  const server = plan.servers[traffic.server];
  if (!server) throw new HarnessError(`the target has no ${traffic.server} to send ${traffic.title} to`);
  const pool = new Pool(server.url, {
    connections: traffic.connections,
    pipelining: 1,
    connect: { ...(server.ca && { ca: server.ca }), timeout: 10_000 },
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });
  const opening = Array.from({ length: traffic.connections }, async () => {
    const answer = await pool.request({ method: 'GET', path: HEALTH[traffic.server] });
    await answer.body.dump();
  });
  await Promise.allSettled(opening);
  return pool;
}

async function playTraffic(
  pool: Pool,
  traffic: Traffic,
  sessions: Sessions,
  { signal }: { signal?: AbortSignal },
): Promise<TrafficResult> {
  const tally = new Tally(traffic);
  await pause((traffic.delaySeconds ?? 0) * 1000, signal);
  const began = performance.now();
  let [sent, counting] = [0, true];
  const result = await openModel({
    rate: traffic.rate,
    seconds: traffic.seconds,
    connections: traffic.connections,
    graceMs: (traffic.graceSeconds ?? GRACE_SECONDS) * 1000,
    ...(signal && { signal }),
    play: async (index, intended) => {
      let from = intended;
      for (const request of traffic.arrivals[index % traffic.arrivals.length] ?? []) {
        sent += 1;
        const outcome = await sendUntil(
          from + (traffic.retryWithinMs ?? 0),
          () => send(pool, request, traffic.expect, sessions),
          signal,
        );
        const now = performance.now();
        if (counting) tally.count({ ...outcome, ms: now - from, atMs: now - began });
        else return;
        // What follows in a sequence is meant to be sent when the answer before it is there.
        from = now;
      }
    },
  });
  counting = false;
  const counted = Object.values(tally.result.statuses).reduce((sum, count) => sum + count, 0);
  tally.lost(sent - counted + unsent(traffic, result.played, result.intended));
  return tally.result;
}

/** Requests of the arrivals that never got a connection. */
function unsent({ arrivals }: Traffic, from: number, to: number): number {
  let requests = 0;
  for (let index = from; index < to; index += 1) requests += arrivals[index % arrivals.length]?.length ?? 0;
  return requests;
}

/** Sends again what another attempt may mend, as long as the deadline on the clock is not over. */
async function sendUntil(
  deadline: number,
  attempt: () => Promise<{ status: number; served: boolean }>,
  signal: AbortSignal | undefined,
): Promise<{ status: number; served: boolean }> {
  for (;;) {
    const outcome = await attempt();
    const again = !outcome.served && PASSING.has(outcome.status) && !signal?.aborted;
    if (!again || performance.now() + RETRY_AFTER_MS > deadline) return outcome;
    await pause(RETRY_AFTER_MS, signal);
  }
}

async function send(
  pool: Pool,
  { method, path, headers, body, session }: LoadRequest,
  expected: readonly Expected[],
  sessions: Sessions,
): Promise<{ status: number; served: boolean }> {
  try {
    const answer = await pool.request({
      method,
      path,
      headers: {
        ...headers,
        ...(session !== undefined && { authorization: `Bearer ${await sessions.of(session)}` }),
      },
      ...(body !== undefined && { body }),
    });
    const status = answer.statusCode;
    const wanted = expected.filter((one) => one.status === status);
    if (wanted.length === 0 || wanted.some(({ contains }) => contains === undefined)) {
      await answer.body.dump({ limit: Infinity });
      return { status, served: wanted.length > 0 };
    }
    const text = await answer.body.text();
    return { status, served: wanted.some(({ contains }) => text.includes(contains ?? '')) };
  } catch {
    return { status: 0, served: false };
  }
}
