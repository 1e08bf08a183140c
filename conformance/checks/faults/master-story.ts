import type { HttpAnswer } from '../../drivers/http.ts';
import { pause } from '../../drivers/wait.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, eventually, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import {
  newRequestId,
  playedGateway,
  type PlayedGateway,
  type PlayedRequest,
} from '../../world/played-gateway.ts';
import { PlayedNode } from '../../world/played-node.ts';
import { startAgain } from '../../world/start-again.ts';
import { CONFIG_MAPS, configMap, creation } from './config-map.ts';
import { keepState, PODS, type KeptState } from './kept-state.ts';
import { timed, type Timed } from './timed.ts';
import { told } from './told.ts';

/** A request of the played gateway, and the label of what it makes. */
interface Labelled {
  id: string;
  label: string;
  request: PlayedRequest;
}

/** What was seen around one kill of the master; each check looks at a part of it. */
export interface MasterStory {
  admin: Actor;
  /** Acknowledged creations, some just before the kill: uid and resourceVersion by name. */
  acknowledged: Map<string, { uid: unknown; resourceVersion: unknown }>;
  /** resourceVersion of a list before the kill, and names of objects made after that list. */
  listedAt: string;
  madeSince: string[];
  /** A response read before the kill. */
  answered: { id: string; before: unknown };
  /** Requests whose halves came on two sides of the kill: what the master says of them in the end, and what they made. */
  payloadFirst: Labelled;
  announcedFirst: Labelled;
  announcedWhileDown: Labelled;
  node: PlayedNode;
  kept: KeptState;
  readWhileDown: Timed;
  /** Requests that must not pass, sent while it was down: without a credential, with a bad one, without the permission. */
  refusedWhileDown: HttpAnswer[];
  /** `announced`: whether its request was on the chain when it was answered. */
  writeWhileDown: Timed & { name: string; announced: boolean };
  /** Milliseconds after the kill until a watch through the gateway ended; undefined when it did not. */
  watchEndedMs: number | undefined;
  /** Milliseconds from the restart until reads and requests were served. */
  servingMs: number;
}

/** Kills the master once for all checks of a process, and tells what happened. */
export function masterStory(t: CheckContext): Promise<MasterStory> {
  t.needs('a master that the suite can restart', t.world.master?.startable === true);
  return told(t, 'a kill of the master', tell);
}

async function tell(t: CheckContext, undo: AsyncDisposableStack): Promise<MasterStory> {
  const [admin, user] = await Promise.all([t.actors.fresh('admin'), t.actors.shared('user')]);
  const gateway = await playedGateway(t);
  const node = await PlayedNode.start(t, { silent: true });
  const writes = new Writes(t, admin);
  const kept = await keepState(t, admin, node);
  const first = t.name('first');
  await writes.make(first);
  const listed = await t.gateway.as(admin, 'GET', `${CONFIG_MAPS}?limit=1`);
  const listedAt = String(at(listed.json, 'metadata', 'resourceVersion'));
  const answered = await answeredRequest(t, gateway, admin);
  const [payloadFirst, announcedFirst, announcedWhileDown] = [labelled(t), labelled(t), labelled(t)];
  for (const { id, request } of [payloadFirst, announcedWhileDown])
    status(await gateway.put(id, request), 202);
  await gateway.announce(admin, announcedFirst.id, announcedFirst.request);
  const stream = await t.gateway.stream(admin, `${CONFIG_MAPS}?watch=true`, { timeoutMs: 60_000 });
  t.defer(() => stream.close());

  undo.defer(() => startAgain(t, 'master'));
  const flight = Promise.all(Array.from({ length: 12 }, () => writes.make(t.name('flight'))));
  // In the midst of them: some are acknowledged, others are on their way.
  const some = () => (writes.acknowledged.size >= 5 ? true : undefined);
  await eventually('a few acknowledged writes', some, { withinMs: 10_000, intervalMs: 2 });
  await t.control.kill({ part: 'master' });
  const killed = performance.now();
  const watchEnded = drained(stream.lines()).then(() => performance.now() - killed);
  const [down] = await Promise.all([
    askedWhileDown(t, admin, user),
    gateway.announce(admin, announcedWhileDown.id, announcedWhileDown.request),
  ]);

  const started = performance.now();
  await t.control.start({ part: 'master' });
  // At once: what waits for its other half may have little time left.
  await gateway.announce(admin, payloadFirst.id, payloadFirst.request);
  status(await gateway.put(announcedFirst.id, announcedFirst.request), 202);
  await startAgain(t, 'master');
  const servingMs = performance.now() - started;
  await flight;
  const watchEndedMs = await Promise.race([watchEnded, pause(1_000).then(() => undefined)]);
  const { acknowledged } = writes;
  const madeSince = [...acknowledged.keys()].filter((name) => name !== first);
  const halves = { payloadFirst, announcedFirst, announcedWhileDown };
  const seen = { ...halves, ...down, watchEndedMs, servingMs };
  return { admin, acknowledged, listedAt, madeSince, answered, node, kept, ...seen };
}

