import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { PODS } from '../credentials/asking.ts';
import { createSecret, encodingsOf, SECRETS } from './secrets.ts';

const NAMESPACE = '/api/v1/namespaces/default';
/** Spellings of the path of a Secret. */
function spellings(name: string): string[] {
  const one = `${SECRETS}/${name}`;
  return [
    SECRETS,
    one,
    `${one}/`,
    `${SECRETS}/`,
    '/api/v1/secrets',
    `/api/v1/secrets?fieldSelector=metadata.name%3D${name}`,
    `${SECRETS}?fieldSelector=metadata.name=${name}`,
    `${SECRETS}?labelSelector=`,
    `${SECRETS}?watch=true&timeoutSeconds=1`,
    `${SECRETS}?watch=1&fieldSelector=metadata.name=${name}&timeoutSeconds=1`,
    `/api/v1/watch/namespaces/default/secrets`,
    `/api/v1/watch/namespaces/default/secrets/${name}`,
    `${PODS}/../secrets/${name}`,
    `${PODS}/%2e%2e/secrets/${name}`,
    `${PODS}/%2E%2e/secrets/${name}`,
    `${PODS}/.%2e/secrets/${name}`,
    `${PODS}/%252e%252e/secrets/${name}`,
    `${PODS}/x/../../secrets/${name}`,
    `${PODS}%2f..%2fsecrets%2f${name}`,
    `${PODS}/..%2fsecrets/${name}`,
    `${PODS}/..%5csecrets/${name}`,
    `${PODS}/..\\secrets\\${name}`,
    `${PODS}/..;/secrets/${name}`,
    `${PODS};/../secrets/${name}`,
    `/${SECRETS}/${name}`,
    `/api//v1/namespaces/default/secrets/${name}`,
    `${NAMESPACE}//secrets/${name}`,
    `${NAMESPACE}/./secrets/${name}`,
    `${NAMESPACE}/%73ecrets/${name}`,
    `${NAMESPACE}/secret%73/${name}`,
    `${NAMESPACE}/secrets%2f${name}`,
    `${NAMESPACE}/Secrets/${name}`,
    `${NAMESPACE}/SECRETS/${name}`,
    `/API/v1/namespaces/default/secrets/${name}`,
    `/api/v1/namespaces/default%2fsecrets/${name}`,
    `/api/v1/namespaces/pods/../default/secrets/${name}`,
    `${PODS}?/../secrets/${name}`,
    `${PODS}/${name}?resource=secrets`,
    `/apis/core/v1/namespaces/default/secrets/${name}`,
    `/apis//v1/namespaces/default/secrets/${name}`,
    `/healthz/..${SECRETS}/${name}`,
    `/api/..${SECRETS}/${name}`,
    `/openapi/v2/../..${SECRETS}/${name}`,
    `${one}%00`,
    `${one}%0d%0a`,
    `${PODS}/%c0%ae%c0%ae/secrets/${name}`,
  ];
}

const ACCEPTS = [
  'application/json',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  'application/vnd.kubernetes.protobuf',
] as const;

function hides(answer: HttpAnswer, encodings: readonly string[]): void {
  for (const text of encodings)
    ok('the answer holds nothing of the Secret', !answer.text.includes(text), {
      got: answer.text.slice(0, 500),
    });
}

export default defineChecks([
  check(
    'SEC-PRS-003',
    'no spelling of a path reaches what the plain path is denied',
    { mutants: ['permissions-unchecked'] },
    async (t) => {
      const user = await t.actors.shared('user');
      const { name, value } = await createSecret(t, await t.actors.shared('admin'));
      const encodings = encodingsOf(value);
      await eachRow(
        spellings(name).map((target) => [target, target] as const),
        async (target) => {
          const answer = await t.gateway.as(user, 'GET', target);
          hides(answer, encodings);
          const readsPods = answer.status === 200 && /PodList/.test(answer.text);
          ok(
            'it is refused, or it is a list of pods',
            readsPods || [400, 403, 404, 405].includes(answer.status),
            {
              wanted: [400, 403, 404, 405],
              got: { status: answer.status, body: answer.text.slice(0, 300) },
            },
          );
        },
      );
      await eachRow(
        [`${SECRETS}/../pods`, `/api/v1/namespaces/kube-system/../default/pods`, `${NAMESPACE}/%70ods`].map(
          (target) => [target, target] as const,
        ),
        async (target) => status(await t.gateway.as(user, 'GET', target), [200, 400, 404]),
      );
    },
  ),

  check(
    'SEC-AUZ-003',
    'a user reads no Secret by any way of asking',
    { mutants: ['permissions-unchecked'] },
    async (t) => {
      const [user, admin] = await Promise.all([t.actors.shared('user'), t.actors.shared('admin')]);
      const { name, value } = await createSecret(t, await t.actors.shared('admin'));
      const encodings = encodingsOf(value);
      const targets = spellings(name)
        .filter((target) => !target.includes('..') && !target.includes('//'))
        .slice(0, 12);
      await eachRow(
        targets.flatMap((target) =>
          ACCEPTS.map((accept) => [`${target} as ${accept}`, { target, accept }] as const),
        ),
        async ({ target, accept }) => {
          const answer = await t.gateway.as(user, 'GET', target, { headers: { accept } });
          hides(answer, encodings);
          status(answer, [400, 403, 404]);
        },
      );
      refused(await t.gateway.as(user, 'GET', `${SECRETS}/${name}`), { status: 403, reason: 'Forbidden' });
      const read = await t.gateway.as(admin, 'GET', `${SECRETS}/${name}`);
      equal('what the administrator reads', at(read.json, 'metadata', 'name'), name);
    },
  ),
]);
