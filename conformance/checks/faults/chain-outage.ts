import { check, type Check } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, eventually, ok, status } from '../../runner/expectations.ts';
import { answerOf } from '../../world/played-gateway.ts';
import { made } from './config-map.ts';
import { outageStory } from './outage-story.ts';

const exclusive = true;
const timeoutMs = 90_000;
const RECORDED_MS = 10_000;

/** What an outage of the chain may not disturb. */
export const outageChecks: readonly Check[] = [
  check(
    'E2E-AVA-005',
    'workers stay Ready while the chain is away',
    { exclusive, timeoutMs, mutants: ['fail-closed-for-cached'] },
    async (t: CheckContext) => {
      const { looks, node } = await outageStory(t);
      ok(`the node ${node} was looked at`, looks.all >= 10, { got: looks });
      equal('looks at which it was not Ready', looks.unready, 0);
    },
  ),

  check(
    'E2E-AVA-006',
    'each read of a known user is answered while the chain is away',
    { exclusive, timeoutMs, mutants: ['fail-closed-for-cached'] },
    async (t: CheckContext) => {
      const { reads } = await outageStory(t);
      ok('there were reads', reads.length >= 10, { got: reads.length });
      const bad = reads.filter(
        (read) => read.status !== 200 || read.ms > t.world.timings.request_deadline_ms,
      );
      equal('reads that failed or were slow', bad, []);
    },
  ),

  check(
    'E2E-AVA-007',
    'writes are taken soon after the chain is back',
    { exclusive, timeoutMs, mutants: ['outage-held'] },
    async (t: CheckContext) => {
      const { writableMs } = await outageStory(t);
      ok('within 10 s', writableMs <= 10_000, { wanted: 10_000, got: Math.round(writableMs) });
    },
  ),

  check(
    'E2E-AVA-011',
    'a watch tells of changes while the chain is away',
    { exclusive, timeoutMs, mutants: ['watch-falls-silent'] },
    async (t: CheckContext) => {
      const { watch, replacement } = await outageStory(t);
      const name = replacement ?? '(a pod that was made during the outage)';
      ok(`it told of ${name}`, watch.names.includes(name), { wanted: name, got: watch.names });
      equal('its end', watch.endedAt, undefined);
    },
  ),

  check(
    'E2E-AVA-012',
    'pods run on undisturbed while the chain is away',
    { exclusive, timeoutMs, mutants: ['outage-ends-worker'] },
    async (t: CheckContext) => {
      const { before, after } = (await outageStory(t)).pod;
      equal('the pod at the end of the outage', after, before);
    },
  ),

  check(
    'E2E-AVA-013',
    'a pod that is lost while the chain is away is replaced, and the new one runs',
    { exclusive, timeoutMs, mutants: ['outage-ends-worker'] },
    async (t: CheckContext) => {
      const { replacement } = await outageStory(t);
      ok('another pod ran on a worker', replacement !== undefined);
    },
  ),

  check(
    'GW-FLT-015',
    'writes on their way when the chain goes away are run at most once, acknowledged ones once',
    { exclusive, timeoutMs, mutants: ['writes-answered-early', 'outage-is-500'] },
    async (t: CheckContext) => {
      const { inFlight } = await outageStory(t);
      for (const { label, answer } of inFlight) {
        ok('it was told 201, 503 or 504', [201, 503, 504].includes(answer.status ?? 0), { got: answer });
        const count = await made(t, label);
        ok(`${label} was made once at most`, count <= 1, { got: count });
        if (answer.status === 201) equal(`objects of ${label}, which was acknowledged`, count, 1);
      }
    },
  ),
];

/** Its master may take a while to come round to it: others look at other things before. */
export const afterOutage: readonly Check[] = [
  check(
    'MS-FLT-017',
    'requests that were announced before an outage are run once, and their results are recorded after it',
    { exclusive, timeoutMs, mutants: ['result-given-up'] },
    async (t: CheckContext) => {
      const { announced } = await outageStory(t);
      for (const { id, label, response } of announced) {
        status(response, 200);
        equal('the status of its response', answerOf(id, response).status, 201);
        equal('the objects it made', await made(t, label), 1);
        const recorded = async (): Promise<number | undefined> =>
          (await t.chain.events('K8sAPIResult', { request_id: id })).length || undefined;
        const results = await eventually('its result on the chain', recorded, { withinMs: RECORDED_MS });
        equal('its results on the chain', results, 1);
      }
    },
  ),
];
