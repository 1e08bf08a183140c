import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok, status } from '../../runner/expectations.ts';
import { answerOf, playedGateway } from '../../world/played-gateway.ts';
import { CONFIG_MAPS, MADE_BY, made } from './config-map.ts';
import { stateChecks } from './master-killed-state.ts';
import { masterStory, type MasterStory } from './master-story.ts';
import { outOfReach } from './timed.ts';

const exclusive = true;
const timeoutMs = 60_000;
const SERVING_MS = 10_000;

/** A request whose halves came on two sides of the kill was run, once. */
async function ranOnce(t: CheckContext, half: MasterStory['payloadFirst']): Promise<void> {
  const gateway = await playedGateway(t);
  const response = await gateway.response(half.id, 10);
  status(response, 200);
  equal('the status of its response', answerOf(half.id, response).status, 201);
  equal('the objects it made', await made(t, half.label), 1);
  equal(
    'its results on the chain',
    (await t.chain.events('K8sAPIResult', { request_id: half.id })).length,
    1,
  );
}

export default defineChecks([
  check(
    'MS-FLT-001',
    'a killed master serves again soon after its start',
    { exclusive, timeoutMs, mutants: ['slow-after-restart'] },
    async (t) => {
      const { servingMs } = await masterStory(t);
      ok('it served within 10 s', servingMs <= SERVING_MS, {
        wanted: SERVING_MS,
        got: Math.round(servingMs),
      });
    },
  ),

  check(
    'MS-FLT-002',
    'writes acknowledged before and during a kill are there with the same uid and resourceVersion',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes', 'acknowledged-before-log'] },
    async (t) => {
      const { acknowledged } = await masterStory(t);
      ok('several writes were acknowledged', acknowledged.size >= 5, { got: acknowledged.size });
      for (const [name, wanted] of acknowledged) {
        const { json } = await t.master.asReader('GET', `${CONFIG_MAPS}/${name}`);
        const [uid, resourceVersion] = [at(json, 'metadata', 'uid'), at(json, 'metadata', 'resourceVersion')];
        equal(`uid and resourceVersion of ${name}`, { uid, resourceVersion }, wanted);
      }
    },
  ),

  check(
    'MS-STO-011',
    'what was acknowledged before SIGKILL is there after the restart',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes'] },
    async (t) => {
      const { acknowledged } = await masterStory(t);
      const [[name, wanted]] = [...acknowledged] as [[string, { uid: unknown; resourceVersion: unknown }]];
      const { json } = await t.master.asReader('GET', `${CONFIG_MAPS}/${name}`);
      const [uid, resourceVersion] = [at(json, 'metadata', 'uid'), at(json, 'metadata', 'resourceVersion')];
      equal('uid and resourceVersion', { uid, resourceVersion }, wanted);
    },
  ),

  check(
    'MS-FLT-003',
    'no resourceVersion is given out a second time',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes'] },
    async (t) => {
      const { admin, acknowledged } = await masterStory(t);
      const used = new Set([...acknowledged.values()].map(({ resourceVersion }) => resourceVersion));
      const list = await t.gateway.as(admin, 'GET', `${CONFIG_MAPS}?limit=500`);
      const highest = Math.max(...[...used].map(Number));
      const now = Number(at(list.json, 'metadata', 'resourceVersion'));
      ok('the version of the list is not below those given out', now >= highest, {
        wanted: highest,
        got: now,
      });
      const items = at(list.json, 'items') as unknown[];
      const again = items.filter(
        (item) =>
          used.has(at(item, 'metadata', 'resourceVersion')) &&
          !acknowledged.has(String(at(item, 'metadata', 'name'))),
      );
      equal(
        'other objects at those versions',
        again.map((item) => at(item, 'metadata', 'name')),
        [],
      );
    },
  ),

  check(
    'MS-FLT-004',
    'a watch from before the kill tells every acknowledged change since, or 410',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes', 'acknowledged-before-log'] },
    async (t) => {
      const { admin, listedAt, madeSince } = await masterStory(t);
      const target = `${CONFIG_MAPS}?watch=true&timeoutSeconds=1&resourceVersion=${listedAt}`;
      const stream = await t.gateway.stream(admin, target, { timeoutMs: 8_000 });
      t.defer(() => stream.close());
      if (stream.status === 410) return;
      equal('the status of the watch', stream.status, 200);
      const told = new Set<unknown>();
      for await (const line of stream.lines()) {
        const event: unknown = JSON.parse(line);
        if (at(event, 'type') === 'ERROR' && at(event, 'object', 'code') === 410) return;
        told.add(at(event, 'object', 'metadata', 'name'));
        if (madeSince.every((name) => told.has(name))) break;
      }
      equal(
        'acknowledged writes that were left out',
        madeSince.filter((name) => !told.has(name)),
        [],
      );
    },
  ),

  check(
    'MS-FLT-005',
    'a response of before the kill is given again',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes'] },
    async (t) => {
      const { answered } = await masterStory(t);
      const gateway = await playedGateway(t);
      const answer = await gateway.response(answered.id, 1);
      status(answer, 200);
      for (const field of ['request_id', 'status_code', 'content_type', 'body']) {
        equal(`its ${field}`, at(answer.json, field), at(answered.before, field));
      }
    },
  ),

  check(
    'MS-FLT-006',
    'a payload from before the kill is run once it is announced',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes'] },
    async (t) => ranOnce(t, (await masterStory(t)).payloadFirst),
  ),

  check(
    'MS-FLT-007',
    'an announcement from before the kill is run once its payload comes',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes'] },
    async (t) => ranOnce(t, (await masterStory(t)).announcedFirst),
  ),

  check(
    'MS-EVT-007',
    'an event that happened while the master was down takes effect once after its restart',
    { exclusive, timeoutMs, mutants: ['cursor-lost'] },
    async (t) => ranOnce(t, (await masterStory(t)).announcedWhileDown),
  ),

  check(
    'MS-EVT-008',
    'a request that was run before the kill is not run again after it',
    { exclusive, timeoutMs, mutants: ['event-twice'] },
    async (t) => {
      const { answered } = await masterStory(t);
      const name: unknown = at(
        JSON.parse(Buffer.from(String(at(answered.before, 'body')), 'base64url').toString('utf8')),
        'metadata',
        'labels',
        MADE_BY,
      );
      equal('the objects it made', await made(t, String(name)), 1);
      const results = await t.chain.events('K8sAPIResult', { request_id: answered.id });
      equal('its results on the chain', results.length, 1);
    },
  ),

  check(
    'MS-FLT-008',
    'a worker sends heartbeats after the kill without registering again',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes'] },
    async (t) => {
      const { node } = await masterStory(t);
      status(await t.master.heartbeat(node.actor), 200);
    },
  ),

  check(
    'MS-FLT-009',
    'a join token from before the kill works after it',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes'] },
    async (t) => {
      const { node } = await masterStory(t);
      status(await node.call('GET', `/api/v1/nodes/${node.name}`), 200);
    },
  ),

  check(
    'GW-FLT-001',
    'a read while the master is down is 503 or 504 in time',
    { exclusive, timeoutMs, mutants: ['outage-is-500'] },
    async (t) => outOfReach(t, (await masterStory(t)).readWhileDown),
  ),

  check(
    'GW-FLT-002',
    'a write while the master is down is 503 or 504 in time, never done',
    { exclusive, timeoutMs, mutants: ['writes-answered-early', 'deadline-late'] },
    async (t) => outOfReach(t, (await masterStory(t)).writeWhileDown),
  ),

  check(
    'GW-FLT-003',
    'a watch ends when the master is killed',
    { exclusive, timeoutMs, mutants: ['watch-outlives-master'] },
    async (t) => {
      const { watchEndedMs } = await masterStory(t);
      ok('the watch was ended', watchEndedMs !== undefined, { got: 'still open after a second' });
    },
  ),
  ...stateChecks,
]);
