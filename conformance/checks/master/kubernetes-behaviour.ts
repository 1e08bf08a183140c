import { asObject, at, equal, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import { namesOf, versionOf, type Kube } from '../gateway/kube.ts';

/** What any way into the Kubernetes API must do, one function a part of it; a Kube says which way is taken. */
export type Behaviour = (kube: Kube) => Promise<void>;

const WANTED = ['namespaces', 'nodes', 'pods', 'services', 'configmaps', 'secrets', 'events', 'endpoints'];

export const discovers: Behaviour = async (kube) => {
  const version = await kube.send('GET', '/version');
  status(version, 200);
  ok('the version is one of Kubernetes', /^v1\.\d+\.\d+/.test(String(at(version.json, 'gitVersion'))), {
    got: version.json,
  });
  const groups = await kube.send('GET', '/apis');
  const named = (at(groups.json, 'groups') as unknown[]).map((group) => at(group, 'name'));
  for (const group of ['apps', 'coordination.k8s.io'])
    ok(`there is ${group}`, named.includes(group), { got: named });
  const core = await kube.send('GET', '/api/v1');
  const resources = at(core.json, 'resources') as unknown[];
  const names = resources.map((resource) => at(resource, 'name'));
  for (const name of WANTED) ok(`there are ${name}`, names.includes(name), { got: names });
  for (const resource of resources) {
    const name = String(at(resource, 'name'));
    const verbs = at(resource, 'verbs') as unknown[];
    if (!WANTED.includes(name)) continue;
    for (const verb of ['create', 'get', 'list', 'watch', 'update', 'patch', 'delete'])
      ok(`${name} can ${verb}`, verbs.includes(verb), { got: verbs });
  }
};

export const reads: Behaviour = async (kube) => {
  const names = ['c', 'a', 'b'].map((letter) => kube.t.name(`read-${letter}`));
  for (const [index, name] of names.entries())
    await kube.made('configmaps', kube.configMap(name, {}, { labels: { odd: String(index % 2) } }));
  const sorted = names.toSorted();
  equal('the names of a list', namesOf((await kube.list('configmaps')).json).filter(ours), sorted);
  const first = await kube.list('configmaps', '?limit=1&labelSelector=odd');
  const token = encodeURIComponent(String(at(first.json, 'metadata', 'continue')));
  const rest = await kube.list('configmaps', `?limit=5&labelSelector=odd&continue=${token}`);
  equal('the pages', [namesOf(first.json), namesOf(rest.json)], [sorted.slice(0, 1), sorted.slice(1)]);
  equal('those with a label', namesOf((await kube.list('configmaps', '?labelSelector=odd%3D1')).json), [
    names[1],
  ]);
  const field = `?fieldSelector=metadata.name%3D${names[2]}`;
  equal('those of a name', namesOf((await kube.list('configmaps', field)).json), [names[2]]);
  const table = await kube.send('GET', kube.path('configmaps', names[0]), {
    headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
  });
  equal('the kind of a table', at(table.json, 'kind'), 'Table');
};

const ours = (name: string): boolean => name.startsWith('read-');

export const writes: Behaviour = async (kube) => {
  const name = kube.t.name('write');
  const made = await kube.made('configmaps', kube.configMap(name, { step: '1' }));
  const again = await kube.create('configmaps', kube.configMap(name, { step: 'x' }));
  refused(again, { status: 409, reason: 'AlreadyExists' });
  const next = await kube.replace('configmaps', name, { ...asObject(made), data: { step: '2' } });
  status(next, 200);
  const stale = await kube.replace('configmaps', name, { ...asObject(made), data: { step: '3' } });
  refused(stale, { status: 409, reason: 'Conflict' });
  equal('the data', at(await kube.present('configmaps', name), 'data'), { step: '2' });
  const dry = await kube.create('configmaps', kube.configMap(`${name}-dry`), '?dryRun=All');
  status(dry, 201);
  refused(await kube.get('configmaps', `${name}-dry`), { status: 404, reason: 'NotFound' });
  const wrong = await kube.remove('configmaps', name, { preconditions: { uid: 'another' } });
  refused(wrong, { status: 409, reason: 'Conflict' });
  status(await kube.remove('configmaps', name), 200);
  refused(await kube.get('configmaps', name), { status: 404, reason: 'NotFound' });
};

export const patches: Behaviour = async (kube) => {
  const name = kube.t.name('patch');
  await kube.made('configmaps', kube.configMap(name, { a: '1', b: '1' }));
  const data = async (): Promise<unknown> => at(await kube.present('configmaps', name), 'data');
  status(await kube.patch('configmaps', name, 'merge', { data: { a: null, c: '1' } }), 200);
  equal('after a merge patch', await data(), { b: '1', c: '1' });
  const steps = [
    { op: 'test', path: '/data/b', value: '1' },
    { op: 'replace', path: '/data/b', value: '2' },
  ];
  status(await kube.patch('configmaps', name, 'json', steps), 200);
  refused(await kube.patch('configmaps', name, 'json', steps), { status: 422 });
  equal('after a JSON patch', await data(), { b: '2', c: '1' });
  const pod = kube.t.name('patch');
  const containers = [
    { name: 'one', image: 'pause:1' },
    { name: 'two', image: 'pause:1' },
  ];
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: pod }, spec: { containers } };
  await kube.made('pods', body);
  const change = { spec: { containers: [{ name: 'two', image: 'pause:2' }] } };
  status(await kube.patch('pods', pod, 'strategic', change), 200);
  const images = at(await kube.present('pods', pod), 'spec', 'containers') as unknown[];
  equal(
    'after a strategic merge patch',
    images.map((item) => at(item, 'image')),
    ['pause:1', 'pause:2'],
  );
  const apply = { ...kube.configMap(name, { d: '1' }) };
  status(await kube.patch('configmaps', name, 'apply', apply, '?fieldManager=suite'), 200);
  equal('after an apply', at(await data(), 'd'), '1');
};

