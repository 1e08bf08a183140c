import { check, defineChecks } from '../../runner/check.ts';
import { asObject, at, equal, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import { container, deployment, kube, versionOf } from './kube.ts';

const env = (name: string, value: string): object => ({ name, value });

/** A change of the containers of a Deployment's pods. */
const templateOf = (containers: object[]): object => ({ spec: { template: { spec: { containers } } } });

/** Containers, and image, ports and environment of the one called main. */
const inMain = (object: unknown): unknown[] => {
  const list = at(object, 'spec', 'template', 'spec', 'containers') as object[];
  const main = list.find((each) => at(each, 'name') === 'main');
  const ports = (at(main, 'ports') as object[])
    .map((port) => Number(at(port, 'containerPort')))
    .toSorted((a, b) => a - b);
  return [list.map((each) => at(each, 'name')).toSorted(), at(main, 'image'), ports, at(main, 'env')];
};

export default defineChecks([
  check(
    'GW-PAT-001/applies',
    'a JSON patch is applied in order',
    { mutants: ['json-patch-reversed'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('json');
      await admin.made(
        'configmaps',
        admin.configMap(name, { a: '1' }, { annotations: { 'example.com/a': '2' } }),
      );
      const answer = await admin.patch('configmaps', name, 'json', [
        { op: 'test', path: '/data/a', value: '1' },
        { op: 'replace', path: '/data/a', value: '2' },
        { op: 'copy', from: '/data/a', path: '/data/e' },
        { op: 'remove', path: '/data/a' },
        { op: 'move', from: '/metadata/annotations/example.com~1a', path: '/data/f' },
        { op: 'add', path: '/metadata/labels', value: { first: 'yes' } },
      ]);
      status(answer, 200);
      equal('the data', at(answer.json, 'data'), { e: '2', f: '2' });
      equal('what is stored', await admin.present('configmaps', name), answer.json);
    },
  ),

  check(
    'GW-PAT-001/whole',
    'a JSON patch one of whose operations fails changes nothing',
    { mutants: ['json-patch-in-part'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('json');
      const made = await admin.made('configmaps', admin.configMap(name, { a: '1' }));
      const failing = [
        [
          { op: 'replace', path: '/data/a', value: '2' },
          { op: 'test', path: '/data/a', value: '1' },
        ],
        [
          { op: 'add', path: '/data/b', value: '2' },
          { op: 'remove', path: '/data/absent' },
        ],
        [
          { op: 'add', path: '/data/b', value: '2' },
          { op: 'replace', path: '/nothing/there', value: 1 },
        ],
      ];
      for (const patch of failing) {
        const answer = await admin.patch('configmaps', name, 'json', patch);
        ok('it is refused with 422 or 409', answer.status === 422 || answer.status === 409, {
          wanted: [422, 409],
          got: { status: answer.status, body: answer.text.slice(0, 500) },
        });
        isStatus(answer);
        equal('the object afterwards', await admin.present('configmaps', name), made);
      }
    },
  ),

  check(
    'GW-PAT-002/keys',
    'a merge patch deletes keys given as null and replaces a list of names as a whole',
    { mutants: ['merge-patch-keeps-nulls', 'merge-patch-as-strategic'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('merge');
      await admin.made(
        'configmaps',
        admin.configMap(
          name,
          { a: '1', b: '2' },
          { labels: { x: 'y' }, finalizers: ['example.com/one', 'example.com/two'] },
        ),
      );
      const answer = await admin.patch('configmaps', name, 'merge', {
        data: { a: null, c: '3' },
        metadata: { labels: null, finalizers: ['example.com/three'] },
      });
      status(answer, 200);
      equal(
        'data, labels and finalizers',
        [
          at(answer.json, 'data'),
          at(answer.json, 'metadata', 'labels') ?? {},
          at(answer.json, 'metadata', 'finalizers'),
        ],
        [{ b: '2', c: '3' }, {}, ['example.com/three']],
      );
      status(await admin.patch('configmaps', name, 'merge', { metadata: { finalizers: [] } }), 200);
    },
  ),

  check(
    'GW-PAT-002/lists',
    'a merge patch replaces a list with merge keys as a whole',
    { mutants: ['merge-patch-as-strategic'] },
    async (t) => {
      const admin = await kube(t);
      const web = t.name('merge-list');
      await admin.made('deployments', deployment(web, admin.namespace, 0));
      const spec = { template: { spec: { containers: [{ ...container('other'), env: [env('A', '1')] }] } } };
      const replaced = await admin.patch('deployments', web, 'merge', { spec });
      status(replaced, 200);
      const containers: unknown = at(replaced.json, 'spec', 'template', 'spec', 'containers');
      equal(
        'the names of the containers',
        Array.isArray(containers) && containers.map((each) => at(each, 'name')),
        ['other'],
      );
    },
  ),

  check(
    'GW-PAT-003',
    'a strategic merge patch merges containers by name and ports by containerPort, and knows $patch: delete',
    { mutants: ['strategic-as-merge'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('strategic');
      const base = deployment(name, admin.namespace, 0) as {
        spec: { template: { spec: { containers: object[] } } };
      };
      base.spec.template.spec.containers = [
        {
          ...container('main'),
          ports: [{ containerPort: 80, name: 'web' }],
          env: [env('A', '1'), env('B', '2')],
        },
        container('side'),
      ];
      await admin.made('deployments', base);
      const merged = await admin.patch(
        'deployments',
        name,
        'strategic',
        templateOf([
          {
            name: 'main',
            image: 'pause:4',
            ports: [{ containerPort: 443 }],
            env: [env('B', '3'), { name: 'A', $patch: 'delete' }],
          },
          container('third'),
        ]),
      );
      status(merged, 200);
      equal('containers, image, ports and env', inMain(merged.json), [
        ['main', 'side', 'third'],
        'pause:4',
        [80, 443],
        [env('B', '3')],
      ]);
      const removed = await admin.patch(
        'deployments',
        name,
        'strategic',
        templateOf([{ name: 'side', $patch: 'delete' }]),
      );
      status(removed, 200);
      equal('the containers afterwards', inMain(removed.json)[0], ['main', 'third']);
    },
  ),

  ...['application/json', 'application/octet-stream', 'text/plain', 'application/vnd.unknown-patch+json'].map(
    (contentType) =>
      check(
        `GW-PAT-006/${contentType.replaceAll(/[^a-z]+/g, '-')}`,
        `a patch of ${contentType} is 415`,
        { mutants: ['any-patch-type'] },
        async (t) => {
          const admin = await kube(t);
          const name = t.name('typed');
          const made = await admin.made('configmaps', admin.configMap(name, { a: '1' }));
          const answer = await admin.send('PATCH', admin.path('configmaps', name), {
            headers: { 'content-type': contentType },
            body: '{"data":{"a":"2"}}',
          });
          refused(answer, { status: 415, reason: 'UnsupportedMediaType' });
          equal('the object afterwards', await admin.present('configmaps', name), made);
        },
      ),
  ),

  check(
    'GW-PAT-007/stale',
    'a patch with a stale resourceVersion is 409, with the present one it passes',
    { mutants: ['resource-version-ignored'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('stale');
      const first = await admin.made('configmaps', admin.configMap(name, { a: '1' }));
      const second = await admin.patch('configmaps', name, 'merge', { data: { a: '2' } });
      status(second, 200);
      const stale = { metadata: { resourceVersion: versionOf(first) }, data: { a: '3' } };
      for (const kind of admin.merges('configmaps'))
        refused(await admin.patch('configmaps', name, kind, stale), { status: 409, reason: 'Conflict' });
      equal('the object afterwards', await admin.present('configmaps', name), second.json);
      const present = { metadata: { resourceVersion: versionOf(second.json) }, data: { a: '4' } };
      status(await admin.patch('configmaps', name, 'merge', present), 200);
    },
  ),

  check(
    'GW-PAT-007/many',
    'of sixteen patches at once none is lost',
    { mutants: ['patch-on-old-state'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('many');
      await admin.made('configmaps', admin.configMap(name));
      const keys = Array.from({ length: 16 }, (_, index) => `key-${String(index).padStart(2, '0')}`);
      const kinds = admin.merges('configmaps');
      const answers = await Promise.all(
        keys.map((key, index) =>
          admin.patch('configmaps', name, kinds[index % kinds.length]!, { data: { [key]: 'set' } }),
        ),
      );
      for (const answer of answers) status(answer, 200);
      const stored = Object.keys(asObject(at(await admin.present('configmaps', name), 'data')));
      equal('the keys stored', stored.toSorted(), keys);
    },
  ),
]);
