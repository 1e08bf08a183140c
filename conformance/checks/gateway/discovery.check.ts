import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok, status } from '../../runner/expectations.ts';
import { ask, groupVersions, pathOf, read, resourcesOf, type Resource } from './discovered.ts';
import { kube } from './kube.ts';

const VERBS = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** What must be served: kind, short name that kubectl users type, and whether it is in a namespace. */
const SERVED: Record<
  string,
  [groupVersion: string, kind: string, short: string | undefined, namespaced: boolean]
> = {
  namespaces: ['v1', 'Namespace', 'ns', false],
  nodes: ['v1', 'Node', 'no', false],
  pods: ['v1', 'Pod', 'po', true],
  services: ['v1', 'Service', 'svc', true],
  configmaps: ['v1', 'ConfigMap', 'cm', true],
  secrets: ['v1', 'Secret', undefined, true],
  events: ['v1', 'Event', 'ev', true],
  endpoints: ['v1', 'Endpoints', 'ep', true],
  leases: ['coordination.k8s.io/v1', 'Lease', undefined, true],
  deployments: ['apps/v1', 'Deployment', 'deploy', true],
  replicasets: ['apps/v1', 'ReplicaSet', 'rs', true],
};

/** What some servers serve. */
const PERHAPS = ['podtemplates', 'daemonsets', 'jobs', 'widgets', 'persistentvolumes', 'serviceaccounts'];

/** A cluster may be an API server of custom resources alone: without the core group, and what else must be there. */
async function needsCore(t: CheckContext): Promise<void> {
  const admin = await kube(t);
  for (const name of Object.keys(SERVED)) admin.resource(name);
}

