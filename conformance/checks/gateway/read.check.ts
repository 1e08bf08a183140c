import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, ok, refused, status } from '../../runner/expectations.ts';
import { kube, namesOf, otherAdministrator, ownKube, typeOf, versionOf } from './kube.ts';
import { LABELLED, labelled, query } from './labelled.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };

export default defineChecks([
  check(
    'GW-READ-001',
    'GET answers an object with its kind, version, uid, resourceVersion and creationTimestamp',
    { mutants: ['uid-missing'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('read');
      const made = await admin.made('configmaps', admin.configMap(name, { a: '1' }));
      const read = await admin.present('configmaps', name);
      equal('the object', read, made);
      equal('kind and apiVersion', typeOf(read), admin.type('configmaps'));
      const { metadata } = read as { metadata: Record<string, unknown> };
      for (const field of ['uid', 'resourceVersion', 'creationTimestamp'])
        ok(`metadata.${field} is there`, typeof metadata[field] === 'string' && metadata[field] !== '', {
          got: metadata,
        });
      const created = Date.parse(String(metadata['creationTimestamp']));
      ok('creationTimestamp is the time of the creation', Math.abs(Date.now() - created) < 60_000, {
        got: metadata['creationTimestamp'],
      });
    },
  ),

  check(
    'GW-READ-002',
    'lists of one namespace and of all answer <Kind>List with resourceVersion and items',
    { mutants: ['list-of-first-namespace'] },
    async (t) => {
      const [one, other] = await Promise.all([ownKube(t), ownKube(t)]);
      const name = t.name('listed');
      await Promise.all([
        one.made('configmaps', one.configMap(name)),
        other.made('configmaps', other.configMap(name)),
      ]);
      const mine = await one.list('configmaps');
      status(mine, 200);
      const { apiVersion, kind } = one.type('configmaps');
      equal('kind and apiVersion', typeOf(mine.json), { apiVersion, kind: `${kind}List` });
      ok('there is a resourceVersion', versionOf(mine.json) !== 'undefined' && versionOf(mine.json) !== '', {
        got: mine.json,
      });
      equal(
        'the items in one namespace',
        namesOf(mine.json).filter((each) => each === name),
        [name],
      );
      const all = await one.send('GET', one.everywhere('configmaps'));
      status(all, 200);
      equal(
        'the items of that name in all',
        namesOf(all.json).filter((each) => each === name),
        [name, name],
      );
      const empty = await one.list('secrets');
      equal('the items of an empty list', at(empty.json, 'items'), []);
    },
  ),

  check(
    'GW-READ-003',
    'pages of a list give each object once, at one resourceVersion, whatever is written between them',
    { mutants: ['continue-not-consistent', 'limit-ignored', 'lists-in-disorder'] },
    async (t) => {
      const admin = await ownKube(t);
      const names = Array.from({ length: 7 }, (_, index) => `item-${index}`);
      await Promise.all(names.map((name) => admin.made('secrets', admin.secret(name, { v: 'old' }))));
      const pages: unknown[] = [];
      for (let token = ''; ;) {
        const answer = await admin.list('secrets', query({ limit: '3', ...(token && { continue: token }) }));
        status(answer, 200);
        pages.push(answer.json);
        const next: unknown = at(answer.json, 'metadata', 'continue');
        if (next === undefined || next === '') break;
        token = String(next);
        if (pages.length > 5) break;
        // What is changed, made and removed now must not be seen by the pages to come.
        status(await admin.patch('secrets', 'item-6', 'merge', { data: { v: encoded('new') } }), 200);
        if (pages.length === 1) {
          await admin.made('secrets', admin.secret('item-5x'));
          status(await admin.remove('secrets', 'item-5'), 200);
        }
      }
      equal(
        'the sizes of the pages',
        pages.map((page) => namesOf(page).length),
        [3, 3, 1],
      );
      equal('the names', pages.flatMap(namesOf), names);
      equal('the number of resourceVersions', new Set(pages.map(versionOf)).size, 1);
      const last = at(pages.at(-1), 'items', 0, 'data', 'v');
      equal('the last item as it stood at the first page', last, encoded('old'));
    },
  ),

  ...['nonsense', 'eyJhIjoxfQ', '%00%01', 'a'.repeat(2_000)].map((token) =>
    check(
      `GW-READ-004/${token.slice(0, 8).replaceAll(/\W/g, '')}-${token.length}`,
      `a continue token that is not the server’s own is 400 or 410 (${token.slice(0, 12)})`,
      { mutants: ['continue-unread'] },
      async (t) => {
        const admin = await kube(t);
        const answer = await admin.list('configmaps', `?limit=1&continue=${token}`);
        ok('it is refused', answer.status === 400 || answer.status === 410, {
          wanted: [400, 410],
          got: answer.status,
        });
        refused(answer, { status: answer.status, reason: answer.status === 400 ? 'BadRequest' : 'Expired' });
      },
    ),
  ),

  check(
    'GW-READ-007',
    'get and list answer a Table with columns and one row an object',
    { mutants: ['table-ignored'] },
    async (t) => {
      const admin = await ownKube(t);
      await labelled(admin);
      const list = await admin.send('GET', admin.path('configmaps') + query({ labelSelector: 'env' }), {
        headers: TABLE,
      });
      const one = await admin.send('GET', admin.path('configmaps', 'a'), { headers: TABLE });
      for (const [answer, names] of [
        [list, ['a', 'b', 'c', 'd']],
        [one, ['a']],
      ] as const) {
        status(answer, 200);
        equal(
          'kind and apiVersion',
          [at(answer.json, 'kind'), at(answer.json, 'apiVersion')],
          ['Table', 'meta.k8s.io/v1'],
        );
        const { columnDefinitions, rows } = answer.json as {
          columnDefinitions: { name: string; type: string }[];
          rows: { cells: unknown[]; object: unknown }[];
        };
        equal('the first column', columnDefinitions[0]?.name, 'Name');
        equal(
          'the names in the rows',
          rows.map((row) => row.cells[0]),
          names,
        );
        equal(
          'the number of cells',
          rows.map((row) => row.cells.length),
          rows.map(() => columnDefinitions.length),
        );
        equal(
          'the objects of the rows',
          rows.map(({ object }) => at(object, 'metadata', 'name')),
          names,
        );
      }
      equal('the Table’s resourceVersion', typeof at(list.json, 'metadata', 'resourceVersion'), 'string');
    },
  ),

  check(
    'GW-READ-008',
    'a watch from a list’s resourceVersion goes on without gap or repetition',
    { mutants: ['watch-from-now', 'watch-from-the-beginning'] },
    async (t) => {
      const admin = await ownKube(t);
      await admin.made('configmaps', admin.configMap('before'));
      const list = await admin.list('configmaps');
      await admin.made('configmaps', admin.configMap('between'));
      const watch = await admin.watch('configmaps', `resourceVersion=${versionOf(list.json)}`);
      await admin.made('configmaps', admin.configMap('after'));
      await watch.untilNamed('ADDED', 'after');
      // Objects of the control plane may come as well.
      const own = watch.seen.filter((event) => /(before|between|after)$/.test(event));
      equal('the events', own, ['ADDED between', 'ADDED after']);
    },
  ),

  check(
    'GW-READ-009',
    'two hundred different reads at once each get their own answer',
    { mutants: ['answers-crossed'] },
    async (t) => {
      const admin = await ownKube(t, await otherAdministrator(t));
      const names = Object.keys(LABELLED);
      await labelled(admin);
      const { headers } = await admin.access();
      const { kind: mapKind } = admin.type('configmaps');
      const reads = Array.from({ length: 200 }, (_, index) => {
        const name = names[index % names.length]!;
        if (index % 3 === 0) return { target: admin.path('configmaps', name), kind: mapKind, names: [name] };
        if (index % 3 === 1)
          return {
            target: `${admin.path('configmaps')}?fieldSelector=metadata.name%3D${name}`,
            kind: `${mapKind}List`,
            names: [name],
          };
        return {
          target: admin.path('configmaps', `absent-${index}`),
          kind: 'Status',
          names: [`absent-${index}`],
        };
      });
      const answers = await Promise.all(
        reads.map(({ target }) => admin.client.send('GET', target, { headers })),
      );
      for (const [index, { json }] of answers.entries()) {
        const { kind, names: wanted } = reads[index]!;
        const got =
          kind === `${mapKind}List`
            ? namesOf(json)
            : [at(json, kind === 'Status' ? 'details' : 'metadata', 'name')];
        equal(`the answer to ${reads[index]!.target}`, [at(json, 'kind'), got], [kind, wanted]);
      }
    },
  ),
]);
