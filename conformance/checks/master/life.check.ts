import { CuttableLink } from '../../drivers/cuttable-link.ts';
import { pause } from '../../drivers/wait.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { asObject, at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import { OwnMaster } from '../../world/own-master.ts';
import { answerOf, newRequestId, playedGateway } from '../../world/played-gateway.ts';
import { nodeObject, PlayedNode, readyOf } from '../../world/played-node.ts';
import { Watch } from '../gateway/watch.ts';
import { created, isThere } from './requests.ts';

const startsParts = true;
const timeoutMs = 60_000;
const MAPS = '/api/v1/namespaces/default/configmaps';

/** The state of a worker as its Node tells it; untestable where it does not. */
async function stateOf(t: CheckContext, name: string): Promise<unknown> {
  const labels = Object.entries(asObject(at(await nodeObject(t, name), 'metadata', 'labels')));
  const told = labels.find(([label]) => label.endsWith('/worker-state'));
  t.needs('a label …/worker-state on the Nodes of workers', told !== undefined);
  return told[1];
}

/** Sends heartbeats of a worker so loaded until its state is `wanted`. */
async function becomes(t: CheckContext, node: PlayedNode, cpu: number, wanted: string): Promise<void> {
  const body = { resource_usage: { cpu, memory: 0.1, disk: 0.1 } };
  await eventually(
    `the state ${wanted} of a worker at ${cpu}`,
    async () => {
      status(await t.master.heartbeat(node.actor, { body }), 200);
      return (await stateOf(t, node.name)) === wanted ? true : undefined;
    },
    { withinMs: 4_000, intervalMs: 100 },
  );
}

export default defineChecks([
  check(
    'MS-STA-004',
    'a worker whose capacity is used up is busy, and active again when it is free',
    { mutants: ['never-busy'] },
    async (t) => {
      const node = await PlayedNode.start(t, { silent: true });
      await becomes(t, node, 0.1, 'active');
      await becomes(t, node, 0.99, 'busy');
      await becomes(t, node, 0.1, 'active');
    },
  ),

  check(
    'MS-STA-007',
    'the offline time and the busy threshold are as they were set',
    { mutants: ['never-offline', 'busy-share-fixed'], startsParts, timeoutMs },
    async (t) => {
      const own = await OwnMaster.start(t, {
        values: { 'limits.busy_share': '0.5', 'timings.offline_after_seconds': '2' },
      });
      const node = await PlayedNode.start(own.t, { silent: true });
      await becomes(own.t, node, 0.6, 'busy');
      await becomes(own.t, node, 0.4, 'active');
      const from = Date.now();
      await eventually(
        'the end of readiness of a silent worker',
        async () => (readyOf(await nodeObject(own.t, node.name)) === 'True' ? undefined : true),
        { withinMs: 6_000, intervalMs: 50 },
      );
      const after = Date.now() - from;
      // Both sides count whole seconds.
      ok('it was not offline before its time', after >= 1_000, { got: `${after} ms` });
    },
  ),

  check(
    'MS-EVT-010',
    'after the chain was unreachable the master catches up with all that happened',
    { mutants: ['events-skipped'], startsParts, timeoutMs },
    async (t) => {
      await using link = await CuttableLink.start(t.world.chain.url);
      const own = await OwnMaster.start(t, { values: { 'chain.url': link.url } });
      const requests = ['one', 'two', 'three'].map((name) => [newRequestId(), created(name)] as const);
      for (const [id, request] of requests) status(await own.gateway.put(id, request), 202);
      link.cut();
      await own.gateway.announceAll(own.admin, requests);
      await pause(700, t.signal);
      equal('whether it was run without the chain', await isThere(own.t, 'one'), false);
      link.heal();
      for (const [id] of requests)
        equal('the status of a response', answerOf(id, await own.gateway.response(id, 15)).status, 201);
    },
  ),

  check(
    'MS-OPS-006',
    'on SIGTERM watches end cleanly, nothing acknowledged is lost, and the exit code is 0 within 10 s',
    { mutants: ['watches-cut-at-stop'], startsParts, timeoutMs },
    async (t) => {
      const own = await OwnMaster.start(t);
      const before = await own.created(MAPS, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'kept', namespace: 'default' },
      });
      const headers = {
        authorization: `Bearer ${await own.t.master.gatewaySession()}`,
        'x-remote-user': own.admin.address,
        'x-remote-group': 'daas:admins',
      };
      const stream = await own.t.master.http.stream(`${MAPS}?watch=true`, { headers });
      const watch = new Watch(stream);
      t.defer(() => watch.close());
      await watch.until('the object', ({ object }) => at(object, 'metadata', 'name') === 'kept');
      const acknowledged = new Map<string, unknown>([['kept', before]]);
      const writes = Array.from({ length: 12 }, async (_, index) => {
        const name = `late-${index}`;
        const answer = await own.run(created(name)).catch(() => undefined);
        if (answer?.status === 201) acknowledged.set(name, answer.json);
      });
      await eventually('a first write', () => (acknowledged.size > 1 ? true : undefined), {
        withinMs: 10_000,
        intervalMs: 5,
      });
      const end = await own.stop();
      await Promise.all(writes);
      equal(
        'how it ended',
        { exit: end.exit, killed: end.killed },
        { exit: { code: 0, signal: null }, killed: false },
      );
      ok('it ended within 10 s', end.ms <= 10_000, { got: end.ms });
      equal('how the watch ended', await watch.ended, 'clean');
      await own.start();
      for (const [name, wanted] of acknowledged) {
        const read = await own.t.master.asReader('GET', `${MAPS}/${name}`);
        equal(`${name} after the restart`, read.json, wanted);
      }
    },
  ),

  check(
    'MS-REG-013',
    'a registration survives a restart of the master',
    { mutants: ['registrations-forgotten'], startsParts, timeoutMs },
    async (t) => {
      const own = await OwnMaster.start(t);
      const actor = await own.t.actors.fresh('node');
      status(await own.t.master.register(actor), 200);
      await own.stop();
      await own.start();
      status(await own.t.master.heartbeat(actor), 200);
      ok('the Node is there', (await nodeObject(own.t, actor.nodeId)) !== undefined);
    },
  ),

  check(
    'MS-RSP-007',
    'a response is readable for as long as it is to be',
    { mutants: ['responses-dropped-early'], timeoutMs },
    async (t: CheckContext) => {
      const { request_ttl_seconds: ttl } = t.world.timings;
      t.needs('timings.request_ttl_seconds of 30 s at most, which stand for the 5 min', ttl <= 30);
      const gateway = await playedGateway(t);
      const answer = await gateway.run(await t.actors.shared('admin'), created(t.name('read')));
      const until = Date.now() + ttl * 800;
      while (Date.now() < until) {
        await pause(Math.min(700, Math.max(50, until - Date.now())), t.signal);
        const again = answerOf(answer.requestId, await gateway.response(answer.requestId));
        equal('the response when read again', again.record, answer.record);
      }
    },
  ),
]);
