import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import { leavesNoEvent } from './chain-trace.ts';
import { container, kube } from './kube.ts';

const MERGE = { 'content-type': 'application/merge-patch+json' };

/** What a user's token (pods:read services:read) may ask, and what not; `@` is a namespace that does not exist. */
const READS = [
  'GET /api/v1/namespaces/@/pods',
  'GET /api/v1/pods',
  'GET /api/v1/namespaces/@/pods/absent',
  'GET /api/v1/namespaces/@/pods/absent/log',
  'GET /api/v1/namespaces/@/pods/absent/status',
  'GET /api/v1/namespaces/@/services',
  'GET /api/v1/namespaces/@/services/absent',
  'GET /api/v1/namespaces/@/pods?watch=true&timeoutSeconds=1',
];
const WRITES = [
  'POST /api/v1/namespaces/@/pods',
  'PUT /api/v1/namespaces/@/pods/absent',
  'PATCH /api/v1/namespaces/@/pods/absent',
  'DELETE /api/v1/namespaces/@/pods/absent',
  'DELETE /api/v1/namespaces/@/pods',
  'PUT /api/v1/namespaces/@/pods/absent/status',
  'PATCH /api/v1/namespaces/@/pods/absent/status',
  'POST /api/v1/namespaces/@/pods/absent/binding',
  'POST /api/v1/namespaces/@/pods/absent/eviction',
  'POST /api/v1/namespaces/@/services',
];
const OTHERS = [
  'GET /api/v1/namespaces/@/secrets',
  'GET /api/v1/namespaces/@/configmaps/absent',
  'GET /api/v1/namespaces/@/configmaps?watch=true',
  'GET /api/v1/nodes',
  'GET /api/v1/namespaces/@/podtemplates',
  'GET /api/v1/namespaces/@/serviceaccounts',
  'GET /apis/apps/v1/namespaces/@/deployments',
  'GET /apis/metrics.k8s.io/v1beta1/namespaces/@/pods',
];

const bodyFor = (method: string): { body?: object; headers?: Record<string, string> } => {
  if (method === 'GET' || method === 'DELETE') return {};
  const body = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'absent' },
    spec: { containers: [container()] },
  };
  return method === 'PATCH' ? { body: { metadata: {} }, headers: MERGE } : { body };
};

/** The resource that a path names. */
const resourceOf = (target: string): string =>
  /\/v1(?:beta1)?\/(?:namespaces\/[^/]+\/)?([a-z]+)/.exec(target)?.[1] ?? '';

export default defineChecks([
  ...[
    { name: 'writes', lines: WRITES },
    { name: 'other-resources', lines: OTHERS },
  ].map(({ name, lines }) =>
    check(
      `GW-AUTH-005/${name}`,
      `${name.replace('-', ' ')} by a user are 403 Forbidden, with the resource named, and leave nothing`,
      { mutants: ['permissions-unchecked'] },
      async (t) => {
        const user = await t.actors.shared('user');
        const targets = await Promise.all(
          lines.map(async (line) => {
            const [method = '', target = ''] = line.replace('@', t.name('nowhere')).split(' ');
            const resource = resourceOf(target);
            const answer = await t.gateway.as(user, method, target, bodyFor(method));
            refused(answer, { status: 403, reason: 'Forbidden' });
            isStatus(answer, 'Forbidden');
            const message = String(at(answer.json, 'message'));
            ok(`the message names ${resource}`, message.includes(resource), {
              wanted: resource,
              got: message,
            });
            equal('details.kind', at(answer.json, 'details', 'kind'), resource);
            return target.split('?')[0] ?? '';
          }),
        );
        await leavesNoEvent(t, ...targets);
      },
    ),
  ),

  check(
    'GW-AUTH-006/reads',
    'pods:read and services:read open get, list and watch of pods and services, subresources too',
    { mutants: ['subresource-needs-write'] },
    async (t) => {
      const user = await t.actors.shared('user');
      await Promise.all(
        READS.map(async (line) => {
          const [method = '', target = ''] = line.replace('@', t.name('nowhere')).split(' ');
          const answer = await t.gateway.as(user, method, target);
          ok(`${line} is not a question of permission`, [200, 404].includes(answer.status), {
            wanted: [200, 404],
            got: { status: answer.status, body: answer.text.slice(0, 500) },
          });
        }),
      );
    },
  ),

  check(
    'GW-AUTH-006/prefix',
    'a permission opens nothing whose name only begins like its resource',
    { mutants: ['permission-by-prefix'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const like = ['podtemplates', 'podsecurity', 'servicesx', 'pods.metrics.k8s.io'];
      const refusals = await Promise.all(
        like.map((name) => t.gateway.as(user, 'GET', `/api/v1/namespaces/default/${name}`)),
      );
      for (const answer of refusals) refused(answer, { status: 403, reason: 'Forbidden' });
    },
  ),

  check(
    'GW-AUTH-007',
    'an administrator may do everything with every resource',
    { mutants: ['wildcard-for-core-only'] },
    async (t) => {
      const admin = await kube(t);
      const resources = [
        'namespaces',
        'nodes',
        'pods',
        'services',
        'configmaps',
        'secrets',
        'events',
        'endpoints',
        'leases',
        'deployments',
        'replicasets',
      ];
      await Promise.all(
        resources.map(async (resource) => {
          status(await admin.list(resource), 200);
          const absent = t.name('absent');
          status(await admin.patch(resource, absent, 'merge', { metadata: { labels: { a: 'b' } } }), 404);
          status(await admin.remove(resource, absent), 404);
        }),
      );
      status(await admin.get('pods', t.name('absent')), 404);
    },
  ),
]);