/** Writes, and what was acknowledged of them. */
class Writes {
  readonly acknowledged: MasterStory['acknowledged'] = new Map();
  readonly #t: CheckContext;
  readonly #by: Actor;

  constructor(t: CheckContext, by: Actor) {
    this.#t = t;
    this.#by = by;
  }

  async make(name: string): Promise<void> {
    const answer = await this.#t.gateway
      .as(this.#by, 'POST', CONFIG_MAPS, { body: configMap(name) })
      .catch(() => undefined);
    if (answer?.status !== 201) return;
    const of = (field: string): unknown => at(answer.json, 'metadata', field);
    this.acknowledged.set(name, { uid: of('uid'), resourceVersion: of('resourceVersion') });
  }
}

function labelled(t: CheckContext): Labelled {
  const label = t.name('half');
  return { id: newRequestId(), label, request: creation(label) };
}

/** A request that was run, and its response as the master gives it out. */
async function answeredRequest(
  t: CheckContext,
  gateway: PlayedGateway,
  admin: Actor,
): Promise<MasterStory['answered']> {
  const one = labelled(t);
  status(await gateway.put(one.id, one.request), 202);
  await gateway.announce(admin, one.id, one.request);
  const response = await gateway.response(one.id, 10);
  status(response, 200);
  return { id: one.id, before: response.json };
}

async function askedWhileDown(
  t: CheckContext,
  admin: Actor,
  user: Actor,
): Promise<Pick<MasterStory, 'readWhileDown' | 'writeWhileDown' | 'refusedWhileDown'>> {
  const name = t.name('down');
  const [readWhileDown, write, refusedWhileDown] = await Promise.all([
    timed(() => t.gateway.as(admin, 'GET', CONFIG_MAPS)),
    timed(() => t.gateway.as(admin, 'POST', CONFIG_MAPS, { body: configMap(name) })),
    Promise.all([
      t.gateway.http.send('GET', CONFIG_MAPS),
      t.actors.session(user).then((session) => t.gateway.with(misspelled(session), 'GET', PODS)),
      t.gateway.as(user, 'POST', CONFIG_MAPS, { body: configMap(t.name('forbidden')) }),
    ]),
  ]);
  const onChain = await t.chain.events('K8sAPIRequest', { request_id: write.headers?.['audit-id'] ?? '' });
  return {
    readWhileDown,
    writeWhileDown: { ...write, name, announced: onChain.length > 0 },
    refusedWhileDown,
  };
}

/** The credential with another signature of the same length. */
function misspelled(session: string): string {
  const dot = session.lastIndexOf('.') + 1;
  const bytes = Buffer.from(session.slice(dot), 'base64url');
  bytes[20]! ^= 1;
  return session.slice(0, dot) + bytes.toString('base64url');
}

async function drained(lines: AsyncIterable<string>): Promise<void> {
  const iterator = lines[Symbol.asyncIterator]();
  const next = () => iterator.next().catch(() => ({ done: true }));
  while (!(await next()).done);
}
