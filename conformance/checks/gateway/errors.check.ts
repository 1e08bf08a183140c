import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, ok, status } from '../../runner/expectations.ts';
import { asKubernetesSays, needsConfigMaps } from './kubernetes-errors.ts';
import { kube, type Kube } from './kube.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** One request for each kind of error, its status, and Kubernetes' word for it. */
const ERRORS: readonly [
  name: string,
  status: number,
  reason: string,
  send: (admin: Kube) => Promise<HttpAnswer>,
][] = [
  ['unauthorized', 401, 'Unauthorized', ({ t }) => t.gateway.http.send('GET', '/api/v1/pods')],
  [
    'forbidden',
    403,
    'Forbidden',
    async ({ t }) => t.gateway.as(await t.actors.shared('user'), 'GET', '/api/v1/secrets'),
  ],
  ['no-object', 404, 'NotFound', (admin) => admin.get('configmaps', 'absent')],
  ['no-path', 404, 'NotFound', (admin) => admin.send('GET', '/no/such/path')],
  ['no-method', 405, 'MethodNotAllowed', (admin) => admin.send('OPTIONS', admin.path('configmaps'))],
  ['bad-request', 400, 'BadRequest', (admin) => admin.list('configmaps', '?labelSelector=a%3Db%3Dc%21')],
  [
    'media-type',
    415,
    'UnsupportedMediaType',
    (admin) =>
      admin.send('POST', admin.path('configmaps'), { headers: { 'content-type': 'text/csv' }, body: 'a' }),
  ],
  ['invalid', 422, 'Invalid', (admin) => admin.create('configmaps', admin.configMap('Not_A_Name'))],
  [
    'exists',
    409,
    'AlreadyExists',
    async (admin) => {
      const body = admin.configMap(admin.t.name('twice'));
      await admin.made('configmaps', body);
      return admin.create('configmaps', body);
    },
  ],
  ['bad-target', 400, 'BadRequest', (admin) => admin.send('GET', '/api/v1/../../etc/passwd')],
];

/** Beyond the API itself: who is let in, and paths that are none of it, which Kubernetes answers in plain text. */
const BEYOND_KUBERNETES = new Set(['unauthorized', 'forbidden', 'no-path', 'bad-target']);

