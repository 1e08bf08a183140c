import { availableParallelism } from 'node:os';
import { pod } from '../../conformance/world/gateway-api.ts';
import { randomLabel } from '../../conformance/world/actors.ts';
import { crowd } from '../crowd.ts';
import type { LoadRequest, Traffic, TrafficResult } from '../engine/traffic.ts';
import { cpuUsed, type Sampler } from '../engine/sampler.ts';
import { masterMemory, noMemory } from './idle-memory.ts';
import { resultOf, untestableIf, type Measure, type Scenario } from './scenario.ts';

const JSON_BODY = { 'content-type': 'application/json' };
const MAPS = '/api/v1/namespaces/default/configmaps';
const PODS = '/api/v1/namespaces/default/pods';
/** What sending this little takes of the machine. */
const GENERATOR_CORES = 0.2;
/** Requests of one administrator's wallet stay well below what a wallet may send. */
const ADMINS = 4;

function create(path: string, body: object, session: number): LoadRequest {
  return { method: 'POST', path, headers: JSON_BODY, body: JSON.stringify(body), session };
}

function configMap(name: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { key: 'value' } };
}

export const contractWrites: Scenario = {
  name: 'contract-writes',
  title: 'Writes through gateway, chain and master',
  engines: ['k6', 'builtin'],
  run: async (stage, scale, play) => {
    const rate = scale.rate(10, 110);
    const seconds = scale.seconds(3, 20);
    const admins = await crowd(stage.session, 'admin', ADMINS);
    const run = randomLabel();
    const traffic: Traffic = {
      name: 'writes',
      title: 'creates of ConfigMaps',
      server: 'gateway',
      rate,
      seconds,
      connections: 256,
      arrivals: Array.from({ length: Math.ceil(rate * seconds) }, (_, index) => [
        create(MAPS, configMap(`load-${run}-${index}`), index % ADMINS),
      ]),
      expect: [{ status: 201 }],
      figure: 'contract_write_p99',
    };
    const sampler = await stage.sampler();
    const traffics = await play(stage.plan([traffic], admins));
    await sampler[Symbol.asyncDispose]();
    const result = resultOf(traffics, 'writes');
    const measures: Measure[] = [];
    const wanted = stage.figure('contract_writes_per_second').value;
    const cannot = tooMuchForThisMachine(sampler, [...stage.pids.keys()], result.intended, wanted);
    if (rate >= wanted) {
      const metric = 'contract_writes_per_second';
      measures.push({ metric, value: result.per_second, ...untestableIf(cannot) });
    }
    // Below saturation alone does a latency say something of the server.
    if (rate < wanted || result.per_second >= wanted * 0.95)
      measures.push({ metric: 'contract_write_p99', value: result.p99_ms });
    return { traffics, measures };
  },
};

export const mixed: Scenario = {
  name: 'mixed',
  title: 'kubectl sessions: discovery, lists, gets, a create and a delete',
  engines: ['k6', 'builtin'],
  run: async (stage, scale, play) => {
    const rate = scale.rate(4, 12);
    const seconds = scale.seconds(3, 30);
    const admins = await crowd(stage.session, 'admin', ADMINS);
    const run = randomLabel();
    const arrivals = Array.from({ length: Math.ceil(rate * seconds) }, (_, index) =>
      kubectlSession(`load-${run}-${index}`, index % ADMINS),
    );
    const traffic: Traffic = {
      name: 'sessions',
      title: 'kubectl sessions',
      server: 'gateway',
      rate,
      seconds,
      connections: 128,
      arrivals,
      expect: [{ status: 200 }, { status: 201 }],
    };
    const traffics = await play(stage.plan([traffic], admins));
    return { traffics, measures: [failedAuthentications(resultOf(traffics, 'sessions'))] };
  },
};

/** Why so many writes a second cannot be shown on these cores, from what each cost gateway, master and chain together. */
function tooMuchForThisMachine(
  sampler: Sampler,
  parts: readonly string[],
  writes: number,
  wanted: number,
): string | false {
  const cores = availableParallelism();
  const each = parts.map((part) => (cpuUsed(sampler.samplesOf(part)) ?? 0) / Math.max(1, writes));
  const needed = each.reduce((sum, seconds) => sum + seconds, 0) * wanted;
  if (needed + GENERATOR_CORES <= cores) return false;
  const shares = parts.map((part, index) => `${part} ${(each[index]! * 1000).toFixed(1)} ms`).join(', ');
  return `${cores} cores carry all parts, the chain and the generator: ${wanted} writes a second need ${needed.toFixed(1)} cores, at a processor time for each of ${shares}`;
}

/** What kubectl sends for `get`, `create`, `get` and `delete`. */
function kubectlSession(name: string, session: number): LoadRequest[] {
  const get = (path: string): LoadRequest => ({ method: 'GET', path, session });
  return [
    get('/api'),
    get('/apis'),
    get(`${PODS}?limit=500`),
    create(MAPS, configMap(name), session),
    get(`${MAPS}/${name}`),
    get('/api/v1/nodes?limit=500'),
    { method: 'DELETE', path: `${MAPS}/${name}`, session },
  ];
}

/** The share, in percent, of valid requests that were refused for their credential. */
export function failedAuthentications({ statuses, intended }: TrafficResult): Measure {
  const refused = (statuses[401] ?? 0) + (statuses[403] ?? 0);
  const value = intended === 0 ? null : Math.round((refused / intended) * 100_000) / 1000;
  return {
    metric: 'failed_authentications',
    value,
    note: `${refused} of ${intended} valid requests were refused with 401 or 403`,
  };
}

const MANY_PODS = 10_000;
/** Who fills a cluster comes again when it is told to wait. */
const PATIENCE_MS = 30_000;

export const tenThousandPods: Scenario = {
  name: 'ten-thousand-pods',
  title: 'Memory of the master with 10,000 pods',
  engines: ['builtin'],
  long: true,
  run: async (stage, scale, play) => {
    const rate = scale.rate(80, 80);
    const admins = await crowd(stage.session, 'admin', ADMINS);
    const run = randomLabel();
    const traffic: Traffic = {
      name: 'pods',
      title: 'creates of Pods',
      server: 'gateway',
      rate,
      seconds: MANY_PODS / rate,
      connections: 256,
      arrivals: Array.from({ length: MANY_PODS }, (_, index) => [
        create(PODS, pod(`load-${run}-${index}`), index % ADMINS),
      ]),
      // A creation whose answer was lost may be found done when it is asked for again.
      expect: [{ status: 201 }, { status: 409 }],
      retryWithinMs: PATIENCE_MS,
      graceSeconds: PATIENCE_MS / 1000,
    };
    const traffics = await play(stage.plan([traffic], admins));
    const made = resultOf(traffics, 'pods').served;
    const memory = await masterMemory(stage);
    const short =
      made < MANY_PODS && `${made} of ${MANY_PODS} pods were made; the others were not answered in time`;
    return {
      traffics,
      measures: [
        {
          metric: 'loaded_master_memory',
          value: short ? null : (memory ?? null),
          ...untestableIf(short || noMemory(memory)),
        },
      ],
    };
  },
};
