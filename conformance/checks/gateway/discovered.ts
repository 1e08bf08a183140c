import type { HttpAnswer } from '../../drivers/http.ts';
import type { CheckContext } from '../../runner/context.ts';
import { status } from '../../runner/expectations.ts';
import { Untestable } from '../../runner/outcome.ts';
import { Kube, kube } from './kube.ts';

export interface Resource {
  name: string;
  kind: string;
  namespaced: boolean;
  verbs: string[];
  shortNames?: string[];
}

export const pathOf = (groupVersion: string): string =>
  groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`;

/** Asks as one who may do little: everybody needs discovery. */
export async function ask(t: CheckContext, path: string, accept: string): Promise<HttpAnswer> {
  if (t.cluster?.listsGroups === false)
    throw new Untestable('GET /apis is 404: another server has the discovery of this one');
  const asker = t.cluster ? await kube(t) : new Kube(t, await t.actors.shared('user'), '');
  const answer = await asker.send('GET', path, { headers: { accept } });
  status(answer, 200);
  return answer;
}

export async function read(t: CheckContext, path: string): Promise<unknown> {
  return (await ask(t, path, 'application/json')).json;
}

/** Every group and version that the legacy lists name. */
export async function groupVersions(t: CheckContext): Promise<string[]> {
  const { groups } = (await read(t, '/apis')) as { groups: { versions: { groupVersion: string }[] }[] };
  const core = (await kube(t)).serves('namespaces') ? ['v1'] : [];
  return [...core, ...groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion))];
}

export async function resourcesOf(t: CheckContext, groupVersion: string): Promise<Resource[]> {
  return ((await read(t, pathOf(groupVersion))) as { resources: Resource[] }).resources;
}