export const watches: Behaviour = async (kube) => {
  const name = kube.t.name('watch');
  const from = await kube.revision('configmaps');
  const watch = await kube.watch('configmaps', `resourceVersion=${from}`);
  equal('the status of a watch', watch.status, 200);
  await kube.made('configmaps', kube.configMap(name, { step: '1' }));
  status(await kube.patch('configmaps', name, 'merge', { data: { step: '2' } }), 200);
  status(await kube.remove('configmaps', name), 200);
  await watch.until(
    'the deletion',
    (event) => event.type === 'DELETED' && at(event.object, 'metadata', 'name') === name,
  );
  equal(
    'the events',
    watch.of(name).map(({ type }) => type),
    ['ADDED', 'MODIFIED', 'DELETED'],
  );
  const versions = watch.of(name).map(({ object }) => Number(versionOf(object)));
  equal(
    'their resourceVersions in order',
    versions.toSorted((a, b) => a - b),
    versions,
  );
  const odd = await kube.watch('configmaps', 'resourceVersion=1&timeoutSeconds=1');
  await odd.ended;
  const gone = odd.status === 410 || odd.events.some(({ object }) => at(object, 'code') === 410);
  ok('a version long gone is 410 or told from the start', gone || odd.of(name).length === 3, {
    got: odd.events.length,
  });
};

export const refuses: Behaviour = async (kube) => {
  const name = kube.t.name('none');
  const absent = await kube.get('configmaps', name);
  refused(absent, { status: 404, reason: 'NotFound' });
  isStatus(absent, 'NotFound');
  equal('the name in details', at(absent.json, 'details', 'name'), name);
  const unknown = await kube.send('GET', `/apis/apps/v1/namespaces/${kube.namespace}/gadgets`);
  status(unknown, 404);
  isStatus(unknown, 'NotFound');
  const invalid = await kube.create('configmaps', kube.configMap('Not_A_Name'));
  refused(invalid, { status: 422, reason: 'Invalid' });
  isStatus(invalid, 'Invalid');
  const broken = await kube.send('POST', kube.path('configmaps'), {
    headers: { 'content-type': 'application/json' },
    body: '{"kind": ',
  });
  refused(broken, { status: 400, reason: 'BadRequest' });
  isStatus(broken, 'BadRequest');
  const type = await kube.send('PATCH', kube.path('configmaps', name), {
    headers: { 'content-type': 'text/plain' },
    body: 'x',
  });
  status(type, 415);
  isStatus(type, 'UnsupportedMediaType');
  const limit = await kube.list('configmaps', '?labelSelector=%3D%3D%3D');
  refused(limit, { status: 400, reason: 'BadRequest' });
};