export default defineChecks([
  check(
    'GW-DSC-001',
    '/api is APIVersions with v1, /apis an APIGroupList with every group',
    { mutants: ['leases-hidden'] },
    async (t) => {
      await needsCore(t);
      const api = await read(t, '/api');
      equal('kind', at(api, 'kind'), 'APIVersions');
      ok('v1 is among the versions', (at(api, 'versions') as string[]).includes('v1'), { got: api });
      const apis = await read(t, '/apis');
      equal('kind', [at(apis, 'kind'), at(apis, 'apiVersion')], ['APIGroupList', 'v1']);
      const { groups } = apis as { groups: { name: string; versions: object[]; preferredVersion: object }[] };
      const names = groups.map(({ name }) => name);
      for (const name of ['apps', 'coordination.k8s.io'])
        ok(`${name} is among the groups`, names.includes(name), { got: names });
      for (const group of groups) {
        ok(
          `${group.name} prefers one of its versions`,
          JSON.stringify(group.versions).includes(JSON.stringify(group.preferredVersion)),
          { got: group },
        );
        const own = await read(t, `/apis/${group.name}`);
        equal(`/apis/${group.name}`, [at(own, 'kind'), at(own, 'name')], ['APIGroup', group.name]);
      }
    },
  ),

  check(
    'GW-DSC-002/lists',
    'the resource lists have name, kind, namespaced and verbs of each resource',
    { mutants: ['scope-unlisted'] },
    async (t) => {
      for (const groupVersion of await groupVersions(t)) {
        const list = await read(t, pathOf(groupVersion));
        equal(
          'kind and groupVersion',
          [at(list, 'kind'), at(list, 'groupVersion')],
          ['APIResourceList', groupVersion],
        );
        for (const resource of (list as { resources: Resource[] }).resources) {
          const fields = [
            typeof resource.name,
            typeof resource.kind,
            typeof resource.namespaced,
            Array.isArray(resource.verbs),
          ];
          equal(`the fields of ${resource.name}`, fields, ['string', 'string', 'boolean', true]);
        }
      }
    },
  ),

  check(
    'GW-DSC-002/names',
    'the resource lists have kind, scope and short names that are known of each resource',
    { mutants: ['short-names-missing'] },
    async (t) => {
      await needsCore(t);
      for (const [name, [groupVersion, kind, short, namespaced]] of Object.entries(SERVED)) {
        const found = (await resourcesOf(t, groupVersion)).find((resource) => resource.name === name);
        equal(
          `${name}`,
          [found?.kind, found?.namespaced, short === undefined || (found?.shortNames ?? []).includes(short)],
          [kind, namespaced, true],
        );
      }
    },
  ),

  check(
    'GW-DSC-003',
    'the eleven resources are there with their seven verbs, and answer a list',
    { mutants: ['leases-hidden', 'verbs-incomplete'] },
    async (t) => {
      const admin = await kube(t);
      await needsCore(t);
      for (const [name, [groupVersion]] of Object.entries(SERVED)) {
        const found = (await resourcesOf(t, groupVersion)).find((resource) => resource.name === name);
        const missing = VERBS.filter((verb) => !(found?.verbs ?? []).includes(verb));
        equal(`verbs that ${name} lacks`, missing, []);
        status(await admin.list(name, '?limit=1'), 200);
      }
    },
  ),

  check(
    'GW-DSC-004',
    'aggregated discovery names the same resources as the lists',
    { mutants: ['aggregated-incomplete'] },
    async (t) => {
      const found: string[] = [];
      const hasCore = (await kube(t)).serves('namespaces');
      for (const root of hasCore ? ['/api', '/apis'] : ['/apis']) {
        const answer = await ask(t, root, AGGREGATED);
        equal(
          'kind and apiVersion',
          [at(answer.json, 'kind'), at(answer.json, 'apiVersion')],
          ['APIGroupDiscoveryList', 'apidiscovery.k8s.io/v2'],
        );
        ok(
          'the content type says so',
          /as=APIGroupDiscoveryList/.test(answer.headers['content-type'] ?? ''),
          { got: answer.headers['content-type'] },
        );
        for (const group of at(answer.json, 'items') as object[]) {
          const name = at(group, 'metadata', 'name');
          for (const version of at(group, 'versions') as object[]) {
            const prefix = name === undefined || name === '' ? '' : `${String(name)}/`;
            for (const resource of at(version, 'resources') as object[]) {
              const {
                resource: plural,
                scope,
                verbs,
                responseKind,
              } = resource as { resource: string; scope: string; verbs: string[]; responseKind: object };
              found.push(
                `${prefix}${String(at(version, 'version'))} ${plural} ${String(at(responseKind, 'kind'))} ${scope === 'Namespaced'} ${verbs.toSorted().join()}`,
              );
            }
          }
        }
      }
      const listed: string[] = [];
      for (const groupVersion of await groupVersions(t))
        for (const { name, kind, namespaced, verbs } of await resourcesOf(t, groupVersion))
          if (!name.includes('/'))
            listed.push(`${groupVersion} ${name} ${kind} ${namespaced} ${verbs.toSorted().join()}`);
      equal('the resources', found.toSorted(), listed.toSorted());
    },
  ),

  check(
    'GW-DSC-005',
    '/version answers major, minor and gitVersion that kubectl 1.32 to 1.35 accept',
    { mutants: ['version-odd'] },
    async (t) => {
      const { major, minor, gitVersion } = (await read(t, '/version')) as Record<string, string>;
      equal('major', major, '1');
      // kubectl warns beyond one minor version of difference.
      ok('minor is within reach of kubectl 1.32 to 1.35', /^3[1-6]\+?$/.test(minor ?? ''), {
        wanted: '31 to 36',
        got: minor,
      });
      ok(
        'gitVersion is a version and agrees',
        new RegExp(`^v${major}\\.${Number.parseInt(minor ?? '', 10)}\\.\\d+`).test(gitVersion ?? ''),
        { got: gitVersion },
      );
    },
  ),

  check(
    'GW-DSC-007',
    'every resource that discovery names is served, and nothing else answers',
    { mutants: ['leases-hidden', 'discovery-promises-more'] },
    async (t) => {
      const admin = await kube(t);
      const named = new Set<string>();
      for (const groupVersion of await groupVersions(t)) {
        for (const { name, namespaced, verbs } of await resourcesOf(t, groupVersion)) {
          named.add(`${groupVersion} ${name}`);
          if (name.includes('/') || !verbs.includes('list')) continue;
          const where = namespaced ? `/namespaces/${admin.namespace}` : '';
          status(await admin.send('GET', `${pathOf(groupVersion)}${where}/${name}?limit=1`), 200);
        }
      }
      const known = Object.entries(SERVED).map(([name, [groupVersion]]) => [groupVersion, name] as const);
      for (const [groupVersion, name] of [...known, ...PERHAPS.map((one) => ['v1', one] as const)]) {
        const path = `${pathOf(groupVersion)}/${name}`;
        const answer = await admin.send('GET', `${path}?limit=1`);
        const isNamed = named.has(`${groupVersion} ${name}`);
        equal(`${path} is served just when it is named`, answer.status === 200, isNamed);
      }
    },
  ),
]);
