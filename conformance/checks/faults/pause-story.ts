import type { HttpAnswer } from '../../drivers/http.ts';
import { pause } from '../../drivers/wait.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { newRequestId, playedGateway } from '../../world/played-gateway.ts';
import { PlayedNode } from '../../world/played-node.ts';
import { startAgain } from '../../world/start-again.ts';
import { CONFIG_MAPS, configMap, creation } from './config-map.ts';
import { Followed } from './followed.ts';
import { timed, type Timed } from './timed.ts';
import { told } from './told.ts';

const GATEWAY_PAUSE_MS = 2_000;
const ANSWER_MS = 10_000;

/** What was seen while the master stood still. */
export interface MasterPause {
  read: Timed;
  write: Timed;
  /** What probes of the gateway were told. */
  probes: (Timed & { path: string })[];
  announced: { id: string; label: string };
  /** A watch through the gateway from before. */
  watch: Followed;
  node: PlayedNode;
  /** Milliseconds from when it went on until a read and a write passed. */
  servedMs: number;
}

/** Lets the master stand still once for all checks of a process. */
export function masterPause(t: CheckContext): Promise<MasterPause> {
  t.needs('a master that the suite can pause', t.world.master?.startable === true);
  return told(t, 'a master that stands still', tellMasterPause);
}

async function tellMasterPause(t: CheckContext, undo: AsyncDisposableStack): Promise<MasterPause> {
  const admin = await t.actors.fresh('admin');
  const gateway = await playedGateway(t);
  const node = await PlayedNode.start(t, { silent: true });
  const watch = await Followed.telling(t, admin);
  const [id, label] = [newRequestId(), t.name('paused')];
  const announcement = creation(label);
  status(await gateway.put(id, announcement), 202);
  undo.defer(() => t.control.resume({ part: 'master' }));
  await t.control.pause({ part: 'master' });
  const [read, write, probes] = await Promise.all([
    timed(() => t.gateway.as(admin, 'GET', CONFIG_MAPS)),
    timed(() => t.gateway.as(admin, 'POST', CONFIG_MAPS, { body: configMap(t.name('still')) })),
    Promise.all(
      ['/livez', '/readyz', '/healthz'].map(async (path) => ({
        path,
        ...(await timed(() => t.gateway.http.send('GET', path))),
      })),
    ),
    gateway.announce(admin, id, announcement),
  ]);
  await t.control.resume({ part: 'master' });
  const resumed = performance.now();
  await startAgain(t, 'master');
  status(await t.gateway.as(admin, 'GET', `${CONFIG_MAPS}?limit=1`), 200);
  const servedMs = performance.now() - resumed;
  return { read, write, probes, announced: { id, label }, watch, node, servedMs };
}

/** What was seen of a gateway that stood still. */
export interface GatewayPause {
  admin: Actor;
  /** Writes that were sent to it while it stood still, by the label of what they make. */
  meanwhile: { label: string; answer: Timed }[];
  /** A watch through it from before, and the label of an object that the master made meanwhile. */
  watch: Followed;
  madeMeanwhile: string;
  /** A read and a write from when it went on. */
  afterwards: Timed[];
}

/** Lets the gateway stand still once for all checks of a process. */
export function gatewayPause(t: CheckContext): Promise<GatewayPause> {
  t.needs('a gateway that the suite can pause', t.world.gateway?.startable === true);
  return told(t, 'a gateway that stands still', tellGatewayPause);
}

async function tellGatewayPause(t: CheckContext, undo: AsyncDisposableStack): Promise<GatewayPause> {
  const [admin, played] = await Promise.all([t.actors.fresh('admin'), playedGateway(t)]);
  const watch = await Followed.telling(t, admin);
  const post = (body: object): Promise<HttpAnswer> =>
    t.gateway.as(admin, 'POST', CONFIG_MAPS, { body, timeoutMs: ANSWER_MS });
  undo.defer(() => t.control.resume({ part: 'gateway' }));
  await t.control.pause({ part: 'gateway' });
  const over = pause(GATEWAY_PAUSE_MS);
  const sent = ['a', 'b', 'c'].map(async (letter) => {
    const label = `${t.name('late')}-${letter}`;
    return { label, answer: await timed(() => post(creation(label).body)) };
  });
  const madeMeanwhile = t.name('meanwhile');
  const answered = await played.run(admin, creation(madeMeanwhile));
  equal('the status of what the master made meanwhile', answered.status, 201);
  await over;
  await t.control.resume({ part: 'gateway' });
  const afterwards = await Promise.all([
    timed(() => t.gateway.as(admin, 'GET', CONFIG_MAPS)),
    timed(() => post(configMap(t.name('resumed')))),
  ]);
  return { admin, meanwhile: await Promise.all(sent), watch, madeMeanwhile, afterwards };
}
