import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, isStatus, ok, status } from '../../runner/expectations.ts';
import { Untestable } from '../../runner/outcome.ts';
import { container, kube, type Kube } from './kube.ts';

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
  [
    'no-method',
    405,
    'MethodNotAllowed',
    (admin) => admin.send('PUT', admin.path('configmaps'), { body: admin.configMap('a') }),
  ],
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

/** Every failed answer that the check got, looked at for what all failures share. */
function asKubernetesSays(answer: HttpAnswer, reason: string): void {
  isStatus(answer, reason);
  const message: unknown = at(answer.json, 'message');
  ok('there is a message', typeof message === 'string' && message !== '', { got: answer.text.slice(0, 500) });
  ok('it is JSON', (answer.headers['content-type'] ?? '').startsWith('application/json'), {
    got: answer.headers['content-type'],
  });
}

const OTHER_KIND = 'other-kind';
const OTHER_VERSION = 'other-version';

function needsConfigMaps(admin: Kube): void {
  if (!admin.serves('configmaps')) throw new Untestable('the cluster does not serve v1 configmaps');
}

function isInvalid(answer: HttpAnswer, fields: readonly string[]): void {
  status(answer, 422);
  asKubernetesSays(answer, 'Invalid');
  const causes: unknown = at(answer.json, 'details', 'causes');
  const named = Array.isArray(causes) ? causes.map((cause) => String(at(cause, 'field'))) : [];
  for (const field of fields)
    ok(`a cause names ${field}`, named.includes(field), { wanted: fields, got: causes });
}

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

  check(
    'GW-ERR-005',
    'a method that a resource does not know is 405 MethodNotAllowed',
    { mutants: ['method-is-404'] },
    async (t) => {
      const admin = await kube(t);
      const body = admin.configMap('a');
      const merge = { headers: { 'content-type': 'application/merge-patch+json' }, body: { metadata: {} } };
      const answers = [
        await admin.send('PUT', admin.path('configmaps'), { body }),
        await admin.send('PATCH', admin.path('configmaps'), merge),
        await admin.send('POST', admin.path('configmaps', 'a'), { body }),
        await admin.send('OPTIONS', admin.path('configmaps')),
      ];
      for (const answer of answers) {
        status(answer, 405);
        asKubernetesSays(answer, 'MethodNotAllowed');
      }
    },
  ),

  ...(
    [
      ['cut-json', 'application/json', '{"apiVersion":"v1","kind":"ConfigMap"'],
      ['text', 'application/json', 'hello'],
      ['list', 'application/json', '[]'],
      ['null', 'application/json', 'null'],
      ['empty', 'application/json', ''],
      [OTHER_KIND, 'application/json', '{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"}}'],
      [OTHER_VERSION, 'application/json', '{"apiVersion":"v2","kind":"ConfigMap","metadata":{"name":"a"}}'],
      ['bad-yaml', 'application/yaml', 'kind: [ConfigMap\n  a: b'],
      ['bad-utf8', 'application/json', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
    ] as const
  ).map(([name, contentType, body]) =>
    check(
      `GW-ERR-006/${name}`,
      `a body that is no object (${name}) is 400 BadRequest`,
      { mutants: ['bad-body-is-500'] },
      async (t) => {
        const admin = await kube(t);
        // To Kubernetes a custom resource of another kind can be read, and is invalid.
        if (name === OTHER_KIND || name === OTHER_VERSION) needsConfigMaps(admin);
        const headers = { 'content-type': contentType };
        const answer = await admin.send('POST', admin.path('configmaps'), { headers, body });
        status(answer, 400);
        asKubernetesSays(answer, 'BadRequest');
      },
    ),
  ),

  ...[
    'text/plain',
    'application/xml',
    'application/x-www-form-urlencoded',
    'application/vnd.kubernetes.nonsense',
  ].map((contentType) =>
    check(
      `GW-ERR-007/${contentType.replaceAll(/[^a-z]+/g, '-')}`,
      `a body of ${contentType} is 415 UnsupportedMediaType`,
      { mutants: ['any-media-type'] },
      async (t) => {
        const admin = await kube(t);
        const answer = await admin.send('POST', admin.path('configmaps'), {
          headers: { 'content-type': contentType },
          body: JSON.stringify(admin.configMap(t.name('typed'))),
        });
        status(answer, 415);
        asKubernetesSays(answer, 'UnsupportedMediaType');
      },
    ),
  ),

  check(
    'GW-ERR-008/names',
    'an object with a bad name or label is 422 with a cause for the field',
    { mutants: ['details-missing', 'status-without-reason'] },
    async (t) => {
      const admin = await kube(t);
      const labelled = admin.configMap(t.name('bad'), {}, { labels: { 'a b': 'c' } });
      isInvalid(await admin.create('configmaps', admin.configMap('Not_A_Name')), ['metadata.name']);
      isInvalid(await admin.create('configmaps', labelled), ['metadata.labels']);
    },
  ),

  check(
    'GW-ERR-008/pods',
    'an invalid pod is 422 with a cause for each field',
    { mutants: ['details-missing', 'status-without-reason'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('bad');
      const pod = (spec: object): object => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec });
      const ports = [{ containerPort: 70_000 }];
      const cases: [spec: object, fields: readonly string[]][] = [
        [{ containers: [] }, ['spec.containers']],
        [{ containers: [{ ...container(), ports }] }, ['spec.containers[0].ports[0].containerPort']],
        [
          { containers: [{ name: 'A_B' }], restartPolicy: 'Sometimes' },
          ['spec.containers[0].name', 'spec.containers[0].image', 'spec.restartPolicy'],
        ],
      ];
      for (const [spec, fields] of cases) isInvalid(await admin.create('pods', pod(spec)), fields);
    },
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
