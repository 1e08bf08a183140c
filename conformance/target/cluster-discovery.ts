import { TargetError, UsageError } from '../errors.ts';
import { at } from '../runner/expectations.ts';
import type { KubeClient } from '../world/kube-client.ts';

/**
 * Every resource that discovery names, as `v1/pods` and `apps/v1/deployments`; subresources are left out, and groups whose
 * own server is away. Throws UsageError when the cluster does not let the client in, TargetError when it is no API server.
 */
export async function discover(client: KubeClient): Promise<string[]> {
  const groups = await client.send('GET', '/apis');
  if (groups.status === 401 || groups.status === 403)
    throw new UsageError(`the cluster answers ${groups.status} to the user of the kubeconfig`, {
      hint: 'has its token or certificate run out? does `kubectl api-resources` work with it?',
    });
  const named = at(groups.json, 'groups');
  if (groups.status !== 200 || !Array.isArray(named))
    throw new TargetError(
      `GET /apis is no list of API groups: ${groups.status} ${groups.text.slice(0, 200)}`,
    );
  const versions = named.flatMap((group) => listed(at(group, 'versions')));
  const found = versions.map((version) => String(at(version, 'groupVersion')));
  const lists = await Promise.all(
    ['v1', ...found].map(async (groupVersion) => {
      const path = groupVersion === 'v1' ? '/api/v1' : `/apis/${groupVersion}`;
      const { json } = await client.send('GET', path);
      return listed(at(json, 'resources'))
        .map((resource) => String(at(resource, 'name')))
        .filter((name) => !name.includes('/'))
        .map((name) => `${groupVersion}/${name}`);
    }),
  );
  return lists.flat();
}

const listed = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
