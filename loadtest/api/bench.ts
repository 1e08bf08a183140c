import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { poll } from '../../conformance/drivers/wait.ts';
import { Peer } from '../../conformance/peer/peer.ts';
import { Session } from '../../conformance/runner/context.ts';
import { loadBundled } from '../../conformance/target/bundled.ts';
import { World } from '../../conformance/target/world.ts';
import { fanOut, type FanOut } from './fan-out.ts';
import { load, type Figures, type Request } from './load.ts';
import { NAMESPACE, peerSide, referenceSide, type Side } from './sides.ts';
import { table } from './table.ts';

/** What one side gave. */
export interface SideResult {
  create: Figures;
  get: Figures;
  list: Figures;
  fan_out: FanOut;
  memory: Record<'idle' | 'full' | 'watched', Record<string, number | undefined>>;
}

export interface BenchResult {
  machine: { cores: number; model: string; load_before: number[]; node: string };
  objects: number;
  bytes_each: number;
  reference: SideResult & { pods: Pods };
  peer: SideResult;
}

/** A list of real Pods, which the peer does not have. */
export interface Pods {
  count: number;
  list: Figures;
}

const OBJECTS = Number(process.env['BENCH_OBJECTS'] ?? 500);
const WATCHERS = Number(process.env['BENCH_WATCHERS'] ?? 1000);
const MILLISECONDS = Number(process.env['BENCH_MS'] ?? 4000);
const CHANGES = 5;
const FILE = 'reports/bench-api.json';
/** About as much as a Pod with its status. */
const PADDING = 'x'.repeat(1500);

const say = (text: string): void => void process.stderr.write(`${text}\n`);

function objectOf(side: Side, name: string): string {
  const { apiVersion, kind } = side;
  return JSON.stringify({ apiVersion, kind, metadata: { name }, data: { padding: PADDING } });
}

function creation(side: Side, name: string): Request {
  const headers = { 'content-type': 'application/json' };
  return { method: 'POST', path: side.collection, headers, body: objectOf(side, name) };
}

/** Measures one thing at both sides, one after the other, so that each has the machine for itself. */
async function both<T>(
  sides: readonly Side[],
  what: string,
  measure: (side: Side) => Promise<T>,
): Promise<Record<Side['name'], T>> {
  const results: Partial<Record<Side['name'], T>> = {};
  for (const side of sides) {
    say(`${what}: ${side.name}`);
    results[side.name] = await measure(side);
  }
  return results as Record<Side['name'], T>;
}

async function measureAll(sides: readonly Side[]) {
  const idle = await both(sides, 'memory, idle', (side) => side.memory());
  const create = await both(sides, `create ${OBJECTS}`, (side) =>
    load(side.writes, (index) => creation(side, `object-${index}`), {
      concurrency: 8,
      requests: OBJECTS,
      wanted: 201,
    }),
  );
  const full = await both(sides, 'memory', (side) => side.memory());
  const get = await both(sides, 'get', (side) =>
    load(side.reads, (index) => ({ method: 'GET', path: `${side.collection}/object-${index % OBJECTS}` }), {
      concurrency: 16,
      milliseconds: MILLISECONDS,
      wanted: 200,
    }),
  );
  const list = await both(sides, `list of ${OBJECTS}`, (side) =>
    load(side.reads, () => ({ method: 'GET', path: side.collection }), {
      concurrency: 4,
      milliseconds: MILLISECONDS,
      wanted: 200,
    }),
  );
  const watched: Partial<Record<Side['name'], SideResult['memory']['watched']>> = {};
  const fan = await both(sides, `${WATCHERS} watchers`, (side) =>
    fanOut(side.reads, side.collection, {
      watchers: WATCHERS,
      changes: CHANGES,
      change: async (index) => {
        watched[side.name] ??= await side.memory();
        const name = `fan-out-${index}-x`;
        await load(side.writes, () => creation(side, name), { concurrency: 1, requests: 1, wanted: 201 });
        return name;
      },
    }),
  );
  return (name: Side['name']): SideResult => ({
    create: create[name],
    get: get[name],
    list: list[name],
    fan_out: fan[name],
    memory: { idle: idle[name], full: full[name], watched: watched[name] ?? {} },
  });
}

/** Pods of one deployment, made by its controller; no node takes them. */
async function measurePods(side: Side): Promise<Pods> {
  const labels = { app: 'bench' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'bench' },
    spec: {
      replicas: OBJECTS,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'pause:3.10' }] } },
    },
  };
  await post(side, `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, deployment);
  const path = `/api/v1/namespaces/${NAMESPACE}/pods`;
  const headers = await side.reads.headers();
  let count = 0;
  await poll(
    async () => {
      const answer = await side.reads.agent.request({ origin: side.reads.url, path, method: 'GET', headers });
      count = ((await answer.body.json()) as { items?: unknown[] }).items?.length ?? 0;
      return count === OBJECTS ? true : undefined;
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
  say(`list of ${count} pods: ${side.name}`);
  const options = { concurrency: 4, milliseconds: MILLISECONDS, wanted: 200 };
  return { count, list: await load(side.reads, () => ({ method: 'GET', path }), options) };
}

function post(side: Side, path: string, body: object): Promise<Figures> {
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', path, headers, body: JSON.stringify(body) };
  return load(side.writes, () => request, { concurrency: 1, requests: 1, wanted: 201 });
}

const before = loadavg();
await using stack = new AsyncDisposableStack();
say('starting the peer');
const peer = stack.use(await Peer.start());
const target = await loadBundled();
const world = stack.use(await World.start({ target, seed: 1, strict: false, progress: say }));
const session = stack.use(new Session(world.info));
const admin = await session.actors.fresh('admin');
const sides = [referenceSide(world, session, admin), peerSide(peer)];
for (const { reads, writes } of sides) {
  stack.defer(() => reads.agent.destroy());
  stack.defer(() => writes.agent.destroy());
}
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
await post(sides[0]!, '/api/v1/namespaces', namespace);
const of = await measureAll(sides);
const result: BenchResult = {
  machine: {
    cores: availableParallelism(),
    model: cpus()[0]?.model ?? 'unknown',
    load_before: before,
    node: process.version,
  },
  objects: OBJECTS,
  bytes_each: objectOf(sides[0]!, 'object-0').length,
  reference: { ...of('reference'), pods: await measurePods(sides[0]!) },
  peer: of('peer'),
};
await mkdir(dirname(FILE), { recursive: true });
await writeFile(FILE, `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(table(result));
say(`written to ${FILE}`);
