import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok, refused, status } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { pause } from '../../drivers/wait.ts';
import type { Actor } from '../../world/actors.ts';
import { heartbeat } from '../../world/master-api.ts';
import { PlayedNode, readyOf } from '../../world/played-node.ts';

const now = (): number => Math.floor(Date.now() / 1000);
const TARGET = '/api/v1/heartbeat';

/** A worker that has registered. */
async function registered(t: CheckContext): Promise<Actor> {
  const worker = await t.actors.fresh('node');
  status(await t.master.register(worker), 200);
  return worker;
}

export default defineChecks([
  check(
    'MS-BEAT-001',
    'a registered worker’s heartbeat is acknowledged',
    { mutants: ['heartbeat-missing'] },
    async (t: CheckContext) => {
      const worker = await registered(t);
      for (let times = 0; times < 2; times += 1) {
        const answer = await t.master.heartbeat(worker);
        status(answer, 200);
        equal('status', at(answer.json, 'status'), 'acknowledged');
        equal('node_id', at(answer.json, 'node_id'), worker.nodeId);
        const timestamp = at(answer.json, 'timestamp');
        ok('timestamp is the present time', Math.abs(Number(timestamp) - now()) <= 5, {
          wanted: now(),
          got: timestamp,
        });
      }
    },
  ),

  check(
    'MS-BEAT-002',
    'a heartbeat for another node is refused and does not keep that node alive',
    { mutants: ['heartbeat-any-node'], timeoutMs: 40_000 },
    async (t: CheckContext) => {
      t.needs('an offline time of at most 15 s', t.world.timings.offline_after_seconds <= 15);
      const victim = await PlayedNode.start(t, { silent: true });
      const other = await registered(t);
      const refusals = async (): Promise<void> =>
        refused(await t.master.heartbeat(other, { body: { node_id: victim.name } }), {
          status: 403,
          reason: 'NodeIdMismatch',
        });
      await refusals();
      const offlineMs = t.world.timings.offline_after_seconds * 1000;
      await eventually(
        'NotReady of a node that only others heartbeat for',
        async () => {
          await refusals();
          return (await victim.ready()) === 'True' ? undefined : true;
        },
        { withinMs: offlineMs + 10_000, intervalMs: offlineMs / 8 },
      );
    },
  ),

  check(
    'MS-BEAT-003',
    'a heartbeat of a node that never registered is refused',
    { mutants: ['heartbeat-any-node'] },
    async (t: CheckContext) => {
      const worker = await t.actors.fresh('node');
      refused(await t.master.heartbeat(worker), { status: 404, reason: 'UnknownNode' });
      status(await t.master.register(worker), 200);
      status(await t.master.heartbeat(worker), 200);
    },
  ),

  check(
    'MS-BEAT-004',
    'a repeated heartbeat credential is refused',
    { mutants: ['nonce-forgotten'] },
    async (t: CheckContext) => {
      const worker = await registered(t);
      const body = JSON.stringify(heartbeat(worker));
      const credential = await t.actors.oneShot(worker, { method: 'POST', target: TARGET, body });
      const headers = { 'x-seal-token': credential, 'content-type': 'application/json' };
      const send = () => t.master.http.send('POST', TARGET, { headers, body });
      status(await send(), 200);
      refused(await send(), { status: 401, reason: 'ReplayDetected' });
      refused(await send(), { status: 401, reason: 'ReplayDetected' });
    },
  ),

  check(
    'MS-BEAT-004/kept-alive',
    'repeated heartbeat credentials do not keep a worker alive',
    { mutants: ['nonce-forgotten'], timeoutMs: 40_000 },
    async (t: CheckContext) => {
      t.needs('an offline time of at most 15 s', t.world.timings.offline_after_seconds <= 15);
      const worker = await PlayedNode.start(t, { silent: true });
      const body = JSON.stringify(heartbeat(worker.actor));
      const credential = await t.actors.oneShot(worker.actor, { method: 'POST', target: TARGET, body });
      const headers = { 'x-seal-token': credential, 'content-type': 'application/json' };
      const send = () => t.master.http.send('POST', TARGET, { headers, body });
      status(await send(), 200);
      const offlineMs = t.world.timings.offline_after_seconds * 1000;
      await eventually(
        'NotReady of a node whose heartbeats are copies',
        async () => {
          await send();
          return (await worker.ready()) === 'True' ? undefined : true;
        },
        { withinMs: offlineMs + 6_000, intervalMs: offlineMs / 8 },
      );
    },
  ),

  check(
    'MS-BEAT-005',
    'a heartbeat of another time is refused',
    { mutants: ['heartbeat-timestamp-ignored'] },
    async (t: CheckContext) => {
      const worker = await registered(t);
      const wanted = { status: 400, reason: 'TimestampOutOfRange' };
      refused(await t.master.heartbeat(worker, { body: { timestamp: now() - 32 } }), wanted);
      refused(await t.master.heartbeat(worker, { body: { timestamp: now() + 60 } }), wanted);
      status(await t.master.heartbeat(worker, { body: { timestamp: now() - 25 } }), 200);
      status(await t.master.heartbeat(worker, { body: { timestamp: now() + 25 } }), 200);
    },
  ),

  check(
    'MS-BEAT-006',
    'a heartbeat with a field of a wrong type is refused',
    { mutants: ['heartbeat-loosely-read'] },
    async (t: CheckContext) => {
      const worker = await registered(t);
      const usage = { cpu: 0.1, memory: 0.1, disk: 0.1 };
      await eachRow<Record<string, unknown>>(
        [
          ['stake_status is a number', { stake_status: 1 }],
          ['stake_status is missing', { stake_status: undefined }],
          ['stake_amount is a word', { stake_amount: 'much' }],
          ['stake_amount is negative', { stake_amount: -1 }],
          ['stake_amount is missing', { stake_amount: undefined }],
          ['running_pods is text', { running_pods: 'three' }],
          ['running_pods is negative', { running_pods: -1 }],
          ['running_pods is a fraction', { running_pods: 1.5 }],
          ['running_pods is missing', { running_pods: undefined }],
          ['resource_usage is missing', { resource_usage: undefined }],
          ['resource_usage is a list', { resource_usage: [0.1, 0.2, 0.3] }],
          ['cpu is text', { resource_usage: { ...usage, cpu: '10%' } }],
          ['memory is missing', { resource_usage: { ...usage, memory: undefined } }],
          ['disk is null', { resource_usage: { ...usage, disk: null } }],
          ['timestamp is text', { timestamp: String(now()) }],
          ['timestamp is missing', { timestamp: undefined }],
          ['node_id is a number', { node_id: 5 }],
        ],
        async (body) => refused(await t.master.heartbeat(worker, { body }), { status: 400 }),
      );
      status(await t.master.heartbeat(worker, { body: { running_pods: 3, resource_usage: usage } }), 200);
    },
  ),

  check(
    'MS-BEAT-007',
    'a slashed worker that reports an active stake is refused',
    { mutants: ['slashed-token-valid'] },
    async (t: CheckContext) => {
      await t.needsCap('slash');
      const worker = await registered(t);
      status(await t.master.heartbeat(worker), 200);
      await t.control.slash({ record: worker.record, reason: 'conformance' });
      const refusal = await eventually(
        'a refusal of the slashed worker’s heartbeat',
        async () => {
          const answer = await t.master.heartbeat(worker, { body: { stake_status: 'active' } });
          return answer.status === 200 ? undefined : answer;
        },
        { withinMs: 5_000, intervalMs: 200 },
      );
      status(refusal, [401, 403]);
      refused(refusal, { status: refusal.status, reason: 'StakeInactive' });
    },
  ),

  check(
    'MS-STA-001',
    'a silent worker’s node becomes NotReady after the offline time, not before',
    { mutants: ['never-offline'], timeoutMs: 60_000 },
    async (t: CheckContext) => {
      const offlineMs = t.world.timings.offline_after_seconds * 1000;
      t.needs('an offline time of at most 30 s', offlineMs <= 30_000);
      const node = await PlayedNode.start(t, { silent: true });
      const last = Date.now();
      status(await t.master.heartbeat(node.actor), 200);
      await eventually(
        'NotReady after the offline time',
        async () => ((await node.ready()) === 'True' ? undefined : true),
        { withinMs: offlineMs + 5_000, intervalMs: 100 },
      );
      const silence = Date.now() - last;
      ok('it did not come early', silence >= offlineMs - 1_000, { wanted: offlineMs, got: silence });
      ok('the Node is still there', (await node.object()) !== undefined);
    },
  ),

  check(
    'MS-STA-002',
    'an offline worker is Ready again with its next heartbeat',
    { timeoutMs: 60_000, mutants: ['never-offline'] },
    async (t: CheckContext) => {
      const offlineMs = t.world.timings.offline_after_seconds * 1000;
      t.needs('an offline time of at most 30 s', offlineMs <= 30_000);
      const node = await PlayedNode.start(t, { silent: true });
      await eventually('NotReady', async () => ((await node.ready()) === 'True' ? undefined : true), {
        withinMs: offlineMs + 5_000,
        intervalMs: 100,
      });
      status(await t.master.heartbeat(node.actor), 200);
      await eventually('Ready', async () => ((await node.ready()) === 'True' ? true : undefined), {
        withinMs: 3_000,
      });
    },
  ),

  check(
    'MS-STA-003',
    'a worker is pending until its first heartbeat and report',
    { mutants: ['ready-at-registration'] },
    async (t: CheckContext) => {
      const actor = await t.actors.fresh('node');
      status(await t.master.register(actor), 200);
      // Pending may not turn into Ready by itself.
      await pause(500, t.signal);
      const before = await t.master.asReader('GET', `/api/v1/nodes/${actor.nodeId}`);
      status(before, 200);
      ok('the pending node is not Ready', readyOf(before.json) !== 'True', {
        got: at(before.json, 'status'),
      });
      const node = await PlayedNode.start(t, { actor });
      equal('Ready after report and heartbeat', await node.ready(), 'True');
    },
  ),
]);
