import type { ApiRequest } from '../../kubernetes/types.ts';
import type { KubernetesHandle } from '../../master/seams.ts';
import { kubernetes } from '../support/answers.ts';
import type { Mutant } from '../types.ts';

interface Pods {
  items: { metadata: { name: string; namespace: string } }[];
}

const request = (method: string, path: string, query = ''): ApiRequest => ({
  method,
  path,
  query,
  headers: {},
  body: new Uint8Array(),
  user: { name: 'mutant', groups: ['daas:admins'] },
  signal: new AbortController().signal,
  requestId: '0'.repeat(32),
});

async function evictAll(handle: KubernetesHandle): Promise<void> {
  const { body } = await handle(request('GET', '/api/v1/pods'));
  if (!(body instanceof Uint8Array)) return;
  const { items = [] } = JSON.parse(Buffer.from(body).toString('utf8')) as Partial<Pods>;
  for (const { metadata } of items)
    await handle(request('DELETE', `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`));
}

/** A master that starts takes all pods off their nodes, as it has not heard of the nodes yet. */
export const mutant: Mutant = {
  id: 'pods-evicted-at-start',
  defects: [],
  title: 'A master that starts takes the pods off their nodes, which it has not heard of yet',
  part: 'master',
  master: kubernetes((handle) => {
    let evicted: Promise<void> | undefined;
    return async (asked) => {
      await (evicted ??= evictAll(handle));
      return handle(asked);
    };
  }),
};
