import type { Headers } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import { leavesNoEvent } from './chain-trace.ts';
import { kube } from './kube.ts';

const PODS = '/api/v1/namespaces/default/pods';

/** Ways to say who one is that must not be understood; `@` stands for a credential that is good by itself. */
const WRONG_HEADERS: readonly [name: string, value: string][] = [
  ['basic', 'Basic YWRtaW46YWRtaW4='],
  ['basic-with-credential', 'Basic @'],
  ['digest', 'Digest username="admin", response="0"'],
  ['negotiate', 'Negotiate YII='],
  ['no-scheme', '@'],
  ['token-scheme', 'Token @'],
  ['empty', ''],
  ['bearer-without-value', 'Bearer'],
  ['bearer-and-blanks', 'Bearer   '],
];

/** Reads, writes and watches with these headers must all be 401, in a Status, and leave nothing. */
async function unauthorized(t: CheckContext, headers: Headers): Promise<void> {
  const nowhere = `/api/v1/namespaces/${t.name('nowhere')}/configmaps`;
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
  const answers = await Promise.all([
    t.gateway.http.send('GET', PODS, { headers }),
    t.gateway.http.send('GET', '/apis', { headers }),
    t.gateway.http.send('POST', nowhere, { headers, body }),
  ]);
  for (const answer of answers) {
    status(answer, 401);
    isStatus(answer, 'Unauthorized');
  }
  await leavesNoEvent(t, nowhere);
}

/** What a client may claim about itself, and who it then would be. */
const CLAIMS = {
  'x-remote-user': 'nobody',
  'X-REMOTE-GROUP': 'nobodies',
  'X-Remote-Extra-Scopes': 'none',
  'Impersonate-User': 'nobody',
  'impersonate-group': 'nobodies',
  'X-Seal-Token': 'seal1.e30.AA',
  'x-seal-owner': `0x${'0'.repeat(64)}`,
  'X-Forwarded-User': 'nobody',
  'x-FORWARDED-for': '10.0.0.1',
};

export default defineChecks([
  check(
    'GW-AUTH-001',
    'a request without an Authorization header is 401 Unauthorized',
    { mutants: ['anonymous-served'] },
    (t) => unauthorized(t, {}),
  ),

  ...WRONG_HEADERS.map(([name, value]) =>
    check(
      `GW-AUTH-002/${name}`,
      `the Authorization header ${JSON.stringify(value.replace('@', 'seal1…'))} is 401`,
      {
        mutants: value.includes('@')
          ? ['scheme-ignored']
          : /^(Bearer *)?$/.test(value)
            ? ['anonymous-served']
            : [],
      },
      async (t) => {
        const good = await t.actors.session(await t.actors.shared('admin'));
        await unauthorized(t, { authorization: value.replace('@', good) });
      },
    ),
  ),

  ...(['good-good', 'good-bad', 'bad-good', 'good-empty'] as const).map((kinds) =>
    check(
      `GW-AUTH-003/${kinds}`,
      `two Authorization headers (${kinds.replace('-', ', ')}) are 401`,
      { mutants: kinds.startsWith('good') ? ['first-authorization-wins'] : ['last-authorization-wins'] },
      async (t) => {
        const admin = await t.actors.shared('admin');
        const values = await Promise.all(
          kinds.split('-').map(async (kind) => {
            if (kind === 'empty') return '';
            return kind === 'bad' ? 'Bearer seal1.e30.AA' : `Bearer ${await t.actors.session(admin)}`;
          }),
        );
        await unauthorized(
          t,
          values.map((value, index) => [index === 0 ? 'Authorization' : 'authorization', value] as const),
        );
      },
    ),
  ),

  check(
    'GW-AUTH-004',
    'one session credential reads and writes all that its token allows',
    { mutants: ['session-once'] },
    async (t) => {
      const admin = await kube(t);
      const session = await t.actors.session(admin.actor);
      const name = t.name('session');
      const body = admin.configMap(name, { a: '1' });
      status(await t.gateway.with(session, 'POST', admin.path('configmaps'), { body }), 201);
      status(await t.gateway.with(session, 'GET', admin.path('configmaps', name)), 200);
      status(await t.gateway.with(session, 'DELETE', admin.path('configmaps', name)), 200);
      const user = await t.actors.session(await t.actors.shared('user'));
      for (const target of [PODS, '/api/v1/pods', '/api/v1/services', '/apis', `${PODS}?limit=1`])
        status(await t.gateway.with(user, 'GET', target), 200);
    },
  ),

  check(
    'GW-AUTH-008',
    'identity headers of the client change nothing about who it is',
    { mutants: ['identity-header-trusted'] },
    async (t) => {
      const user = await t.actors.shared('user');
      for (const [name, value] of Object.entries(CLAIMS)) {
        const answer = await t.gateway.as(user, 'GET', PODS, { headers: { [name]: value } });
        ok(
          `a read with ${name} is answered as without it, or refused for the header`,
          answer.status === 200 || (/^(Imp|imp)/.test(name) && answer.status === 403),
          {
            got: { status: answer.status, body: answer.text.slice(0, 500) },
          },
        );
      }
      const admins = {
        'x-remote-user': 'admin',
        'x-remote-group': 'daas:admins',
        'impersonate-group': 'system:masters',
      };
      refused(await t.gateway.as(user, 'GET', '/api/v1/namespaces/default/secrets', { headers: admins }), {
        status: 403,
        reason: 'Forbidden',
      });
    },
  ),

  check(
    'GW-AUTH-009',
    'a user without any permission for it reads discovery, version and openapi',
    { mutants: ['discovery-for-admins'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const paths = [
        '/api',
        '/api/v1',
        '/apis',
        '/apis/apps',
        '/apis/apps/v1',
        '/version',
        '/openapi/v3',
        '/openapi/v3/apis/apps/v1',
      ];
      const answers = await Promise.all(paths.map((path) => t.gateway.as(user, 'GET', path)));
      for (const answer of answers) status(answer, 200);
    },
  ),

  ...(
    [
      ['user', 'get', 'pods', true],
      ['user', 'watch', 'services', true],
      ['user', 'create', 'pods', false],
      ['user', 'get', 'secrets', false],
      ['user', 'list', 'podtemplates', false],
      ['admin', 'delete', 'secrets', true],
    ] as const
  ).map(([kind, verb, resource, allowed]) =>
    check(
      `GW-AUTH-010/${kind}-${verb}-${resource}`,
      `the answer to "can I ${verb} ${resource}" of ${kind === 'user' ? 'a user' : 'an administrator'} is ${allowed ? 'yes' : 'no'}`,
      { mutants: allowed ? ['review-says-no'] : ['review-says-yes'] },
      async (t) => {
        const body = {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { namespace: 'default', verb, resource } },
        };
        const actor = await t.actors.shared(kind);
        const target = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
        const answer = await t.gateway.as(actor, 'POST', target, { body });
        status(answer, [200, 201]);
        equal('status.allowed', at(answer.json, 'status', 'allowed'), allowed);
      },
    ),
  ),
]);
