import { pause } from '../../drivers/wait.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import type { Actors } from '../../world/actors.ts';
import { answerOf, newRequestId, playedGateway } from '../../world/played-gateway.ts';
import { PlayedNode } from '../../world/played-node.ts';
import { startAgain } from '../../world/start-again.ts';
import { CONFIG_MAPS, MADE_BY, configMap } from './config-map.ts';
import { outOfReach, timed, type Timed } from './master-story.ts';

const exclusive = true;
const timeoutMs = 60_000;
const STEP_MS = 1_000;

/** What was seen while the master stood still. */
interface PauseStory {
  read: Timed;
  write: Timed;
  announced: { id: string; label: string };
  node: PlayedNode;
}

const stories = new WeakMap<Actors, Promise<PauseStory>>();

function pauseStory(t: CheckContext): Promise<PauseStory> {
  t.needs('a master that the suite can pause', t.world.master?.startable === true);
  const told = stories.get(t.actors) ?? tell(t);
  stories.set(t.actors, told);
  return told;
}

async function tell(t: CheckContext): Promise<PauseStory> {
  const admin = await t.actors.fresh('admin');
  const gateway = await playedGateway(t);
  const node = await PlayedNode.start(t, { silent: true });
  status(await t.gateway.as(admin, 'GET', CONFIG_MAPS), 200);
  const [id, label] = [newRequestId(), t.name('paused')];
  const body = configMap('', { generateName: `${label}-`, labels: { [MADE_BY]: label } });
  const request = { method: 'POST', target: CONFIG_MAPS, body };
  status(await gateway.put(id, request), 202);
  t.defer(() => t.control.resume({ part: 'master' }));
  await t.control.pause({ part: 'master' });
  const [read, write, announced] = await Promise.all([
    timed(() => t.gateway.as(admin, 'GET', CONFIG_MAPS)),
    timed(() => t.gateway.as(admin, 'POST', CONFIG_MAPS, { body: configMap(t.name('still')) })),
    gateway.announce(admin, id, request),
  ]);
  ok('the chain takes the command', announced.ok, { got: announced });
  await t.control.resume({ part: 'master' });
  await startAgain(t, 'master');
  return { read, write, announced: { id, label }, node };
}

export default defineChecks([
  check(
    'MS-FLT-010',
    'a master that stood still runs once what was announced meanwhile, and keeps its workers',
    { exclusive, timeoutMs },
    async (t: CheckContext) => {
      const { announced, node } = await pauseStory(t);
      const gateway = await playedGateway(t);
      const response = await gateway.response(announced.id, 10);
      status(response, 200);
      const answer = answerOf(announced.id, response);
      equal('the status of its response', answer.status, 201);
      const list = await t.master.asReader(
        'GET',
        `${CONFIG_MAPS}?labelSelector=${MADE_BY}%3D${announced.label}`,
      );
      equal('the objects it made', (at(list.json, 'items') as unknown[]).length, 1);
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
      const { read, write } = await pauseStory(t);
      outOfReach(t, read);
      outOfReach(t, write);
    },
  ),

  check(
    'MS-FLT-011',
    'requests are run after a step of the chain’s clock',
    { exclusive, timeoutMs },
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
