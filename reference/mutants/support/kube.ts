import type { KubeClient } from '../../worker/agent/kube-client.ts';
import { replaced } from './replaced.ts';

type Change = Record<string, unknown>;

/** The calls of an agent, each patch changed on its way. */
export const withPatches =
  (changed: (path: string, change: Change & { status?: object }) => object) =>
  (kube: KubeClient): KubeClient =>
    replaced(kube, {
      patch: (path, change, ...rest) => kube.patch(path, changed(path, change as Change), ...rest),
    });

/** The same, without any deletion. */
export const withoutRemoval = (kube: KubeClient): KubeClient =>
  replaced(kube, { remove: () => Promise.resolve({}) });
