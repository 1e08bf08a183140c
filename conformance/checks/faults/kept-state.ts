import type { CheckContext } from '../../runner/context.ts';
import { at, eventually, ok, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { PlayedNode } from '../../world/played-node.ts';
import { namesOf } from '../gateway/kube.ts';
import { CONFIG_MAPS, configMap } from './config-map.ts';

export const PODS = '/api/v1/namespaces/default/pods';
const MERGE = { 'content-type': 'application/merge-patch+json' };

/** What a cluster holds when its master is killed. */
export interface KeptState {
  /** A node that no heartbeat is sent for any more, while the pods below have another. */
  silent: PlayedNode;
  /** A pod on the story's node. */
  bound: { name: string; uid: unknown };
  /** A pod that waits for a node with this label. */
  waiting: { name: string; uid: unknown; label: string };
  /** An object that was changed: its last acknowledged state. */
  changed: { name: string; data: unknown; resourceVersion: unknown };
  /** Names of objects whose deletion was acknowledged. */
  deleted: string[];
  /** The first page of a list: what it held, what comes after it, and where it goes on. */
  page: { names: string[]; rest: string[]; token: string };
}

/** Makes all of it. `node` is Ready. */
export async function keepState(t: CheckContext, admin: Actor, node: PlayedNode): Promise<KeptState> {
  const [silent, bound, waiting, changed, deleted] = await Promise.all([
    PlayedNode.start(t, { silent: true }),
    boundPod(t, admin, node),
    waitingPod(t, admin),
    changedObject(t, admin),
    Promise.all([1, 2].map(() => deletedObject(t, admin))),
    plainObject(t, admin),
  ]);
  const first = await t.gateway.as(admin, 'GET', `${CONFIG_MAPS}?limit=1`);
  const token = at(first.json, 'metadata', 'continue');
  ok('a list of several objects has a second page', typeof token === 'string' && token !== '', {
    got: first.json,
  });
  const names = namesOf(first.json);
  const rest = namesOf((await t.gateway.as(admin, 'GET', CONFIG_MAPS)).json).filter(
    (name) => !names.includes(name),
  );
  return { silent, bound, waiting, changed, deleted, page: { names, rest, token: String(token) } };
}

/** A pod as its creation was answered. */
async function create(
  t: CheckContext,
  admin: Actor,
  name: string,
  nodeSelector: object,
): Promise<{ name: string; uid: unknown }> {
  const answer = await t.gateway.createPod(admin, name, { spec: { nodeSelector } });
  status(answer, 201);
  return { name, uid: at(answer.json, 'metadata', 'uid') };
}

async function boundPod(t: CheckContext, admin: Actor, node: PlayedNode): Promise<KeptState['bound']> {
  const made = await create(t, admin, t.name('bound'), { 'kubernetes.io/hostname': node.name });
  const isBound = async (): Promise<true | undefined> => {
    const answer = await t.gateway.as(admin, 'GET', `${PODS}/${made.name}`);
    return at(answer.json, 'spec', 'nodeName') === node.name ? true : undefined;
  };
  await eventually('a bound pod', isBound, { withinMs: 5_000 });
  return made;
}

async function waitingPod(t: CheckContext, admin: Actor): Promise<KeptState['waiting']> {
  const label = t.name('later');
  return { ...(await create(t, admin, t.name('waiting'), { 'fault-story/node': label })), label };
}

async function changedObject(t: CheckContext, admin: Actor): Promise<KeptState['changed']> {
  const name = t.name('changed');
  status(await t.gateway.as(admin, 'POST', CONFIG_MAPS, { body: configMap(name) }), 201);
  const body = JSON.stringify({ data: { state: 'last' } });
  const answer = await t.gateway.as(admin, 'PATCH', `${CONFIG_MAPS}/${name}`, { headers: MERGE, body });
  status(answer, 200);
  const resourceVersion = at(answer.json, 'metadata', 'resourceVersion');
  return { name, data: at(answer.json, 'data'), resourceVersion };
}

async function plainObject(t: CheckContext, admin: Actor): Promise<void> {
  status(await t.gateway.as(admin, 'POST', CONFIG_MAPS, { body: configMap(t.name('plain')) }), 201);
}

async function deletedObject(t: CheckContext, admin: Actor): Promise<string> {
  const name = t.name('deleted');
  status(await t.gateway.as(admin, 'POST', CONFIG_MAPS, { body: configMap(name) }), 201);
  status(await t.gateway.as(admin, 'DELETE', `${CONFIG_MAPS}/${name}`), [200, 202]);
  return name;
}
