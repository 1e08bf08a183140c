import { createHash } from 'node:crypto';
import { payloadDigest } from '../../drivers/payload-digest.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, ok, status } from '../../runner/expectations.ts';
import { Untestable } from '../../runner/outcome.ts';
import { eventsOf, requestIdOf } from './chain-trace.ts';
import { Kube, deployment, kube } from './kube.ts';

const hex = (bytes: Uint8Array | number[]): string => Buffer.from(bytes).toString('hex');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export default defineChecks([
  check(
    'GW-CTR-001',
    'create, update, patch and delete leave one request and one result each, also when they fail',
    { mutants: ['writes-answered-early'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('trace');
      const created = await admin.create('configmaps', admin.configMap(name, { a: '1' }));
      const answers = [
        created,
        await admin.create('configmaps', admin.configMap(name)),
        await admin.replace('configmaps', name, admin.configMap(name, { a: '2' })),
        await admin.patch('configmaps', name, 'merge', { data: { a: '3' } }),
        await admin.remove('configmaps', name),
        await admin.remove('configmaps', name),
      ];
      equal(
        'the answers',
        answers.map((answer) => answer.status),
        [201, 409, 200, 200, 200, 404],
      );
      const ids = answers.map(requestIdOf);
      equal('the number of different request ids', new Set(ids).size, answers.length);
      for (const [index, answer] of answers.entries()) {
        const { request, result } = await eventsOf(t, ids[index]!);
        equal('the status on chain', result.data.status_code, answer.status);
        equal('the token on chain', request.data.token, admin.actor.token);
      }
    },
  ),

  check(
    'GW-CTR-003',
    'the request on chain has method, canonical path, namespace, resource and token of the HTTP request',
    { mutants: ['event-fields-wrong'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('fields');
      const ns = admin.namespace;
      const merge = { headers: { 'content-type': 'application/merge-patch+json' }, body: { metadata: {} } };
      const web = { body: deployment(name, ns, 0) };
      const cases = [
        ['POST', `/apis/apps/v1/namespaces/${ns}/deployments?fieldManager=a`, web, 'deployments', ns],
        ['PATCH', `/apis/apps/v1/namespaces/${ns}/deployments/${name}/scale`, merge, 'deployments', ns],
        ['PATCH', `/api/v1/nodes/${name}`, merge, 'nodes', ''],
        ['DELETE', `/api/v1/namespaces/${ns}/secrets/${name}?gracePeriodSeconds=0`, {}, 'secrets', ns],
        ['DELETE', `/api/v1/namespaces/%64${ns.slice(1)}x/pods/%7Ea%2db`, {}, 'pods', `d${ns.slice(1)}x`],
        ['DELETE', `/apis/apps/v1/namespaces/${ns}/deployments/${name}`, {}, 'deployments', ns],
      ] as const;
      for (const [method, target, options, resource, namespace] of cases) {
        const answer = await admin.send(method, target, options);
        const { request } = await eventsOf(t, requestIdOf(answer));
        const { data } = request;
        const path = target.split('?')[0]!.replace(/%64/, 'd').replace('%7E', '~').replace('%2d', '-');
        equal(
          'what is on chain',
          {
            method: data.method,
            path: data.path,
            namespace: data.namespace,
            resource: data.resource_type,
            token: data.token,
            requester: data.requester,
          },
          { method, path, namespace, resource, token: admin.actor.token, requester: admin.actor.address },
        );
      }
    },
  ),

  check(
    'GW-CTR-004',
    'the payload digest covers method, canonical path, raw query, content type and body',
    { mutants: ['digest-of-body-only', 'body-on-chain'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('digest');
      const secret = `never-on-chain-${name}`;
      const body = JSON.stringify(admin.configMap(name, { secret }));
      const collection = admin.path('configmaps');
      const object = admin.path('configmaps', name);
      const cases = [
        ['POST', `${collection}?fieldManager=b&dryRun=All&fieldManager=a%20b`, 'application/json', body],
        ['POST', collection, 'application/json; charset=utf-8', body],
        ['PUT', object, 'application/json', `${body} `],
        [
          'PATCH',
          object.replace('configmaps', 'config%6daps'),
          'application/merge-patch+json',
          '{"data":{"é":"ü"}}',
        ],
        ['DELETE', `${object}?propagationPolicy=Background`, '', ''],
      ] as const;
      for (const [method, target, contentType, text] of cases) {
        const answer = await admin.send(method, target, {
          ...(contentType && { headers: { 'content-type': contentType } }),
          ...(text && { body: text }),
        });
        const { request } = await eventsOf(t, requestIdOf(answer));
        const [path = '', query = ''] = target.replace('%6d', 'm').split('?');
        const digest = payloadDigest({ method, path, query, contentType, body: Buffer.from(text) });
        equal('the payload digest', hex(request.data.payload_digest), hex(digest));
        ok(
          'nothing of the body is in the event',
          !Object.values(request.data).some((value) => String(value).includes(secret)),
          {
            got: request.data,
          },
        );
      }
    },
  ),

  check(
    'GW-CTR-010',
    'status, content type and body are those that the master gave and the chain recorded',
    { mutants: ['body-reformatted', 'content-type-lost'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('answer');
      const table = 'application/json;as=Table;v=v1;g=meta.k8s.io';
      const body = admin.configMap(name, { a: 'é' });
      const headers = { 'content-type': 'application/json' };
      const answers = [
        await admin.send('POST', admin.path('configmaps'), { headers, body }),
        await admin.send('POST', admin.path('configmaps'), { headers, body }),
        await admin.send('PUT', admin.path('configmaps', name), {
          headers: { ...headers, accept: table },
          body,
        }),
        await admin.send('POST', admin.path('pods'), {
          headers,
          body: { apiVersion: 'v1', kind: 'Pod', metadata: { name } },
        }),
        await admin.remove('configmaps', name),
      ];
      equal(
        'the kinds',
        answers.map(({ json }) => at(json, 'kind')),
        ['ConfigMap', 'Status', 'Table', 'Status', 'Status'],
      );
      for (const answer of answers) {
        const { result } = await eventsOf(t, requestIdOf(answer));
        equal('the status', answer.status, result.data.status_code);
        equal('the SHA-256 of the body', sha256(answer.body), hex(result.data.body_digest));
        ok(
          'the content type is JSON',
          (answer.headers['content-type'] ?? '').startsWith('application/json'),
          {
            got: answer.headers['content-type'],
          },
        );
      }
    },
  ),

  check(
    'GW-CTR-011',
    'forty writes at once of two wallets each get their own answer',
    { mutants: ['answers-crossed'] },
    async (t) => {
      const admin = await kube(t);
      const other = await t.actors.fresh('admin');
      const writes = Array.from({ length: 40 }, (_, index) => ({
        name: t.name(`many-${index}`),
        actor: index % 2 === 0 ? admin.actor : other,
      }));
      const answers = await Promise.all(
        writes.map(({ name, actor }) =>
          new Kube(t, actor, admin.namespace).create('configmaps', admin.configMap(name, { own: name })),
        ),
      );
      for (const [index, answer] of answers.entries()) {
        const { name, actor } = writes[index]!;
        status(answer, 201);
        equal(
          'the object in the answer',
          [at(answer.json, 'metadata', 'name'), at(answer.json, 'data', 'own')],
          [name, name],
        );
        const { request } = await eventsOf(t, requestIdOf(answer));
        equal('the token on chain', request.data.token, actor.token);
      }
      equal('the number of different request ids', new Set(answers.map(requestIdOf)).size, answers.length);
    },
  ),

  check(
    'GW-CTR-013',
    'the gas budget of a request is enough, and at most ten times what it uses',
    { mutants: ['gateway-gas-fixed'] },
    async (t) => {
      const admin = await kube(t);
      const answer = await admin.create('configmaps', admin.configMap(t.name('gas')));
      status(answer, 201);
      const { request } = await eventsOf(t, requestIdOf(answer));
      const found = await t.chain.client.core.getTransaction({
        digest: request.digest,
        include: { effects: true, transaction: true },
      });
      const transaction = found.Transaction;
      const gas = transaction!.effects.gasUsed;
      const computation = BigInt(gas.computationCost);
      const storage = BigInt(gas.storageCost) - BigInt(gas.storageRebate);
      // What a budget must cover: the node takes the rebate off, but never below the computation.
      const need = (factor: bigint): bigint => {
        const whole = factor * computation + storage;
        return whole > factor * computation ? whole : factor * computation;
      };
      const budget = BigInt(transaction!.transaction.gasData.budget ?? 0);
      ok('the budget is at most ten times the use', budget <= 10n * need(1n), {
        wanted: `at most ${10n * need(1n)}`,
        got: String(budget),
      });
      ok('the budget holds when the gas price doubles', budget >= need(2n), {
        wanted: `at least ${need(2n)}`,
        got: String(budget),
      });
    },
  ),

  check(
    'GW-CTR-015',
    'a write whose client goes away leaves its one result all the same',
    { mutants: ['left-writes-repeated'] },
    async (t) => {
      const admin = await kube(t);
      const sent = performance.now();
      await admin.remove('configmaps', t.name('stayed'));
      // Under way for certain: the gateway has it, and is far from its answer.
      let patience = (performance.now() - sent) / 2;
      let left = 0;
      for (let attempt = 0; attempt < 12 && left < 3; attempt += 1) {
        const path = admin.path('configmaps', t.name('left'));
        const began = performance.now();
        const answered = await admin
          .send('DELETE', path, { signal: AbortSignal.timeout(Math.ceil(patience)) })
          .then(
            () => true,
            () => false,
          );
        const took = performance.now() - began;
        const request = await t.chain.event('K8sAPIRequest', { path }, 1_500);
        // Answered already, or gone before the gateway had taken it: less patience than the answer took, or more.
        if (answered) patience = took / 2;
        if (!request) patience *= 1.3;
        if (answered || !request) continue;
        await eventsOf(t, request.data.request_id);
        // Whatever else it left is on chain before a later write is.
        status(await admin.create('configmaps', admin.configMap(t.name('after'))), 201);
        equal('the requests on chain', (await t.chain.events('K8sAPIRequest', { path })).length, 1);
        left += 1;
      }
      if (left === 0) throw new Untestable('no client went away while its request was under way');
    },
  ),
]);
