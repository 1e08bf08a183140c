import type { HttpAnswer } from '../../drivers/http.ts';
import { pause } from '../../drivers/wait.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { newRequestId, playedGateway, type PlayedRequest } from '../../world/played-gateway.ts';
import { PlayedNode } from '../../world/played-node.ts';
import { startAgain } from '../../world/start-again.ts';
import { CONFIG_MAPS, MADE_BY, configMap } from './config-map.ts';
import { keepState, PODS, type KeptState } from './kept-state.ts';
import { told } from './told.ts';

/** What a busy machine may add to the deadline. */
const SLACK_MS = 750;

/** An answer and how long it took, or the words of what came in its place. */
export interface Timed {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  json?: unknown;
  ms: number;
  failure?: string;
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
  payloadFirst: { id: string; label: string; request: PlayedRequest };
  announcedFirst: { id: string; label: string; request: PlayedRequest };
  announcedWhileDown: { id: string; label: string; request: PlayedRequest };
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

/** Creates an object that carries `label`. */
export const request = (label: string): PlayedRequest => ({
  method: 'POST',
  target: CONFIG_MAPS,
  body: configMap('', { generateName: `${label}-`, labels: { [MADE_BY]: label } }),
});

async function tell(t: CheckContext, undo: AsyncDisposableStack): Promise<MasterStory> {
  const [admin, user] = await Promise.all([t.actors.fresh('admin'), t.actors.shared('user')]);
  const gateway = await playedGateway(t);
  const node = await PlayedNode.start(t, { silent: true });
  const half = () => {
    const label = t.name('half');
    return { id: newRequestId(), label, request: request(label) };
  };
  const [payloadFirst, announcedFirst, announcedWhileDown] = [half(), half(), half()];

  const acknowledged: MasterStory['acknowledged'] = new Map();
  const write = async (name: string): Promise<void> => {
    const answer = await t.gateway
      .as(admin, 'POST', CONFIG_MAPS, { body: configMap(name) })
      .catch(() => undefined);
    if (answer?.status !== 201) return;
    const [uid, resourceVersion] = [
      at(answer.json, 'metadata', 'uid'),
      at(answer.json, 'metadata', 'resourceVersion'),
    ];
    acknowledged.set(name, { uid, resourceVersion });
  };
  const kept = await keepState(t, admin, node);
  const first = t.name('first');
  await write(first);
  const listed = await t.gateway.as(admin, 'GET', `${CONFIG_MAPS}?limit=1`);
  const listedAt = String(at(listed.json, 'metadata', 'resourceVersion'));
  const answeredId = newRequestId();
  const done = request(t.name('done'));
  status(await gateway.put(answeredId, done), 202);
  ok('the chain takes the command', (await gateway.announce(admin, answeredId, done)).ok);
  const answered = await gateway.response(answeredId, 10);
  status(answered, 200);
  status(await gateway.put(payloadFirst.id, payloadFirst.request), 202);
  status(await gateway.put(announcedWhileDown.id, announcedWhileDown.request), 202);
  ok(
    'the chain takes the command',
    (await gateway.announce(admin, announcedFirst.id, announcedFirst.request)).ok,
  );
  const stream = await t.gateway.stream(admin, `${CONFIG_MAPS}?watch=true`, { timeoutMs: 60_000 });
  t.defer(() => stream.close());

  undo.defer(() => startAgain(t, 'master'));
  const names = Array.from({ length: 12 }, () => t.name('flight'));
  const flight = Promise.all(names.map(write));
  // In the midst of them: some are acknowledged, others are on their way.
  await eventually('a few acknowledged writes', () => (acknowledged.size >= 5 ? true : undefined), {
    withinMs: 10_000,
    intervalMs: 2,
  });
  await t.control.kill({ part: 'master' });
  const killed = performance.now();
  const watchEnded = drained(stream.lines()).then(() => performance.now() - killed);
  const downName = t.name('down');
  const [readWhileDown, writeWhileDown, refusedWhileDown] = await Promise.all([
    timed(() => t.gateway.as(admin, 'GET', CONFIG_MAPS)),
    timed(() => t.gateway.as(admin, 'POST', CONFIG_MAPS, { body: configMap(downName) })),
    Promise.all([
      t.gateway.http.send('GET', CONFIG_MAPS),
      t.actors.session(user).then((session) => t.gateway.with(misspelled(session), 'GET', PODS)),
      t.gateway.as(user, 'POST', CONFIG_MAPS, { body: configMap(t.name('forbidden')) }),
    ]),
    gateway.announce(admin, announcedWhileDown.id, announcedWhileDown.request),
  ]);
  const writeId = writeWhileDown.headers?.['audit-id'] ?? '';
  const onChain = await t.chain.events('K8sAPIRequest', { request_id: writeId });
  const started = performance.now();
  await t.control.start({ part: 'master' });
  // At once: what waits for its other half may have little time left.
  ok(
    'the chain takes the command',
    (await gateway.announce(admin, payloadFirst.id, payloadFirst.request)).ok,
  );
  status(await gateway.put(announcedFirst.id, announcedFirst.request), 202);
  await startAgain(t, 'master');
  const servingMs = performance.now() - started;
  await flight;
  const watchEndedMs = await Promise.race([watchEnded, pause(1_000).then(() => undefined)]);
  return {
    admin,
    acknowledged,
    listedAt,
    madeSince: [...acknowledged.keys()].filter((name) => name !== first),
    answered: { id: answeredId, before: answered.json },
    payloadFirst,
    announcedFirst,
    announcedWhileDown,
    node,
    kept,
    readWhileDown,
    refusedWhileDown,
    writeWhileDown: { ...writeWhileDown, name: downName, announced: onChain.length > 0 },
    watchEndedMs,
    servingMs,
  };
}

/** The credential with another signature of the same length. */
function misspelled(session: string): string {
  const dot = session.lastIndexOf('.') + 1;
  const bytes = Buffer.from(session.slice(dot), 'base64url');
  bytes[20]! ^= 1;
  return session.slice(0, dot) + bytes.toString('base64url');
}

/** Times a request; what cannot be answered is a failure in words. */
export async function timed(send: () => Promise<HttpAnswer>): Promise<Timed> {
  const before = performance.now();
  try {
    const answer = await send();
    const { status: got, headers, json } = answer;
    return { status: got, headers, json, ms: performance.now() - before };
  } catch (error) {
    return {
      ms: performance.now() - before,
      failure: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Answered in time as what is out of reach. */
export function outOfReach(t: CheckContext, { status: got, json, ms, failure }: Timed): void {
  equal('a failure to answer', failure, undefined);
  ok('the status is 503 or 504', got === 503 || got === 504, { got });
  equal('the kind of its body', at(json, 'kind'), 'Status');
  const deadline = t.world.timings.request_deadline_ms + SLACK_MS;
  ok('the answer came within the request deadline', ms <= deadline, {
    wanted: deadline,
    got: Math.round(ms),
  });
}

async function drained(lines: AsyncIterable<string>): Promise<void> {
  const iterator = lines[Symbol.asyncIterator]();
  const next = () => iterator.next().catch(() => ({ done: true }));
  while (!(await next()).done);
}
