import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { asObject, at, equal, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import { kube, versionOf } from './kube.ts';

const CONFLICT = { status: 409, reason: 'Conflict' };

/** A copy of an object with members of its metadata replaced. */
const withMetadata = (object: unknown, metadata: object): object => ({
  ...asObject(object),
  metadata: { ...asObject(at(object, 'metadata')), ...metadata },
});

export default defineChecks([
  check(
    'GW-WRT-001',
    'a create is 201 with uid, creationTimestamp and resourceVersion; the same name again is 409 AlreadyExists',
    { mutants: ['create-overwrites', 'uid-missing'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('new');
      const first = await admin.made('configmaps', admin.configMap(name, { a: '1' }));
      const other = await admin.made('configmaps', admin.configMap(t.name('new')));
      for (const field of ['uid', 'creationTimestamp', 'resourceVersion'])
        ok(`there is a ${field}`, typeof at(first, 'metadata', field) === 'string', {
          got: at(first, 'metadata'),
        });
      ok('the uids differ', at(first, 'metadata', 'uid') !== at(other, 'metadata', 'uid'), {
        got: at(first, 'metadata', 'uid'),
      });
      const again = await admin.create('configmaps', admin.configMap(name, { a: '2' }));
      refused(again, { status: 409, reason: 'AlreadyExists' });
      isStatus(again, 'AlreadyExists');
      equal('the object afterwards', await admin.present('configmaps', name), first);
    },
  ),

  check(
    'GW-WRT-002',
    'generateName gets five random characters',
    { mutants: ['generate-name-counts'] },
    async (t) => {
      const admin = await kube(t);
      const prefix = `${t.name('gen')}-`;
      const body = { ...admin.type('configmaps'), metadata: { generateName: prefix } };
      const made = await Promise.all([1, 2, 3].map(() => admin.made('configmaps', body)));
      const names = made.map((object) => String(at(object, 'metadata', 'name')));
      for (const name of names)
        ok(
          'the name is the prefix and five characters',
          name.startsWith(prefix) && /^[a-z0-9]{5}$/.test(name.slice(prefix.length)),
          { got: name },
        );
      equal('the number of different names', new Set(names).size, 3);
    },
  ),

  check(
    'GW-WRT-003/mismatch',
    'a namespace in the body other than the path’s is 400',
    { mutants: ['body-namespace-ignored'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('misplaced');
      const body = admin.configMap(name, {}, { namespace: 'default' });
      refused(await admin.create('configmaps', body), { status: 400, reason: 'BadRequest' });
      status(await admin.get('configmaps', name), 404);
      status(await admin.in('default').get('configmaps', name), 404);
    },
  ),

  check(
    'GW-WRT-003/absent',
    'a create in a namespace that does not exist is 404 for the namespace',
    { mutants: ['details-missing'] },
    async (t: CheckContext) => {
      const admin = await kube(t);
      t.needs('a server of namespaces', admin.serves('namespaces'));
      const nowhere = t.name('nowhere');
      const there = admin.in(nowhere);
      const answer = await there.create('configmaps', there.configMap('a'));
      refused(answer, { status: 404, reason: 'NotFound' });
      equal(
        'details',
        [at(answer.json, 'details', 'kind'), at(answer.json, 'details', 'name')],
        ['namespaces', nowhere],
      );
      status(await there.get('configmaps', 'a'), 404);
    },
  ),

  check(
    'GW-WRT-004',
    'an update with a stale resourceVersion is 409 Conflict and changes nothing',
    { mutants: ['resource-version-ignored'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('stale');
      const first = await admin.made('configmaps', admin.configMap(name, { a: '1' }));
      const second = await admin.replace('configmaps', name, { ...asObject(first), data: { a: '2' } });
      status(second, 200);
      const stale = await admin.replace('configmaps', name, { ...asObject(first), data: { a: '3' } });
      refused(stale, CONFLICT);
      isStatus(stale, 'Conflict');
      equal('the object afterwards', await admin.present('configmaps', name), second.json);
      const fresh = await admin.replace('configmaps', name, { ...asObject(second.json), data: { a: '4' } });
      status(fresh, 200);
      ok('the resourceVersion moved on', versionOf(fresh.json) !== versionOf(second.json), {
        got: versionOf(fresh.json),
      });
    },
  ),

  check(
    'GW-WRT-005',
    'of eight updates at once with one resourceVersion exactly one succeeds',
    { mutants: ['resource-version-ignored'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('race');
      const base = await admin.made('configmaps', admin.configMap(name, { winner: 'nobody' }));
      const writers = Array.from({ length: 8 }, (_, index) => `writer-${index}`);
      const answers = await Promise.all(
        writers.map((winner) => admin.replace('configmaps', name, { ...asObject(base), data: { winner } })),
      );
      const codes = answers.map((answer) => answer.status).toSorted();
      equal('the answers', codes, [200, ...writers.slice(1).map(() => 409)]);
      for (const answer of answers.filter(({ status: code }) => code === 409)) refused(answer, CONFLICT);
      const winner = answers.find((answer) => answer.status === 200);
      equal('what is stored', await admin.present('configmaps', name), winner?.json);
    },
  ),

  check(
    'GW-WRT-006',
    'an update or patch that changes nothing keeps the resourceVersion and sends no event',
    { mutants: ['every-write-counts'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('noop');
      const made = await admin.made('configmaps', admin.configMap(name, { a: '1' }));
      const watch = await admin.watch(
        'configmaps',
        `resourceVersion=${versionOf(made)}&fieldSelector=metadata.name%3D${name}`,
      );
      const answers = [
        await admin.replace('configmaps', name, asObject(made)),
        await admin.patch('configmaps', name, 'merge', { data: { a: '1' } }),
        await admin.patch('configmaps', name, 'json', [{ op: 'test', path: '/data/a', value: '1' }]),
      ];
      for (const kind of admin.merges('configmaps'))
        answers.push(await admin.patch('configmaps', name, kind, {}));
      for (const answer of answers) {
        status(answer, 200);
        equal('the resourceVersion', versionOf(answer.json), versionOf(made));
      }
      status(await admin.patch('configmaps', name, 'merge', { data: { a: '2' } }), 200);
      await watch.untilNamed('MODIFIED', name);
      equal('the events', watch.seen, [`MODIFIED ${name}`]);
    },
  ),

  ...(
    [
      ['name', { name: 'another-name' }],
      ['namespace', { namespace: 'default' }],
      ['uid', { uid: '00000000-0000-4000-8000-000000000000' }],
      ['creationTimestamp', { creationTimestamp: '2001-01-01T00:00:00Z' }],
    ] as const
  ).map(([field, change]) =>
    check(
      `GW-WRT-007/${field}`,
      `an update and a patch of ${field} are refused or ignored, never stored`,
      { mutants: field === 'uid' ? ['uid-from-client'] : [] },
      async (t) => {
        const admin = await kube(t);
        const name = t.name('fixed');
        const made = await admin.made('configmaps', admin.configMap(name, { a: '1' }));
        const answers = [
          await admin.replace('configmaps', name, withMetadata(made, change)),
          await admin.patch('configmaps', name, 'merge', { metadata: change }),
          await admin.patch('configmaps', name, 'json', [
            { op: 'replace', path: `/metadata/${field}`, value: Object.values(change)[0] },
          ]),
        ];
        for (const answer of answers)
          ok('it is refused or ignored', [200, 400, 409, 422].includes(answer.status), {
            got: { status: answer.status, body: answer.text.slice(0, 500) },
          });
        equal(
          `the ${field} afterwards`,
          at(await admin.present('configmaps', name), 'metadata', field),
          at(made, 'metadata', field),
        );
      },
    ),
  ),
]);
