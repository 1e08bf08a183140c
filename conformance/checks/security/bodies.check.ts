import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { pod } from '../../world/gateway-api.ts';
import { HEARTBEAT, PODS, prepareHeartbeat, REGISTER, registeredWorker } from '../credentials/asking.ts';

const NAMESPACE = '/api/v1/namespaces/default';

/** A ConfigMap as text, so that it can hold what no object can. */
const configMap = (metadata: string, data = '{"a":"1"}'): string =>
  `{"apiVersion":"v1","kind":"ConfigMap","metadata":${metadata},"data":${data}}`;

function malformed(): [string, string][] {
  return [
    ['no JSON', 'nonsense'],
    ['cut off', '{"node_id":'],
    ['null', 'null'],
    ['a number', '7'],
    ['an array', '[]'],
    ['an empty object', '{}'],
    ['empty', ''],
  ];
}

export default defineChecks([
  check(
    'SEC-PRS-005',
    'duplicate keys, __proto__ and deep nesting change nothing',
    { mutants: ['bad-body-is-500'] },
    async (t) => {
      const [admin, worker] = await Promise.all([t.actors.shared('admin'), registeredWorker(t)]);
      const name = t.name('proto');
      const send = (text: string): Promise<HttpAnswer> =>
        t.gateway.as(admin, 'POST', `${NAMESPACE}/configmaps`, {
          headers: { 'content-type': 'application/json' },
          body: text,
        });
      const polluted = await send(
        configMap(`{"name":"${name}","__proto__":{"isAdmin":true}}`, '{"__proto__":"x","constructor":"y"}'),
      );
      status(polluted, [201, 400]);
      const plain = await t.gateway.as(admin, 'GET', `${NAMESPACE}/configmaps?limit=1`);
      status(plain, 200);
      ok('no other object has got the key', !plain.text.includes('isAdmin'), {
        got: plain.text.slice(0, 300),
      });
      const twice = await send(
        configMap(`{"name":"${t.name('first')}","namespace":"default","namespace":"kube-system"}`),
      );
      status(twice, [201, 400]);
      if (twice.status === 201) equal('where it is', at(twice.json, 'metadata', 'namespace'), 'default');
      for (const deep of [
        '['.repeat(20_000) + ']'.repeat(20_000),
        `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
      ]) {
        status(await send(configMap(`{"name":"${t.name('deep')}"}`, deep)), [400, 413, 422]);
      }
      const nodes = `{"node_id":"${t.name('other')}","node_id":"${worker.nodeId}"`;
      const prepared = await prepareHeartbeat(t, worker);
      const body = prepared.body.replace(`{"node_id":"${worker.nodeId}"`, nodes);
      const credential = await t.actors.oneShot(worker, { method: 'POST', target: HEARTBEAT, body });
      const headers = { 'x-seal-token': credential, 'content-type': 'application/json' };
      status(await t.master.http.send('POST', HEARTBEAT, { headers, body }), [200, 400, 403]);
      status(await t.gateway.as(admin, 'GET', PODS), 200);
    },
  ),

  check(
    'SEC-PRS-010/gateway',
    'malformed bodies at the gateway are 400',
    { mutants: ['bad-body-is-500'] },
    async (t) => {
      const admin = await t.actors.shared('admin');
      const headers = { 'content-type': 'application/json' };
      await eachRow<string | Uint8Array>(
        [
          ['no JSON', 'nonsense'],
          ['cut off', JSON.stringify(pod('a')).slice(0, 40)],
          ['null', 'null'],
          ['a number', '7'],
          ['a string', '"pod"'],
          ['an array', '[]'],
          ['empty', ''],
          [
            'no UTF-8',
            Buffer.from('{"apiVersion":"v1","kind":"Pod","metadata":{"name":"\xff\xfe"}}', 'latin1'),
          ],
          ['a kind that is an object', '{"apiVersion":"v1","kind":{},"metadata":{}}'],
          ['metadata that is a list', '{"apiVersion":"v1","kind":"Pod","metadata":[]}'],
        ],
        async (body) => status(await t.gateway.as(admin, 'POST', PODS, { headers, body }), [400, 422]),
      );
    },
  ),

  ...[HEARTBEAT, REGISTER].map((target) =>
    check(
      `SEC-PRS-010/${target === HEARTBEAT ? 'heartbeat' : 'registration'}`,
      `malformed bodies at ${target} are 400`,
      {},
      async (t) => {
        const worker = await registeredWorker(t);
        await eachRow(malformed(), async (body) => {
          const credential = await t.actors.oneShot(worker, { method: 'POST', target, body });
          const headers = { 'x-seal-token': credential, 'content-type': 'application/json' };
          refused(await t.master.http.send('POST', target, { headers, body }), {
            status: 400,
            reason: 'BadRequest',
          });
        });
      },
    ),
  ),

  check('SEC-PRS-010/events', 'malformed hints are 400', {}, async (t) => {
    const headers = { 'content-type': 'application/json' };
    await eachRow(
      [...malformed(), ['no list', '{"events":{}}'], ['a list of numbers', '{"events":[1]}']] as const,
      async (body) => {
        const answer = await t.master.http.send('POST', '/api/v1/sui-events', { headers, body });
        refused(answer, { status: 400, reason: 'BadRequest' });
      },
    );
  }),

  check('SEC-PRS-010/requests', 'malformed requests of a gateway are 400', {}, async (t) => {
    const id = crypto.randomUUID().replaceAll('-', '');
    const fields = { method: 'GET', path: PODS, query: '', content_type: '', accept: '*/*', body: '' };
    await eachRow(
      [
        ['no method', { ...fields, method: undefined }],
        ['a method that is a number', { ...fields, method: 1 }],
        ['a body that is no base64url', { ...fields, body: '!!' }],
        ['a body that is an object', { ...fields, body: {} }],
        ['a path that is none', { ...fields, path: 'pods' }],
        ['a list', [fields]],
      ],
      async (body) =>
        refused(await t.master.asGateway('PUT', `/api/v1/requests/${id}`, body), {
          status: 400,
          reason: 'BadRequest',
        }),
    );
  }),
]);
