import { pause } from '../../drivers/wait.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, eventually, ok, status } from '../../runner/expectations.ts';
import { answerOf, playedGateway } from '../../world/played-gateway.ts';
import { CONFIG_MAPS, configMap, made } from './config-map.ts';
import { gatewayPause, masterPause } from './pause-story.ts';
import { outOfReach } from './timed.ts';

const exclusive = true;
const timeoutMs = 60_000;
const STEP_MS = 1_000;
const PROBE_MS = 1_000;
const SERVED_MS = 5_000;

export default defineChecks([
  check(
    'MS-FLT-010',
    'a master that stood still runs once what was announced meanwhile, and keeps its workers',
    { exclusive, timeoutMs, mutants: ['late-events-dropped'] },
    async (t: CheckContext) => {
      const { announced, node } = await masterPause(t);
      const gateway = await playedGateway(t);
      const response = await gateway.response(announced.id, 10);
      status(response, 200);
      const answer = answerOf(announced.id, response);
      equal('the status of its response', answer.status, 201);
      equal('the objects it made', await made(t, announced.label), 1);
      status(await t.master.heartbeat(node.actor), 200);
      const beaten = async (): Promise<true | undefined> =>
        (await node.ready()) === 'True' ? true : undefined;
      await eventually('a Ready node', beaten, { withinMs: 5_000 });
    },
  ),

  check(
    'GW-FLT-004',
    'reads and writes are 503 or 504 in time while the master stands still',
    { exclusive, timeoutMs, mutants: ['deadline-late'] },
    async (t: CheckContext) => {
      const { read, write } = await masterPause(t);
      outOfReach(t, read);
      outOfReach(t, write);
    },
  ),

  check(
    'GW-FLT-009',
    'probes are answered at once while the master stands still, livez with ok',
    { exclusive, timeoutMs, mutants: ['probes-ask-master'] },
    async (t: CheckContext) => {
      const { probes } = await masterPause(t);
      for (const { path, status: got, ms, failure } of probes) {
        equal(`a failure of ${path} to answer`, failure, undefined);
        const good = path === '/readyz' ? [200, 503] : [200];
        ok(`${path} is answered with ${good.join(' or ')}`, good.includes(got ?? 0), { wanted: good, got });
        ok(`${path} is answered within a second`, ms <= PROBE_MS, { wanted: PROBE_MS, got: Math.round(ms) });
      }
    },
  ),

  check(
    'GW-FLT-011',
    'a watch whose master stood still goes on or ends',
    { exclusive, timeoutMs, mutants: ['watch-falls-silent'] },
    async (t: CheckContext) => {
      const { watch, announced } = await masterPause(t);
      await watch.toldOrEnded((name) => name.startsWith(announced.label));
    },
  ),

  check(
    'E2E-AVA-017',
    'requests are answered soon after the master stood still',
    { exclusive, timeoutMs, mutants: ['outage-held'] },
    async (t: CheckContext) => {
      const { servedMs } = await masterPause(t);
      ok('within 5 s', servedMs <= SERVED_MS, { wanted: SERVED_MS, got: Math.round(servedMs) });
    },
  ),

  check(
    'E2E-AVA-003',
    'requests are answered soon after the gateway stood still',
    { exclusive, timeoutMs, mutants: ['pause-noticed'] },
    async (t: CheckContext) => {
      const { afterwards } = await gatewayPause(t);
      equal(
        'the statuses',
        afterwards.map((answer) => answer.status),
        [200, 201],
      );
      ok(
        'within 5 s',
        afterwards.every(({ ms }) => ms <= SERVED_MS),
        { got: afterwards.map(({ ms }) => Math.round(ms)) },
      );
    },
  ),

  check(
    'GW-FLT-012',
    'a watch whose gateway stood still tells what happened meanwhile, or ends',
    { exclusive, timeoutMs, mutants: ['watch-falls-silent'] },
    async (t: CheckContext) => {
      const { watch, madeMeanwhile } = await gatewayPause(t);
      await watch.toldOrEnded((name) => name.startsWith(madeMeanwhile));
    },
  ),

  check(
    'GW-FLT-013',
    'writes that were sent while the gateway stood still are ended, and run at most once',
    { exclusive, timeoutMs, mutants: ['writes-answered-early', 'late-writes-repeated'] },
    async (t: CheckContext) => {
      const { meanwhile } = await gatewayPause(t);
      for (const { label, answer } of meanwhile) {
        const count = await made(t, label);
        ok(`${label} was made once at most`, count <= 1, { got: count });
        if (answer.status === 201) equal(`objects of ${label}, which was acknowledged`, count, 1);
        const ended = answer.status !== undefined || !/time|abort/i.test(answer.failure ?? '');
        ok(`the request of ${label} was answered or ended`, ended, { got: answer });
      }
    },
  ),

  check(
    'MS-FLT-011',
    'requests are run after a step of the chain’s clock',
    { exclusive, timeoutMs, mutants: ['future-events-dropped'] },
    async (t: CheckContext) => {
      t.needs('the embedded chain, whose clock can be set', t.world.chain.provider === 'embedded');
      const admin = await t.actors.shared('admin');
      await t.control.localnet({ path: 'clock', body: { advance_ms: STEP_MS } });
      for (let times = 0; times < 2; times += 1) {
        status(await t.gateway.as(admin, 'POST', CONFIG_MAPS, { body: configMap(t.name('stepped')) }), 201);
      }
      // The chain's time meets the machine's again, for the checks that compare them.
      await pause(STEP_MS);
    },
  ),
]);
