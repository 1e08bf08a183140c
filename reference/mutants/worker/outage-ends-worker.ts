import type { ChainReader } from '../../chain/types.ts';
import type { KubeClient } from '../../worker/agent/kube-client.ts';
import { replaced } from '../support/replaced.ts';
import type { Mutant } from '../types.ts';

const LOOK_MS = 300;

interface Pods {
  items?: { metadata: { name: string; namespace: string; uid: string } }[];
}

/** Gives all pods of `path` up and ends the worker, as soon as the chain cannot be asked. */
async function endAtOutage(reader: ChainReader, kube: KubeClient, path: string): Promise<void> {
  const { signal } = new AbortController();
  try {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      await reader.status({ signal, deadlineMs: LOOK_MS });
    }
  } catch {
    const { items = [] } = await kube.get<Pods>(path, signal);
    for (const { metadata } of items)
      await kube.remove(
        `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`,
        metadata.uid,
        signal,
      );
    process.exit(3);
  }
}

/** A chain that cannot be asked is taken for a stake that was slashed. */
export const mutant: Mutant = {
  id: 'outage-ends-worker',
  defects: [],
  title: 'A worker that cannot ask the chain believes that it was slashed',
  part: 'worker',
  worker: (seams) => {
    let chain: ChainReader | undefined;
    return {
      ...seams,
      reader: (reader) => (chain = seams.reader(reader)),
      kube: (client) => {
        const kube = seams.kube(client);
        let begun = false;
        return replaced(kube, {
          get: (path, signal) => {
            if (!begun && chain !== undefined && path.startsWith('/api/v1/pods?')) {
              begun = true;
              void endAtOutage(chain, kube, path);
            }
            return kube.get(path, signal);
          },
        });
      },
    };
  },
};
