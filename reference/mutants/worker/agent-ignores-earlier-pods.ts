import { replaced } from '../support/replaced.ts';
import type { Mutant } from '../types.ts';

/** The agent takes up pods that come while it watches, and none that were there before. */
export const mutant: Mutant = {
  id: 'agent-ignores-earlier-pods',
  defects: [],
  title: 'The agent leaves pods alone that were bound before it started',
  part: 'worker',
  worker: (seams) => ({
    ...seams,
    kube: (client) => {
      const kube = seams.kube(client);
      return replaced(kube, {
        get: async <T extends object>(path: string, signal: AbortSignal): Promise<T> => {
          const answer = await kube.get<T>(path, signal);
          return path.startsWith('/api/v1/pods?') ? { ...answer, items: [] } : answer;
        },
      });
    },
  }),
};
