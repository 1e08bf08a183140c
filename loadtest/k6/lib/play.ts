import { sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter, Trend } from 'k6/metrics';
import type { Options, Scenario } from 'k6/options';
import { ARRIVALS, INPUT, type Request, type Traffic } from './input.ts';
import { sessionOf, signAll, type Signed } from './session.ts';

/** Statuses that are counted by themselves; 0 stands for no answer, others go under `other`. */
const STATUSES = [
  '0',
  '200',
  '201',
  '202',
  '400',
  '401',
  '403',
  '404',
  '409',
  '429',
  '500',
  '503',
  '504',
  '507',
];

interface Meters {
  latency: Trend;
  served: Counter;
  failed: Counter;
  inTime: Counter;
  statuses: Record<string, Counter>;
}

const meters = new Map<string, Meters>();
for (const { name } of INPUT.traffics) {
  const statuses: Record<string, Counter> = {};
  for (const status of [...STATUSES, 'other']) statuses[status] = new Counter(`${name}_status_${status}`);
  meters.set(name, {
    latency: new Trend(`${name}_latency`, true),
    served: new Counter(`${name}_served`),
    failed: new Counter(`${name}_failed`),
    inTime: new Counter(`${name}_in_time`),
    statuses,
  });
}

const VUS = INPUT.traffics.reduce((sum, { connections }) => sum + connections, 0);
/** Seconds before the load in which connections are opened, spread out: handshakes all at once are another test. */
const WARMING_S = Math.ceil(VUS / 200);
const HEALTH = { gateway: '/healthz', master: '/health' } as const;
const SERVERS = [...new Set(INPUT.traffics.map(({ server }) => server))];

/** Options of a script: each traffic of the input at its constant arrival rate, thresholds as the input says. */
export function options(): Options {
  const scenarios: Record<string, Scenario> = {
    warming: {
      executor: 'per-vu-iterations',
      exec: 'warm',
      vus: VUS,
      iterations: 1,
      maxDuration: `${WARMING_S}s`,
    },
  };
  const thresholds: Record<string, string[]> = {};
  for (const traffic of INPUT.traffics) {
    const { name, rate, seconds, graceSeconds, delaySeconds = 0, connections } = traffic;
    // Whole numbers a minute, as k6 takes no fractions of a second's.
    scenarios[name] = {
      executor: 'constant-arrival-rate',
      exec: 'default',
      rate: Math.max(1, Math.round(rate * 60)),
      timeUnit: '1m',
      duration: `${seconds}s`,
      startTime: `${WARMING_S + delaySeconds}s`,
      preAllocatedVUs: connections,
      maxVUs: connections,
      gracefulStop: `${graceSeconds}s`,
    };
    if (traffic.thresholds.latency.length > 0) thresholds[`${name}_latency`] = traffic.thresholds.latency;
    if (traffic.thresholds.accepted.length > 0)
      thresholds[`${name}_status_200`] = traffic.thresholds.accepted;
  }
  return {
    scenarios,
    thresholds,
    // A body is kept only where an answer is told apart by it.
    discardResponseBodies: true,
    summaryTrendStats: ['med', 'p(90)', 'p(95)', 'p(99)', 'p(99.9)', 'max'],
    // No answer of a server under test leads elsewhere.
    maxRedirects: 0,
  };
}

/** One virtual user opens its connections, which it keeps for the traffic that takes it up afterwards. */
export function warm(): void {
  sleep(Math.random() * WARMING_S * 0.7);
  for (const server of SERVERS) http.get(`${INPUT.urls[server]}${HEALTH[server]}`);
}

/** Runs once before the load: signs a session of each wallet, which would take each virtual user as long. */
export const setup = (): Signed => signAll();

/** One arrival: its requests one after the other. */
export function arrive(signed: Signed): void {
  const { name } = exec.scenario;
  const traffic = INPUT.traffics.find((one) => one.name === name);
  const meter = meters.get(name);
  if (!traffic || !meter) throw new Error(`no traffic ${name} in the input`);
  const index = exec.scenario.iterationInTest;
  // k6 may begin one arrival more than the rate gives: it would be a copy of the first.
  if (index >= Math.round(traffic.rate * traffic.seconds)) return;
  const arrivals = ARRIVALS.get(name) ?? [];
  const requests = arrivals[index % arrivals.length] ?? [];
  for (const request of requests) send(traffic, request, meter, signed);
}

function send(traffic: Traffic, request: Request, meter: Meters, signed: Signed): void {
  const telling = traffic.expect.some(({ contains }) => contains !== undefined);
  const headers = { ...request.headers };
  if (request.session !== undefined)
    headers['authorization'] = `Bearer ${sessionOf(request.session, signed)}`;
  const answer = http.request(
    request.method,
    `${INPUT.urls[traffic.server]}${request.path}`,
    request.body ?? null,
    {
      headers,
      responseType: telling ? 'text' : 'none',
      timeout: '30s',
    },
  );
  const status = String(answer.status);
  (meter.statuses[status] ?? meter.statuses['other'])?.add(1);
  const served = traffic.expect.some(
    (one) =>
      one.status === answer.status &&
      (one.contains === undefined || String(answer.body ?? '').includes(one.contains)),
  );
  if (!served) {
    meter.failed.add(1);
    return;
  }
  meter.served.add(1);
  // As k6 measures: sending, waiting and receiving, without the opening of the connection.
  meter.latency.add(answer.timings.duration);
  if (Date.now() - exec.scenario.startTime <= traffic.seconds * 1000) meter.inTime.add(1);
}
