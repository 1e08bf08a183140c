import { check, type Check } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok, refused, status } from '../../runner/expectations.ts';
import { namesOf } from '../gateway/kube.ts';
import { CONFIG_MAPS } from './config-map.ts';
import { PODS } from './kept-state.ts';
import { masterStory } from './master-story.ts';

const exclusive = true;
const timeoutMs = 60_000;
const BINDING_MS = 5_000;

/** The nodeName of a pod, its uid, and whether it is on its way out. */
async function podSeen(t: CheckContext, name: string): Promise<unknown> {
  const { json, ...answer } = await t.master.asReader('GET', `${PODS}/${name}`);
  return {
    status: answer.status,
    uid: at(json, 'metadata', 'uid'),
    node: at(json, 'spec', 'nodeName'),
    leaving: at(json, 'metadata', 'deletionTimestamp') !== undefined,
  };
}

/** What the cluster held at a kill of the master, and what was asked of the gateway meanwhile. */
export const stateChecks: readonly Check[] = [
  check(
    'MS-FLT-012',
    'changes and deletions of before the kill hold after it',
    { exclusive, timeoutMs, mutants: ['deletions-unlogged', 'crash-loses-writes'] },
    async (t: CheckContext) => {
      const { changed, deleted } = (await masterStory(t)).kept;
      const { json } = await t.master.asReader('GET', `${CONFIG_MAPS}/${changed.name}`);
      const [data, resourceVersion] = [at(json, 'data'), at(json, 'metadata', 'resourceVersion')];
      equal('the changed object', { name: changed.name, data, resourceVersion }, changed);
      for (const name of deleted) status(await t.master.asReader('GET', `${CONFIG_MAPS}/${name}`), 404);
    },
  ),

  check(
    'MS-FLT-013',
    'a list goes on where its first page of before the kill ended, or is 410',
    { exclusive, timeoutMs, mutants: ['pages-of-this-process'] },
    async (t: CheckContext) => {
      const { page, deleted } = (await masterStory(t)).kept;
      const target = `${CONFIG_MAPS}?limit=500&continue=${encodeURIComponent(page.token)}`;
      const answer = await t.master.asReader('GET', target);
      if (answer.status === 410) {
        equal('the reason of its Status', at(answer.json, 'reason'), 'Expired');
        return;
      }
      status(answer, 200);
      const names = namesOf(answer.json);
      const again = names.filter((name) => page.names.includes(name));
      equal('objects of the first page that come again', again, []);
      const missing = page.rest.filter((name) => !names.includes(name));
      equal('objects that are left out', missing, []);
      equal(
        'deleted objects',
        deleted.filter((name) => names.includes(name)),
        [],
      );
    },
  ),

  check(
    'MS-FLT-014',
    'a pod that waited at the kill is bound when a node fits',
    { exclusive, timeoutMs, mutants: ['old-pods-unscheduled', 'crash-loses-writes'] },
    async (t: CheckContext) => {
      const { node, kept } = await masterStory(t);
      const { name, uid, label } = kept.waiting;
      equal('the pod', await podSeen(t, name), { status: 200, uid, node: undefined, leaving: false });
      status(await t.master.heartbeat(node.actor), 200);
      await node.report({ labels: { 'fault-story/node': label } });
      const bound = async (): Promise<true | undefined> =>
        at(await podSeen(t, name), 'node') === node.name ? true : undefined;
      await eventually('the pod bound to that node', bound, { withinMs: BINDING_MS });
    },
  ),

  check(
    'MS-FLT-015',
    'a pod that was bound at the kill is the same pod on the same node',
    { exclusive, timeoutMs, mutants: ['pods-evicted-at-start', 'crash-loses-writes'] },
    async (t: CheckContext) => {
      const { node, kept } = await masterStory(t);
      const { name, uid } = kept.bound;
      equal('the pod', await podSeen(t, name), { status: 200, uid, node: node.name, leaving: false });
    },
  ),

  check(
    'GW-FLT-007',
    'a write that was refused while the master was down is not run later',
    { exclusive, timeoutMs, mutants: ['refused-writes-kept'] },
    async (t: CheckContext) => {
      const { writeWhileDown } = await masterStory(t);
      const { name, status: answered, announced } = writeWhileDown;
      ok('it was refused', answered === 503 || answered === 504, { got: answered });
      // One on the chain may be run yet: its name sees to it that it is only once.
      if (announced) return;
      status(await t.master.asReader('GET', `${CONFIG_MAPS}/${name}`), 404);
    },
  ),

  check(
    'GW-FLT-008',
    'while the master is down bad credentials are refused as ever',
    { exclusive, timeoutMs, mutants: ['outage-before-credential'] },
    async (t: CheckContext) => {
      const [without, bad, forbidden] = (await masterStory(t)).refusedWhileDown;
      refused(without!, { status: 401, reason: 'MalformedCredential' });
      refused(bad!, { status: 401, reason: 'BadSignature' });
      refused(forbidden!, { status: 403, reason: 'Forbidden' });
    },
  ),

  // Last, so that the time has passed while others looked.
  check(
    'MS-FLT-016',
    'a worker that is silent from the kill on is offline after the offline time',
    { exclusive, timeoutMs, mutants: ['silence-forgotten'] },
    async (t: CheckContext) => {
      const { silent } = (await masterStory(t)).kept;
      const seconds = t.world.timings.offline_after_seconds;
      t.needs('an offline time of at most 10 s', seconds <= 10);
      const gone = async (): Promise<true | undefined> =>
        (await silent.ready()) === 'True' ? undefined : true;
      await eventually('a node that is not Ready', gone, { withinMs: (seconds + 3) * 1000 });
    },
  ),
];
