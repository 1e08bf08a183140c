import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok, refused, status } from '../../runner/expectations.ts';
import { offer, REPLICAS } from '../../world/leader.ts';
import { registration } from '../../world/master-api.ts';
import { CONFIG_MAPS, MADE_BY, configMap } from './config-map.ts';
import { crowd } from './crowd.ts';
import { leaderOf, overtaken, replica, takenOver } from './pair.ts';

const exclusive = true;
const timeoutMs = 90_000;
const TAKEOVER_MS = 10_000;

/** Of the objects of a list each was made by another request, and each acknowledged request made one. */
function onceEach(list: unknown, acknowledged: ReadonlySet<string>): void {
  const made = (at(list, 'items') as unknown[]).map((item) =>
    String(at(item, 'metadata', 'labels', MADE_BY)),
  );
  equal(
    'requests that were run twice',
    made.filter((one, index) => made.indexOf(one) !== index),
    [],
  );
  equal(
    'acknowledged ones without effect',
    [...acknowledged].filter((one) => !made.includes(one)),
    [],
  );
}

export default defineChecks([
  check(
    'MS-HA-001',
    'exactly one of two masters takes payloads, the other refuses with 503',
    { exclusive, timeoutMs, mutants: ['standby-takes-payloads'] },
    async (t: CheckContext) => {
      await leaderOf(t);
      const apis = REPLICAS.map((part) => replica(t, part));
      for (let times = 0; times < 5; times += 1) {
        const statuses = await Promise.all(apis.map((api) => offer(api)));
        equal('what the two answer', statuses.toSorted(), [202, 503]);
      }
      const reads = await Promise.all(apis.map((api) => api.asReader('GET', `${CONFIG_MAPS}?limit=1`)));
      const other = reads.filter((answer) => answer.status !== 200);
      ok('at least one reads', other.length < 2, { got: reads.map((answer) => answer.status) });
      for (const answer of other) refused(answer, { status: 503 });
    },
  ),

  check(
    'MS-HA-002',
    'a standby takes over within 10 s of the leader’s kill',
    { exclusive, timeoutMs, mutants: ['leader-lease-too-long'] },
    async (t: CheckContext) => {
      const { tookMs } = await takenOver(t);
      ok('within 10 s', tookMs <= TAKEOVER_MS, { wanted: TAKEOVER_MS, got: Math.round(tookMs) });
    },
  ),

  check(
    'MS-HA-003',
    'nothing acknowledged is lost by a takeover',
    { exclusive, timeoutMs, mutants: ['acknowledged-before-log'] },
    async (t: CheckContext) => {
      const admin = await t.actors.fresh('admin');
      const acknowledged = new Map<string, unknown>();
      const write = async (): Promise<void> => {
        const name = t.name('pair');
        const answer = await t.gateway
          .as(admin, 'POST', CONFIG_MAPS, { body: configMap(name) })
          .catch(() => undefined);
        if (answer?.status === 201) acknowledged.set(name, at(answer.json, 'metadata', 'uid'));
      };
      await Promise.all(Array.from({ length: 5 }, write));
      const flight = Promise.all(Array.from({ length: 10 }, write));
      await takenOver(t);
      await flight;
      const { failed } = await crowd(t, admin, async () => {});
      equal('requests that failed after the takeover', failed, []);
      ok('there were acknowledged writes', acknowledged.size >= 5, { got: acknowledged.size });
      for (const [name, uid] of acknowledged) {
        const answer = await t.gateway.as(admin, 'GET', `${CONFIG_MAPS}/${name}`);
        status(answer, 200);
        equal(`the uid of ${name}`, at(answer.json, 'metadata', 'uid'), uid);
      }
    },
  ),

  check(
    'MS-HA-004',
    'each request is run once, whenever the leader dies',
    { exclusive, timeoutMs, mutants: ['event-twice'] },
    async (t: CheckContext) => {
      const admin = await t.actors.fresh('admin');
      const run = t.name('once');
      const acknowledged = new Set<string>();
      const flight = Array.from({ length: 16 }, async (_, index) => {
        const label = `${run}-${index}`;
        const body = configMap('', { generateName: 'once-', labels: { [MADE_BY]: label, run } });
        const answer = await t.gateway.as(admin, 'POST', CONFIG_MAPS, { body }).catch(() => undefined);
        if (answer?.status === 201) acknowledged.add(label);
      });
      await takenOver(t);
      await Promise.all(flight);
      await crowd(t, admin, async () => {});
      const list = await t.gateway.as(admin, 'GET', `${CONFIG_MAPS}?labelSelector=run%3D${run}`);
      onceEach(list.json, acknowledged);
    },
  ),

  check(
    'MS-HA-006',
    'a leader that stood still while another took its place leads no more, and runs nothing',
    { exclusive, timeoutMs, mutants: ['event-twice'] },
    async (t: CheckContext) => {
      const admin = await t.actors.fresh('admin');
      const run = t.name('fenced');
      const acknowledged = new Set<string>();
      const flight = Array.from({ length: 8 }, async (_, index) => {
        const label = `${run}-${index}`;
        const body = configMap('', { generateName: 'fenced-', labels: { [MADE_BY]: label, run } });
        const answer = await t.gateway.as(admin, 'POST', CONFIG_MAPS, { body }).catch(() => undefined);
        if (answer?.status === 201) acknowledged.add(label);
      });
      const { old, leader } = await overtaken(t);
      const [back, stays] = [replica(t, old), replica(t, leader)];
      for (let times = 0; times < 5; times += 1) {
        const [first, second] = await Promise.all([offer(back), offer(stays)]);
        equal('what the one that leads answers', second, 202);
        ok('the other one takes nothing', first !== 202, { got: first });
      }
      await Promise.all(flight);
      const { failed } = await crowd(t, admin, async () => {});
      equal('requests that failed afterwards', failed, []);
      const list = await t.gateway.as(admin, 'GET', `${CONFIG_MAPS}?labelSelector=run%3D${run}`);
      onceEach(list.json, acknowledged);
    },
  ),

  check(
    'MS-HA-005',
    'the store that masters share holds no plaintext',
    { exclusive, timeoutMs, mutants: ['store-plaintext'] },
    async (t: CheckContext) => {
      await leaderOf(t);
      const admin = await t.actors.shared('admin');
      const value = `plain-${randomBytes(12).toString('hex')}`;
      const body = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: t.name('shared') },
        stringData: { value },
      };
      status(await t.gateway.as(admin, 'POST', '/api/v1/namespaces/default/secrets', { body }), 201);
      const { files } = await t.control.storage({ part: 'store' });
      const contents = await Promise.all(files.map((file) => readFile(file).catch(() => Buffer.alloc(0))));
      ok(
        'there is something to look at',
        contents.some((bytes) => bytes.length > 10_000),
        { got: files },
      );
      for (const form of [value, Buffer.from(value).toString('base64'), Buffer.from(value).toString('hex')]) {
        const where = files.filter((_, index) => contents[index]!.includes(form));
        equal('files that hold the value', where, []);
      }
    },
  ),

  check(
    'CR-ONE-008',
    'a one-shot credential passes at one master, once, also after a takeover',
    { exclusive, timeoutMs, mutants: ['nonce-lost-at-restart'] },
    async (t: CheckContext) => {
      const node = await t.actors.fresh('node');
      await leaderOf(t);
      const target = '/api/v1/register-worker';
      const body = JSON.stringify(registration(node));
      const credential = await t.actors.oneShot(node, { method: 'POST', target, body });
      const apis = REPLICAS.map((part) => replica(t, part));
      const send = (api: (typeof apis)[number]) =>
        api.http.send('POST', target, {
          headers: { 'x-seal-token': credential, 'content-type': 'application/json' },
          body,
        });
      const answers = await Promise.all([...apis, ...apis, ...apis].map(send));
      equal('copies that were accepted', answers.filter((answer) => answer.status === 200).length, 1);
      for (const answer of answers.filter((one) => one.status === 401))
        refused(answer, { status: 401, reason: 'ReplayDetected' });
      const { leader } = await takenOver(t);
      refused(await send(replica(t, leader)), { status: 401, reason: 'ReplayDetected' });
    },
  ),
]);
