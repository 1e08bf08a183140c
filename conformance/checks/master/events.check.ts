import { randomBytes } from 'node:crypto';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import {
  answerOf,
  commandOf,
  newRequestId,
  playedGateway,
  type PlayedRequest,
} from '../../world/played-gateway.ts';
import { PlayedNode } from '../../world/played-node.ts';
import { StrangeCluster } from '../../world/strange-cluster.ts';
import { created, eventFields, isThere } from './requests.ts';

const push = (t: CheckContext, events: unknown[]) =>
  t.master.http.send('POST', '/api/v1/sui-events', { body: { events } });

/** A digest of no transaction. */
const noDigest = (): string =>
  randomBytes(32)
    .toString('base64url')
    .slice(0, 43)
    .replaceAll(/[-_0OIl]/g, 'x');

/** The three ways in which a push may spell an event's contents. */
function spellings(type: string, fields: Record<string, unknown>): Record<string, unknown>[] {
  const head = { tx_digest: noDigest(), event_seq: 0, type };
  return [
    { ...head, ...fields },
    { ...head, data: fields },
    { ...head, parsed_json: fields },
  ];
}

export default defineChecks([
  check(
    'MS-EVT-001',
    'a pushed slashing that never happened has no effect',
    { mutants: ['pushed-event-believed'], timeoutMs: 30_000 },
    async (t) => {
      const node = await PlayedNode.start(t);
      const type = `${t.world.chain.ids.package}::staking::SlashEvent`;
      const fields = {
        record: node.actor.record,
        staker: node.actor.address,
        node_id: node.name,
        amount: '100000000',
        remaining: '900000000',
        reason: 'made up',
      };
      for (const event of spellings(type, fields)) status(await push(t, [event]), 202);
      for (let times = 0; times < 3; times += 1) {
        status(await t.master.heartbeat(node.actor), 200);
        const object = await node.object();
        ok(
          'the Node is still there and open',
          object !== undefined && at(object, 'spec', 'unschedulable') !== true,
          {
            got: object,
          },
        );
      }
      equal('the join token still works', (await node.call('GET', `/api/v1/nodes/${node.name}`)).status, 200);
    },
  ),

  check(
    'MS-EVT-002',
    'of an event pushed with other fields only what the chain says takes effect',
    { mutants: ['pushed-event-believed'] },
    async (t) => {
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      const [id, honest, forged] = [newRequestId(), t.name('honest'), t.name('forged')];
      const victim = newRequestId();
      const { digest } = await gateway.announce(admin, id, created(honest));
      status(await gateway.put(victim, created(forged)), 202);
      const type = `${t.world.chain.ids.package}::k8s_gateway::K8sAPIRequest`;
      const fields = eventFields(t, admin, victim, created(forged));
      for (const event of spellings(type, fields)) {
        status(await push(t, [{ ...event, tx_digest: digest }]), 202);
      }
      status(await gateway.put(id, created(honest)), 202);
      equal('the status of the true one', answerOf(id, await gateway.response(id, 10)).status, 201);
      status(await gateway.response(victim, 1), 202);
      equal('which of the two is there', [await isThere(t, honest), await isThere(t, forged)], [true, false]);
    },
  ),

  check('MS-EVT-003', 'a pushed event takes effect once', { mutants: ['pushed-event-again'] }, async (t) => {
    const gateway = await playedGateway(t);
    const admin = await t.actors.shared('admin');
    const [id, prefix] = [newRequestId(), t.name('pushed')];
    const request = created('', { generateName: `${prefix}-`, labels: { pushed: prefix } });
    status(await gateway.put(id, request), 202);
    const { digest } = await gateway.announce(admin, id, request);
    const type = `${t.world.chain.ids.package}::k8s_gateway::K8sAPIRequest`;
    const events = spellings(type, eventFields(t, admin, id, request)).map((event) => ({
      ...event,
      tx_digest: digest,
    }));
    for (let times = 0; times < 3; times += 1) status(await push(t, events), 202);
    equal('the status', answerOf(id, await gateway.response(id, 10)).status, 201);
    status(await push(t, events), 202);
    await gateway.run(admin, created(t.name('after')));
    const list = await t.master.asReader(
      'GET',
      `/api/v1/namespaces/default/configmaps?labelSelector=pushed%3D${prefix}`,
    );
    equal('the number of objects it made', (at(list.json, 'items') as unknown[]).length, 1);
    equal('the results on chain', (await t.chain.events('K8sAPIResult', { request_id: id })).length, 1);
  }),

  check(
    'MS-EVT-004',
    'events take effect although nobody pushes them',
    { mutants: ['events-pushed-only'] },
    async (t) => {
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      for (let times = 0; times < 6; times += 1) {
        const id = newRequestId();
        status(await gateway.put(id, created(t.name('unpushed'))), 202);
        await gateway.announce(admin, id, created(t.name('other')));
        const answer = await gateway.response(id, 5);
        ok('the announcement is noticed', answer.status !== 202, { got: answer.status });
      }
    },
  ),

  check(
    'MS-EVT-005',
    'events in any position of a transaction are read with all their fields',
    { mutants: ['event-fields-mixed'] },
    async (t) => {
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      const requests = ['first', 'second', 'third'].map(
        (prefix) => [newRequestId(), created(t.name(prefix))] as const,
      );
      for (const [id, request] of requests) status(await gateway.put(id, request), 202);
      await gateway.announceAll(admin, requests);
      for (const [id, request] of requests) {
        const answer = answerOf(id, await gateway.response(id, 10));
        equal('the status', answer.status, 201);
        equal('the name', at(answer.json, 'metadata', 'name'), at(request.body, 'metadata', 'name'));
      }
    },
  ),

  check(
    'MS-EVT-006',
    'of a burst of events none is skipped',
    { mutants: ['events-skipped'], timeoutMs: 60_000 },
    async (t) => {
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      const requests: [string, PlayedRequest][] = Array.from({ length: 60 }, () => [
        newRequestId(),
        created(t.name('burst')),
      ]);
      await Promise.all(requests.map(async ([id, request]) => status(await gateway.put(id, request), 202)));
      const [alone, together] = [requests.slice(0, 10), requests.slice(10)];
      const sent = [gateway.announceAll(admin, together)];
      for (const [id, request] of alone) sent.push(gateway.announce(admin, id, request));
      await Promise.all(sent);
      const statuses = await Promise.all(
        requests.map(async ([id]) => {
          const answer = await gateway.response(id, 20);
          return answer.status === 200 ? answerOf(id, answer).status : answer.status;
        }),
      );
      equal('the number of requests that were run', statuses.filter((code) => code === 201).length, 60);
    },
  ),

  check(
    'MS-EVT-009',
    'events take effect in the order of the chain',
    { mutants: ['events-backwards'] },
    async (t) => {
      const gateway = await playedGateway(t);
      const admin = await t.actors.shared('admin');
      const name = t.name('ordered');
      const target = `/api/v1/namespaces/default/configmaps/${name}`;
      const patch = (step: number): PlayedRequest => ({
        method: 'PATCH',
        target,
        contentType: 'application/json-patch+json',
        // Each step holds only after the one before it.
        body: JSON.stringify([
          { op: 'test', path: '/data/step', value: String(step - 1) },
          { op: 'replace', path: '/data/step', value: String(step) },
        ]),
      });
      const first: PlayedRequest = {
        method: 'POST',
        target: '/api/v1/namespaces/default/configmaps',
        body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { step: '0' } },
      };
      equal('the status of the creation', (await gateway.run(admin, first)).status, 201);
      const steps = Array.from({ length: 8 }, (_, index) => [newRequestId(), patch(index + 1)] as const);
      for (const [id, request] of steps.toReversed()) status(await gateway.put(id, request), 202);
      await gateway.announceAll(admin, steps.slice(0, 4));
      for (const [id, request] of steps.slice(4)) await gateway.announce(admin, id, request);
      for (const [id] of steps)
        equal('the status of a step', answerOf(id, await gateway.response(id, 10)).status, 200);
    },
  ),

  check(
    'MS-EVT-011',
    'events for another endpoint have no effect',
    { timeoutMs: 40_000, mutants: ['foreign-events-taken'] },
    async (t) => {
      const other = await StrangeCluster.start(t);
      const stranger = await other.actor('admin');
      const gateway = await playedGateway(t);
      const [id, name] = [newRequestId(), t.name('elsewhere')];
      status(await gateway.put(id, created(name)), 202);
      await other.run('announcing elsewhere', (tx) =>
        other.calls.executeCommand(tx, other.ids.gateway_cap, commandOf(stranger, id, created(name))),
      );
      const after = await gateway.run(await t.actors.shared('admin'), created(t.name('after')));
      equal('the status of a request of this cluster', after.status, 201);
      status(await gateway.response(id, 1), 202);
      ok('the object is not there', !(await isThere(t, name)), { got: name });
    },
  ),

  check('MS-EVT-012', 'a malformed push is refused', { mutants: ['push-loosely-read'] }, async (t) => {
    const good = { tx_digest: noDigest(), event_seq: 0 };
    const send = (body: unknown) =>
      t.master.http.send('POST', '/api/v1/sui-events', {
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      });
    await eachRow<unknown>(
      [
        ['nothing', ''],
        ['half an object', '{"events": ['],
        ['a list', [good]],
        ['no events', {}],
        ['events that are no list', { events: good }],
        ['no tx_digest', { events: [{ event_seq: 0 }] }],
        ['a number as tx_digest', { events: [{ ...good, tx_digest: 5 }] }],
        ['no event_seq', { events: [{ tx_digest: good.tx_digest }] }],
        ['an event that is text', { events: ['K8sAPIRequest'] }],
      ],
      async (body) => refused(await send(body), { status: 400 }),
    );
    const flood = await send({ events: Array.from({ length: 50_000 }, () => good) });
    status(flood, [400, 413]);
    status(await send({ events: [good] }), 202);
  }),
]);
