import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import type { Actor } from '../../world/actors.ts';
import { pod } from '../../world/gateway-api.ts';
import { PODS, unknownId, write } from '../credentials/asking.ts';

const NAMESPACE = '/api/v1/namespaces/default';
const REVIEW = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const FORBIDDEN = { status: 403, reason: 'Forbidden' } as const;

/** Who the gateway says that the caller is. */
async function whoami(t: CheckContext, actor: Actor, headers: Record<string, string>): Promise<HttpAnswer> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  return t.gateway.as(actor, 'POST', REVIEW, {
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

export default defineChecks([
  check(
    'SEC-AUZ-001',
    'a user reads pods and services and does nothing else',
    { mutants: ['permissions-unchecked'] },
    async (t) => {
      const user = await t.actors.fresh('user');
      for (const target of [PODS, '/api/v1/pods', `${NAMESPACE}/services`])
        status(await t.gateway.as(user, 'GET', target), 200);
      const name = t.name('mine');
      const merge = {
        headers: { 'content-type': 'application/merge-patch+json' },
        body: '{"metadata":{"labels":{"a":"b"}}}',
      };
      const denied: [string, string, object][] = [
        ['POST', PODS, { body: pod(name) }],
        ['PUT', `${PODS}/${name}`, { body: pod(name) }],
        ['PATCH', `${PODS}/${name}`, merge],
        ['DELETE', `${PODS}/${name}`, {}],
        ['DELETE', PODS, {}],
        ['POST', `${PODS}/${name}/binding`, { body: {} }],
        ['POST', `${PODS}/${name}/eviction`, { body: {} }],
        ['PATCH', `${PODS}/${name}/status`, merge],
        ['POST', `${PODS}/${name}/exec?command=sh`, {}],
        ['GET', `${PODS}/${name}/exec?command=sh`, {}],
        ['POST', `${NAMESPACE}/services`, { body: {} }],
        ['DELETE', `${NAMESPACE}/services/${name}`, {}],
        ...['secrets', 'configmaps', 'events', 'endpoints', 'serviceaccounts'].map(
          (kind) => ['GET', `${NAMESPACE}/${kind}`, {}] as [string, string, object],
        ),
        ...['namespaces', 'nodes', 'secrets', 'persistentvolumes'].map(
          (kind) => ['GET', `/api/v1/${kind}`, {}] as [string, string, object],
        ),
        ['POST', '/api/v1/namespaces', { body: {} }],
        ['GET', '/apis/apps/v1/deployments', {}],
        ['POST', '/apis/apps/v1/namespaces/default/deployments', { body: {} }],
        ['GET', '/apis/coordination.k8s.io/v1/leases', {}],
      ];
      await eachRow(
        denied.map(
          ([method, target, options]) => [`${method} ${target}`, { method, target, options }] as const,
        ),
        async ({ method, target, options }) =>
          refused(await t.gateway.as(user, method, target, options), FORBIDDEN),
      );
      equal('the requests on chain', await t.chain.events('K8sAPIRequest', { token: user.token }), []);
    },
  ),

  check(
    'SEC-AUZ-002',
    'a permission opens nothing that is only called alike',
    { mutants: ['permission-by-prefix'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const alike = [
        `${NAMESPACE}/podtemplates`,
        `${NAMESPACE}/podsecrets`,
        `${NAMESPACE}/pods2`,
        `${NAMESPACE}/serviceaccounts`,
        `${NAMESPACE}/servicesx`,
        `${NAMESPACE}/Pods`,
        `${NAMESPACE}/pod`,
        '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods',
        '/apis/metrics.k8s.io/v1beta1/pods',
        '/apis/serving.knative.dev/v1/namespaces/default/services',
        '/apis/example.com/v1/pods',
        '/apis/policy/v1/namespaces/default/poddisruptionbudgets',
      ];
      await eachRow(
        alike.map((target) => [target, target] as const),
        async (target) => refused(await t.gateway.as(user, 'GET', target), FORBIDDEN),
      );
      status(await t.gateway.as(user, 'GET', PODS), 200);
    },
  ),

  check(
    'SEC-AUZ-004/gateway',
    'identity headers of a client change nothing at the gateway',
    { mutants: ['identity-header-trusted'] },
    async (t) => {
      const [user, admin] = await Promise.all([t.actors.shared('user'), t.actors.fresh('admin')]);
      const claims = {
        'x-remote-user': admin.address,
        'x-remote-group': 'daas:admins',
        'x-remote-extra-scopes': '*',
        'x-remote-uid': admin.address,
        'x-forwarded-user': admin.address,
        'x-seal-token': admin.token,
      };
      const groups = [
        claims,
        { ...claims, 'x-remote-group': 'system:masters' },
        { ...claims, 'x-remote-group': 'nobody' },
      ];
      for (const headers of groups) {
        refused(await t.gateway.as(user, 'GET', `${NAMESPACE}/secrets`, { headers }), FORBIDDEN);
        refused(await t.gateway.as(user, 'POST', PODS, { headers, body: pod(t.name('claimed')) }), FORBIDDEN);
        status(await t.gateway.as(user, 'GET', PODS, { headers }), 200);
        const review = await whoami(t, user, headers);
        equal('who it is', at(review.json, 'status', 'userInfo', 'username'), user.address);
      }
      const mine = t.name('mine');
      const headers = { 'x-remote-user': user.address, 'x-remote-group': 'daas:users' };
      status(await write(t, admin, 'POST', PODS, { headers, body: pod(mine) }), 201);
      const [event] = await t.chain.events('K8sAPIRequest', { token: admin.token });
      equal('the requester on chain', event?.data.requester, admin.address);
      refused(await t.gateway.http.send('GET', PODS, { headers: claims }), { status: 401 });
    },
  ),

  check(
    'SEC-AUZ-005',
    'impersonation is refused or ignored',
    { mutants: ['impersonation-obeyed'] },
    async (t) => {
      const [user, admin] = await Promise.all([t.actors.shared('user'), t.actors.shared('admin')]);
      const ways: [string, Record<string, string>][] = [
        ['a user', { 'impersonate-user': admin.address }],
        ['a user and groups', { 'impersonate-user': admin.address, 'impersonate-group': 'system:masters' }],
        ['a uid', { 'impersonate-user': 'admin', 'impersonate-uid': admin.address }],
        ['groups', { 'impersonate-group': 'daas:admins' }],
        ['extras', { 'impersonate-user': admin.address, 'impersonate-extra-scopes': '*' }],
      ];
      await eachRow(ways, async (headers) => {
        refused(await t.gateway.as(user, 'GET', `${NAMESPACE}/secrets`, { headers }), { status: 403 });
        for (const actor of [user, admin]) {
          const review = await whoami(t, actor, { ...headers, 'impersonate-user': unknownId() });
          if (review.status === 403) continue;
          equal('who it is', at(review.json, 'status', 'userInfo', 'username'), actor.address);
        }
        status(await t.gateway.as(user, 'GET', PODS, { headers }), [200, 403]);
      });
    },
  ),
]);
