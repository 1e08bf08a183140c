import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import { OwnMaster } from '../../world/own-master.ts';
import type { PlayedAnswer } from '../../world/played-gateway.ts';
import { masterKube } from './master-kube.ts';

const startsParts = true;
const timeoutMs = 60_000;
const MAPS = '/api/v1/namespaces/default/configmaps';
const EVENTS = '/api/v1/namespaces/default/events';
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/default/leases';
const BATCH = 8;

const metadata = (name: string): object => ({ name, namespace: 'default' });

function create(own: OwnMaster, name: string, bytes = 10): Promise<PlayedAnswer> {
  const data = { filling: name.padEnd(bytes, 'x') };
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(name), data };
  return own.run({ method: 'POST', target: MAPS, body });
}

/** Creates objects until some are refused, which must be as the bound wants it; the names of the others. */
async function fill(own: OwnMaster, prefix: string, most: number, bytes?: number): Promise<string[]> {
  const kept: string[] = [];
  for (let from = 0; from < most; from += BATCH) {
    const names = Array.from({ length: BATCH }, (_, index) => `${prefix}-${from + index}`);
    const answers = await Promise.all(names.map((name) => create(own, name, bytes)));
    const refusals = answers.filter(({ status: code }) => code !== 201);
    kept.push(...names.filter((_, index) => answers[index]?.status === 201));
    for (const refusal of refusals) {
      ok('a write at the bound is 507 or 429', [507, 429].includes(refusal.status), { got: refusal.json });
      equal(
        'the kind of the refusal',
        [at(refusal.json, 'kind'), at(refusal.json, 'code')],
        ['Status', refusal.status],
      );
    }
    if (refusals.length > 0) return kept;
  }
  ok(`the store is bounded`, false, { wanted: 'a refusal', got: `${kept.length} objects` });
  return kept;
}

/** Fails unless every one of these objects is there with what was stored. */
async function allThere(own: OwnMaster, names: readonly string[]): Promise<void> {
  const list = await own.t.master.asReader('GET', MAPS);
  status(list, 200);
  const held = (at(list.json, 'items') as unknown[]).map((item) => at(item, 'metadata', 'name'));
  equal(
    'acknowledged objects that are gone',
    names.filter((name) => !held.includes(name)),
    [],
  );
}

const removal = (name: string) => ({ method: 'DELETE', target: `${MAPS}/${name}`, body: {} });

export default defineChecks([
  check(
    'MS-STO-008',
    'at the bounds of entries and bytes writes are refused, reads and deletes go on',
    { mutants: ['store-unbounded', 'store-evicts'], startsParts, timeoutMs },
    async (t) => {
      const own = await OwnMaster.start(t, { values: { 'limits.store_entries': '40' } });
      const names = await fill(own, 'entry', 64);
      await allThere(own, names);
      equal('the status of a delete at the bound', (await own.run(removal(names[0]!))).status, 200);
      equal('the status of a write into the free place', (await create(own, 'again')).status, 201);
      await own.stop();
      await own.start({ values: { 'limits.store_entries': '1000000', 'limits.store_bytes': '300000' } });
      const large = await fill(own, 'large', 24, 30_000);
      await allThere(own, [...names.slice(1), ...large]);
      equal('the status of a delete at the bound', (await own.run(removal(large[0]!))).status, 200);
      equal(
        'the status of a write into the free place',
        (await create(own, 'once-more', 20_000)).status,
        201,
      );
    },
  ),

  check(
    'MS-STO-009',
    'at the bound old objects stay, also over a restart',
    { mutants: ['store-evicts'], startsParts, timeoutMs },
    async (t) => {
      const values = { 'limits.store_entries': '30' };
      const own = await OwnMaster.start(t, { values });
      const names = await fill(own, 'kept', 64);
      for (const name of ['more-1', 'more-2']) {
        const { status: code } = await create(own, name);
        ok('a further write is refused', [507, 429].includes(code), { got: code });
      }
      await allThere(own, names);
      await own.stop();
      await own.start({ values });
      await allThere(own, names);
    },
  ),

  check(
    'MS-STO-010',
    'events and leases leave by their time to live and free their places',
    { mutants: ['events-for-ever'], startsParts, timeoutMs },
    async (t) => {
      const own = await OwnMaster.start(t, {
        values: { 'limits.store_entries': '30', 'intervals.event_ttl_seconds': '3' },
      });
      const names = await fill(own, 'kept', 64);
      for (const name of names.slice(0, 2))
        equal('the status of a delete', (await own.run(removal(name))).status, 200);
      const involvedObject = { kind: 'ConfigMap', name: 'kept', namespace: 'default' };
      await own.created(EVENTS, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: metadata('short'),
        involvedObject,
        reason: 'Made',
        type: 'Normal',
      });
      await own.created(LEASES, {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: metadata('short'),
        spec: { holderIdentity: 'nobody', leaseDurationSeconds: 1 },
      });
      for (const path of [`${EVENTS}/short`, `${LEASES}/short`]) {
        await eventually(
          `the end of ${path}`,
          async () => ((await own.t.master.asReader('GET', path)).status === 404 ? true : undefined),
          { withinMs: 10_000, intervalMs: 100 },
        );
      }
      for (const name of ['into-1', 'into-2'])
        equal('the status of a write into the free place', (await create(own, name)).status, 201);
      await allThere(own, [...names.slice(2), 'into-1', 'into-2']);
    },
  ),

  check(
    'MS-STO-013',
    'of increments of one object that are tried again on 409 all are counted',
    { mutants: ['resource-version-ignored'], timeoutMs },
    async (t) => {
      const kube = await masterKube(t);
      const name = t.name('counter');
      await kube.made('configmaps', kube.configMap(name, { count: '0' }));
      const [clients, each] = [4, 4];
      const increment = async (): Promise<void> => {
        for (let tries = 0; tries < 60; tries += 1) {
          const object = (await kube.present('configmaps', name)) as { data: { count: string } };
          object.data.count = String(Number(object.data.count) + 1);
          const answer = await kube.replace('configmaps', name, object);
          if (answer.status === 200) return;
          status(answer, 409);
        }
        ok('an increment passes within 60 tries', false);
      };
      const client = async (): Promise<void> => {
        for (let done = 0; done < each; done += 1) await increment();
      };
      await Promise.all(Array.from({ length: clients }, client));
      const counted = at(await kube.present('configmaps', name), 'data', 'count');
      equal('the increments counted', counted, String(clients * each));
    },
  ),
]);
