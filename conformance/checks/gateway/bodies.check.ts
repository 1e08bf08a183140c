import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { at, ok, status } from '../../runner/expectations.ts';
import { asKubernetesSays, needsConfigMaps } from './kubernetes-errors.ts';
import { container, kube } from './kube.ts';

const OTHER_KIND = 'other-kind';
const OTHER_VERSION = 'other-version';

function isInvalid(answer: HttpAnswer, fields: readonly string[]): void {
  status(answer, 422);
  asKubernetesSays(answer, 'Invalid');
  const causes: unknown = at(answer.json, 'details', 'causes');
  const named = Array.isArray(causes) ? causes.map((cause) => String(at(cause, 'field'))) : [];
  for (const field of fields)
    ok(`a cause names ${field}`, named.includes(field), { wanted: fields, got: causes });
}

export default defineChecks([
  ...(
    [
      ['cut-json', 'application/json', '{"apiVersion":"v1","kind":"ConfigMap"'],
      ['text', 'application/json', 'hello'],
      ['list', 'application/json', '[]'],
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

  check(
    'GW-ERR-006/null',
    'a body of null is refused: as no object, or as one without a name',
    { mutants: ['bad-body-is-500'] },
    async (t) => {
      const admin = await kube(t);
      const headers = { 'content-type': 'application/json' };
      const answer = await admin.send('POST', admin.path('configmaps'), { headers, body: 'null' });
      // Kubernetes takes it for an object in which nothing is set.
      status(answer, [400, 422]);
      asKubernetesSays(answer, answer.status === 422 ? 'Invalid' : 'BadRequest');
    },
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
]);
