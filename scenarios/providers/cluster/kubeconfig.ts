import { readFile } from 'node:fs/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { UsageError } from '../../../conformance/errors.ts';
import type { Provider } from '../provider.ts';
import { inFrontOf } from './in-front-of.ts';

const READY_MS = 5_000;

/** A cluster that exists already. Each scenario has a namespace of its own there and takes it away again. */
export const kubeconfig: Provider = {
  name: 'kubeconfig',
  start: async (context) => {
    const path = context.kubeconfig ?? process.env['KUBECONFIG'];
    if (!path)
      throw new UsageError('which cluster?', { hint: 'name its kubeconfig with --kubeconfig or KUBECONFIG' });
    return inFrontOf(
      {
        name: `the cluster of ${path}`,
        kubeconfig: await selfContained(path),
        readyMs: READY_MS,
        withoutPods: 'no Ready node of it has a container runtime',
        stop: () => Promise.resolve(),
      },
      context,
    );
  },
};

/** The kubeconfig with absolute paths, since a copy of it is used. */
async function selfContained(path: string): Promise<string> {
  await readFile(path).catch((cause: unknown) => {
    throw new UsageError(`the kubeconfig ${path} cannot be read`, { cause });
  });
  const config = new KubeConfig();
  config.loadFromFile(path);
  return config.exportConfig();
}
