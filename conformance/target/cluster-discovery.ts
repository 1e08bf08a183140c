import { TargetError, UsageError } from '../errors.ts';
import { at } from '../runner/expectations.ts';
import type { KubeClient } from '../world/kube-client.ts';

/** What a cluster serves. */
export interface Discovered {
  /** Whether it lists its groups: an API server that is made to stand behind another one may not. */
  listsGroups: boolean;
  /** `v1/pods`, `apps/v1/deployments`; subresources are left out, and groups whose own server is away. */
  served: string[];
}

/**
 * Asks discovery for every resource; `versions` are groups with their versions that are asked for in any case. Throws
 * UsageError when the cluster does not let the client in, TargetError when it is no API server.
 */
export async function discover(client: KubeClient, versions: readonly string[]): Promise<Discovered> {
  const groups = await client.send('GET', '/apis');
  if (groups.status === 401 || groups.status === 403)
    throw new UsageError(`the cluster answers ${groups.status} to the user of the kubeconfig`, {
      hint: 'has its token or certificate run out? does `kubectl api-resources` work with it?',
    });
  const named = at(groups.json, 'groups');
  const listsGroups = groups.status === 200 && Array.isArray(named);
  if (!listsGroups && !(groups.status === 404 && versions.length > 0))
    throw new TargetError(
      `GET /apis is no list of API groups: ${groups.status} ${groups.text.slice(0, 200)}`,
    );
  const found = listed(named)
    .flatMap((group) => listed(at(group, 'versions')))
    .map((version) => String(at(version, 'groupVersion')));
  const lists = await Promise.all(
    [...new Set(['v1', ...found, ...versions])].map(async (groupVersion) => {
      const path = groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`;
      const { json } = await client.send('GET', path);
      return listed(at(json, 'resources'))
        .map((resource) => String(at(resource, 'name')))
        .filter((name) => !name.includes('/'))
        .map((name) => `${groupVersion}/${name}`);
    }),
  );
  return { listsGroups, served: lists.flat() };
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
