import type { Check } from '../../runner/check.ts';
import { at, equal, ok } from '../../runner/expectations.ts';
import { provenClaims } from './credentials.ts';
import { renewalsOf, POD, STAKE_MIST } from './life.ts';
import { atLeast, ofLife } from './life-judging.ts';
import { intervalOf } from './workers.ts';

/** Milliseconds by which a heartbeat may be late: what a busy machine adds. */
const LATE_MS = 700;

/** What the heartbeats and the agent of a worker show that lives with an honest master. */
export const runOfLife: readonly Check[] = [
  ofLife(
    'WK-BEAT-001',
    'a heartbeat comes every interval, the first within one of the registration',
    ['heartbeats-late'],
    ({ requests }, t) => {
      const interval = intervalOf(t);
      const [registered] = atLeast(requests, 'register-worker', 1);
      // The last one is the one that was left without an answer.
      const beats = atLeast(requests, 'heartbeat', 6).slice(0, -1);
      const first = (beats[0]?.at ?? 0) - (registered?.answered?.at ?? 0);
      ok('the first is there within an interval', first <= interval + LATE_MS, {
        wanted: interval,
        got: first,
      });
      const gaps = beats.slice(1).map((beat, index) => beat.at - (beats[index]?.at ?? 0));
      const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
      ok('they come every interval', mean >= interval * 0.8 && mean <= interval + LATE_MS, {
        wanted: interval,
        got: gaps,
      });
    },
  ),

  ofLife(
    'WK-BEAT-002',
    'each heartbeat carries a fresh credential bound to it',
    ['credential-reused-by-worker'],
    async ({ requests, worker, fake }) => {
      const beats = atLeast(requests, 'heartbeat', 4);
      const nonces = new Set<string>();
      for (const beat of beats) {
        const wanted = { address: worker.address, cluster: fake.cluster.ids.cluster };
        nonces.add((await provenClaims(beat, wanted)).nonce);
      }
      equal('the number of nonces', nonces.size, beats.length);
    },
  ),

  ofLife(
    'WK-BEAT-003',
    'a heartbeat tells of node, stake, pods and use',
    ['heartbeat-empty', 'pods-uncounted'],
    ({ requests, worker, pod }) => {
      const beats = atLeast(requests, 'heartbeat', 4);
      for (const { json, at: sentAt } of beats) {
        const { timestamp, resource_usage, stake_amount, ...rest } = json;
        equal('the node', rest['node_id'], worker.nodeId);
        equal('stake_status', rest['stake_status'], 'active');
        equal('stake_amount', String(stake_amount), String(STAKE_MIST));
        ok('timestamp is the present time', Math.abs(Number(timestamp) - sentAt / 1000) <= 5, {
          got: timestamp,
        });
        for (const what of ['cpu', 'memory', 'disk']) {
          const share = at(resource_usage, what);
          ok(`${what} is a share`, typeof share === 'number' && share >= 0 && share <= 1, { got: share });
        }
      }
      const pods = (from: number, to: number): unknown[] =>
        beats.filter((beat) => beat.at > from && beat.at < to).map(({ json }) => json['running_pods']);
      equal('running_pods while its pod ran', pods(pod.runningAt ?? 0, pod.deletedAt)[0], 1);
      equal('running_pods after that', pods(pod.goneAt ?? 0, Infinity)[0], 0);
    },
  ),

  ofLife(
    'WK-BEAT-007',
    'heartbeats reuse their connection',
    ['worker-connection-per-call'],
    ({ requests }) => {
      const beats = atLeast(requests, 'heartbeat', 6);
      const used = new Set(beats.map(({ connection }) => connection));
      ok('they come by few connections', used.size <= Math.max(2, beats.length / 4), {
        wanted: 2,
        got: used.size,
      });
    },
  ),

  ofLife(
    'WK-AGENT-001',
    'its Node is ready and has capacity, and its Lease is renewed',
    ['agent-node-bare'],
    ({ fake, worker, requests }) => {
      const status = fake.kubernetes.objects.get(`/api/v1/nodes/${worker.nodeId}`)?.['status'];
      const conditions = (at(status, 'conditions') ?? []) as unknown[];
      const ready = conditions.find((one) => at(one, 'type') === 'Ready');
      equal('its Ready condition', at(ready, 'status'), 'True');
      for (const part of ['capacity', 'allocatable']) {
        for (const resource of ['cpu', 'memory', 'pods'])
          ok(`it tells its ${part} of ${resource}`, at(status, part, resource) !== undefined, {
            got: at(status, part),
          });
      }
      const times = renewalsOf(requests);
      ok('its Lease is renewed', times.length >= 2, { got: times });
    },
  ),

  ofLife(
    'WK-AGENT-002',
    'a pod bound to its node runs, and is gone when it is deleted',
    ['agent-ignores-deletion'],
    ({ pod }) => {
      ok('it runs', pod.runningAt !== undefined, { wanted: 'Running', got: pod.status });
      const states = (at(pod.status, 'containerStatuses') ?? []) as unknown[];
      equal(
        'its containers',
        states.map((state) => [
          at(state, 'name'),
          at(state, 'ready'),
          at(state, 'state', 'running') !== undefined,
        ]),
        [['main', true, true]],
      );
      ok('its deletion is confirmed', pod.goneAt !== undefined, { wanted: `no ${POD}` });
    },
  ),

  ofLife(
    'WK-AGENT-005',
    'its agent speaks to the server of the join data, with the token of the join data',
    ['agent-without-token'],
    ({ requests, fake }) => {
      const asked = atLeast(requests, 'kubernetes', 3);
      const tokens = new Set(asked.map(({ headers }) => headers.authorization));
      equal(
        'how its agent shows who it is',
        [...tokens].map((token) => token?.startsWith('Bearer join.')),
        [true],
      );
      ok(
        'it speaks to the server that it was given',
        asked.every(({ port }) => fake.url.endsWith(`:${port}`)),
      );
    },
  ),
];
