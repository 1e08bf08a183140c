import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import { Untestable } from '../../runner/outcome.ts';
import { kube, ownKube, pod, typeOf, versionOf, type Kube } from './kube.ts';
import { rebuild, type Watch } from './watch.ts';

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
const HEADER_MS = 1_000;

const labelled = (admin: Kube, name: string, tier: string): object =>
  admin.configMap(name, {}, { labels: { tier } });

/**
 * A watch that begins with the state. A cluster may be without: by its feature gate WatchList, which 1.33 has off, or by
 * an etcd older than 3.4.25, which cannot be asked how far it is.
 */
async function listWatch(admin: Kube): Promise<Watch> {
  const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const watch = await admin.watch('secrets', query);
  if (!admin.t.cluster) return watch;
  if (watch.status === 200) await watch.until('the first event', () => true);
  else await watch.ended;
  const said = [...watch.nonsense, ...watch.events.map(({ object }) => String(at(object, 'message')))].join(
    ' ',
  );
  if (/WatchList|RequestWatchProgress/.test(said))
    throw new Untestable(`the cluster is without watches that begin with the state: ${said}`);
  return watch;
}

export default defineChecks([
  check(
    'GW-WAT-001',
    'a watch is 200 at once, chunked, with one event of a known type a line',
    { mutants: ['watch-header-late', 'watch-in-arrays'] },
    async (t) => {
      const admin = await ownKube(t);
      const from = await admin.revision('secrets');
      const since = Date.now();
      const watch = await admin.watch('secrets', `resourceVersion=${from}`);
      const took = Date.now() - since;
      equal('the status', watch.status, 200);
      ok('the header came at once, with no event to send', took < HEADER_MS, {
        wanted: `under ${HEADER_MS} ms`,
        got: took,
      });
      ok(
        'the body is chunked JSON',
        (watch.headers['content-type'] ?? '').startsWith('application/json') &&
          watch.headers['content-length'] === undefined,
        { got: watch.headers },
      );
      await admin.made('secrets', admin.secret('seen'));
      status(await admin.patch('secrets', 'seen', 'merge', { metadata: { labels: { a: '1' } } }), 200);
      status(await admin.remove('secrets', 'seen'), 200);
      await watch.untilNamed('DELETED', 'seen');
      equal('the events', watch.seen, ['ADDED seen', 'MODIFIED seen', 'DELETED seen']);
      equal('lines that are no event', watch.nonsense, []);
      equal(
        'kind and apiVersion of the objects',
        watch.events.map(({ object }) => typeOf(object)),
        watch.events.map(() => admin.type('secrets')),
      );
    },
  ),

  check(
    'GW-WAT-002',
    'a watch from a list’s resourceVersion delivers every later change once and in order',
    { mutants: ['watch-drops-event', 'watch-from-now', 'watch-repeats-events'] },
    async (t) => {
      const admin = await ownKube(t);
      await admin.made('secrets', admin.secret('counter', { n: '0' }));
      const from = await admin.revision('secrets');
      const count = async (n: number): Promise<void> =>
        status(
          await admin.patch('secrets', 'counter', 'merge', {
            data: { n: Buffer.from(String(n)).toString('base64') },
          }),
          200,
        );
      for (const n of [1, 2, 3]) await count(n);
      const watch = await admin.watch('secrets', `resourceVersion=${from}`);
      for (const n of [4, 5, 6]) await count(n);
      status(await admin.remove('secrets', 'counter'), 200);
      await watch.untilNamed('DELETED', 'counter');
      const numbers = watch.events.map(
        ({ type, object }) => `${type} ${Buffer.from(String(at(object, 'data', 'n')), 'base64').toString()}`,
      );
      equal('the changes', numbers, [
        'MODIFIED 1',
        'MODIFIED 2',
        'MODIFIED 3',
        'MODIFIED 4',
        'MODIFIED 5',
        'MODIFIED 6',
        'DELETED 6',
      ]);
      rebuild(watch.events, new Map([['counter', {}]]), from);
    },
  ),

  check(
    'GW-WAT-003',
    'a watch without a resourceVersion begins with ADDED for each object',
    { mutants: ['watch-drops-event'] },
    async (t) => {
      const admin = await ownKube(t);
      const names = ['one', 'three', 'two'];
      await Promise.all(names.map((name) => admin.made('secrets', admin.secret(name))));
      for (const query of ['', 'resourceVersion=0']) {
        const watch = await admin.watch('secrets', query);
        await eventually(
          'the initial events',
          () => (watch.events.length >= names.length ? true : undefined),
          { withinMs: 5_000, intervalMs: 10 },
        );
        equal(
          'the first events',
          watch.seen.toSorted(),
          names.map((name) => `ADDED ${name}`),
        );
      }
    },
  ),

  check(
    'GW-WAT-004',
    'bookmarks come with allowWatchBookmarks=true only, and carry kind, apiVersion and resourceVersion alone',
    { mutants: ['bookmarks-for-all', 'bookmark-with-object'] },
    async (t) => {
      const admin = await ownKube(t);
      const asked = await listWatch(admin);
      const { object } = await asked.until('a bookmark', ({ type }) => type === 'BOOKMARK');
      const { metadata, ...rest } = object as { metadata: Record<string, unknown> };
      equal('kind and apiVersion', rest, admin.type('secrets'));
      const named = Object.entries(metadata)
        .filter(([name, value]) => value !== null && name !== 'annotations')
        .map(([name]) => name);
      equal('its metadata', named, ['resourceVersion']);
      const from = String(metadata['resourceVersion']);
      const plain = await admin.watch('secrets', `resourceVersion=${from}`);
      await admin.made('secrets', admin.secret('after'));
      await plain.untilNamed('ADDED', 'after');
      equal(
        'the events of a watch from the bookmark that asked for none',
        plain.events.map(({ type }) => type),
        ['ADDED'],
      );
    },
  ),

  check(
    'GW-WAT-006',
    'timeoutSeconds ends the watch cleanly at that time',
    { mutants: ['timeout-ignored', 'watch-broken-off'] },
    async (t) => {
      const admin = await kube(t);
      const since = Date.now();
      const watch = await admin.watch(
        'configmaps',
        `resourceVersion=${await admin.revision('configmaps')}&timeoutSeconds=2`,
      );
      const ending = await eventually('the end of the watch', () => watch.ending, {
        withinMs: 6_000,
        intervalMs: 20,
      });
      const seconds = (Date.now() - since) / 1000;
      equal('how it ended', ending, 'clean');
      ok('it took 2 s ± 1 s', seconds >= 1 && seconds <= 3.2, { wanted: '1 to 3 s', got: seconds });
    },
  ),

  check(
    'GW-WAT-007/labels',
    'an object that leaves a label selector is DELETED, one that enters it ADDED',
    { mutants: ['selector-leavers-untold'] },
    async (t) => {
      const admin = await kube(t);
      const [name, tier] = [t.name('moving'), t.name('tier')];
      const move = async (to: string): Promise<void> =>
        status(await admin.patch('configmaps', name, 'merge', { metadata: { labels: { tier: to } } }), 200);
      const made = await admin.made('configmaps', labelled(admin, name, tier));
      const watch = await admin.watch(
        'configmaps',
        `resourceVersion=${versionOf(made)}&labelSelector=tier%3D${tier}`,
      );
      await move('elsewhere');
      status(await admin.patch('configmaps', name, 'merge', { data: { a: '1' } }), 200);
      await move(tier);
      status(await admin.patch('configmaps', name, 'merge', { data: { a: '2' } }), 200);
      await watch.untilNamed('MODIFIED', name);
      equal('the events', watch.seen, [`DELETED ${name}`, `ADDED ${name}`, `MODIFIED ${name}`]);
    },
  ),

  check(
    'GW-WAT-007/fields',
    'a pod that is bound leaves the selector of unbound pods and enters that of its node',
    { mutants: ['selector-leavers-untold'] },
    async (t) => {
      const admin = await ownKube(t);
      const node = t.name('node');
      const made = await admin.made(
        'pods',
        pod('walker', admin.namespace, { nodeSelector: { none: 'such' } }),
      );
      const from = versionOf(made);
      const free = await admin.watch('pods', `resourceVersion=${from}&fieldSelector=spec.nodeName%3D`);
      const bound = await admin.watch(
        'pods',
        `resourceVersion=${from}&fieldSelector=spec.nodeName%3D${node}`,
      );
      const binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name: 'walker' },
        target: { apiVersion: 'v1', kind: 'Node', name: node },
      };
      status(await admin.send('POST', admin.path('pods', 'walker', 'binding'), { body: binding }), 201);
      await bound.untilNamed('ADDED', 'walker');
      await free.untilNamed('DELETED', 'walker');
      // The scheduler may have told before why the pod waited.
      equal('the last event of the unbound', free.seen.at(-1), 'DELETED walker');
      equal('the first event of the node', bound.seen[0], 'ADDED walker');
    },
  ),

  check(
    'GW-WAT-008/initial',
    'sendInitialEvents sends the state and then a bookmark that says so',
    { mutants: ['initial-end-missing'] },
    async (t) => {
      const admin = await ownKube(t);
      await Promise.all(['a', 'b'].map((name) => admin.made('secrets', admin.secret(name))));
      const watch = await listWatch(admin);
      const { object } = await watch.until('a bookmark', ({ type }) => type === 'BOOKMARK');
      equal('the annotation', at(object, 'metadata', 'annotations', 'k8s.io/initial-events-end'), 'true');
      equal(
        'the events',
        watch.events.map(({ type }) => type),
        ['ADDED', 'ADDED', 'BOOKMARK'],
      );
      await admin.made('secrets', admin.secret('c'));
      await watch.untilNamed('ADDED', 'c');
    },
  ),

  check(
    'GW-WAT-008/refused',
    'sendInitialEvents without resourceVersionMatch is 422 or 400',
    { mutants: ['initial-always-allowed'] },
    async (t) => {
      const admin = await kube(t);
      for (const query of [
        'sendInitialEvents=true',
        'sendInitialEvents=true&resourceVersionMatch=Exact&resourceVersion=1',
      ]) {
        const answer = await admin.list('configmaps', `?watch=true&timeoutSeconds=1&${query}`);
        ok('it is refused', answer.status === 422 || answer.status === 400, {
          wanted: [422, 400],
          got: answer.status,
        });
      }
    },
  ),

  check(
    'GW-WAT-010',
    'a watch asked for as Table sends Table objects',
    { mutants: ['table-ignored'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('row');
      const watch = await admin.watch(
        'configmaps',
        `resourceVersion=${await admin.revision('configmaps')}&fieldSelector=metadata.name%3D${name}`,
        TABLE,
      );
      await admin.made('configmaps', admin.configMap(name));
      const { type, object } = await watch.until('an event', () => true);
      equal(
        'the event',
        [type, at(object, 'kind'), at(object, 'apiVersion')],
        ['ADDED', 'Table', 'meta.k8s.io/v1'],
      );
      equal(
        'its row',
        [at(object, 'rows', 0, 'cells', 0), at(object, 'rows', 0, 'object', 'metadata', 'name')],
        [name, name],
      );
      equal('its first column', at(object, 'columnDefinitions', 0, 'name'), 'Name');
    },
  ),
]);