const LEAKS =
  /\bat [\w.<>]+ \(|node_modules|\.(?:ts|js):\d+|\/(?:home|root|usr|tmp|work|var)\/|127\.0\.0\.1|localhost|ECONN|https?:\/\//;

/** Methods that nothing at their path knows; an object's name, or none for the collection. */
const METHODS: readonly [name: string, method: 'POST' | 'PUT' | 'PATCH' | 'OPTIONS', object: string][] = [
  ['put-collection', 'PUT', ''],
  ['patch-collection', 'PATCH', ''],
  ['post-object', 'POST', 'a'],
  ['options-collection', 'OPTIONS', ''],
  ['options-object', 'OPTIONS', 'a'],
];

export default defineChecks([
  ...ERRORS.map(([name, code, reason, send]) =>
    check(
      `GW-ERR-001/${name}`,
      `a ${code} (${name}) is a Status with the code and the reason ${reason}`,
      // A target that cannot be read is refused before anything else looks at it.
      {
        mutants: name === 'bad-target' ? [] : ['errors-in-plain-text', 'status-without-reason'],
        beyondKubernetes: BEYOND_KUBERNETES.has(name),
      },
      async (t) => {
        const answer = await send(await kube(t));
        status(answer, code);
        asKubernetesSays(answer, reason);
      },
    ),
  ),

  check(
    'GW-ERR-002',
    'our own reason is in details.causes[0], Kubernetes’ in reason',
    { mutants: ['causes-missing'] },
    async (t) => {
      const admin = await kube(t);
      const expired = await t.actors.session(admin.actor, { now: Math.floor(Date.now() / 1000) - 1000 });
      const large = ' '.repeat(3 * 1024 * 1024 + 1);
      const cases = [
        [await t.gateway.with(expired, 'GET', '/api/v1/pods'), 'Unauthorized', 'CredentialExpired'],
        [await t.gateway.http.send('GET', '/api/v1/pods'), 'Unauthorized', 'MalformedCredential'],
        [
          await t.gateway.as(await t.actors.shared('user'), 'GET', '/api/v1/secrets'),
          'Forbidden',
          'Forbidden',
        ],
        [
          await admin.send('POST', admin.path('configmaps'), { headers: JSON_TYPE, body: large }),
          'RequestEntityTooLarge',
          'PayloadTooLarge',
        ],
      ] as const;
      for (const [answer, kubernetes, ours] of cases) {
        equal('reason', at(answer.json, 'reason'), kubernetes);
        equal('details.causes[0].reason', at(answer.json, 'details', 'causes', 0, 'reason'), ours);
      }
    },
  ),

  ...[
    ['group', '/apis/nothing.example.com/v1/things'],
    ['version', '/api/v7/pods'],
    ['resource', '/api/v1/namespaces/default/widgets'],
    ['resource-object', '/apis/apps/v1/namespaces/default/gadgets/a'],
    ['path', '/metrics/of/the/cluster'],
    ['group-version', '/apis/apps/v9'],
  ].map(([name, path = '']) =>
    check(
      `GW-ERR-003/${name}`,
      `an unknown ${name} is 404 NotFound`,
      { mutants: ['unknown-is-400'] },
      async (t) => {
        const answer = await (await kube(t)).send('GET', path);
        status(answer, 404);
        asKubernetesSays(answer, 'NotFound');
      },
    ),
  ),

  ...['configmaps', 'pods', 'deployments', 'leases'].map((resource) =>
    check(
      `GW-ERR-004/${resource}`,
      `an unknown object of ${resource} is 404 with its name, plural resource and group in the details`,
      { mutants: ['details-missing'] },
      async (t) => {
        const admin = await kube(t);
        const name = t.name('absent');
        const { plural, group } = admin.resource(resource);
        const answers = [
          await admin.get(resource, name),
          await admin.remove(resource, name),
          await admin.patch(resource, name, 'merge', { metadata: {} }),
        ];
        for (const answer of answers) {
          status(answer, 404);
          asKubernetesSays(answer, 'NotFound');
          const { details } = answer.json as { details?: object };
          const got = [at(details, 'name'), at(details, 'kind'), at(details, 'group') ?? ''];
          equal('name, kind and group in the details', got, [name, plural, group]);
        }
      },
    ),
  ),

  ...METHODS.map(([name, method, object]) =>
    check(
      `GW-ERR-005/${name}`,
      `${method} of ${object === '' ? 'a collection' : 'an object'} is 405 MethodNotAllowed`,
      { mutants: ['method-is-404'] },
      async (t) => {
        const admin = await kube(t);
        // Of a custom resource Kubernetes looks at the method before it looks whether a name is there.
        if (method !== 'OPTIONS') needsConfigMaps(admin);
        const options = {
          POST: { body: admin.configMap('a') },
          PUT: { body: admin.configMap('a') },
          PATCH: { headers: { 'content-type': 'application/merge-patch+json' }, body: { metadata: {} } },
          OPTIONS: {},
        }[method];
        const answer = await admin.send(method, admin.path('configmaps', object), options);
        status(answer, 405);
        asKubernetesSays(answer, 'MethodNotAllowed');
      },
    ),
  ),

  check(
    'GW-ERR-010',
    'errors hold no stack traces, file paths or internal addresses',
    { mutants: ['stack-in-answer'] },
    async (t) => {
      const admin = await kube(t);
      for (const [name, , , send] of ERRORS) {
        const { text } = await send(admin);
        // What the client itself sent may come back to it.
        const leak = LEAKS.exec(text.replaceAll('/etc/passwd', ''))?.[0];
        ok(`the answer to ${name} gives nothing away`, leak === undefined, {
          got: { leak, text: text.slice(0, 500) },
        });
      }
    },
  ),
]);
