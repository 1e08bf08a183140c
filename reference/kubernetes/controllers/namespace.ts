import type { Namespace } from '../meta/objects.ts';
import { ignoreRaces } from '../objects-api.ts';
import { namespaces } from '../resources/cluster.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { resources } from '../resources/table.ts';
import type { Controller, ControllerContext } from './context.ts';
import { queueOf } from './context.ts';
import { splitKey } from './informer.ts';

const POLL_MS = 200;

/** One kind for each place in the store: two views of the same objects need only one. */
export const namespacedKinds: readonly ResourceDefinition[] = [
  ...new Map(
    resources
      .filter(({ namespaced, virtual }) => namespaced && !virtual)
      .toReversed()
      .map((resource) => [resource.storage, resource]),
  ).values(),
];

/** Empties namespaces that are being deleted and then lets them go. */
export function namespaceController(context: ControllerContext): Controller {
  const { objects, signal } = context;
  const queue = queueOf(context, 'namespace-controller');
  context.informer(namespaces).subscribe(({ key, object }) => {
    if (object.metadata.deletionTimestamp !== undefined) queue.add(key);
  });

  const reconcile = async (key: string): Promise<void> => {
    const { name } = splitKey(key);
    const namespace = await objects.find(namespaces, '', name);
    if (namespace?.metadata.deletionTimestamp === undefined) return;
    let left = 0;
    for (const resource of namespacedKinds) {
      for (const { metadata } of await objects.list(resource, name)) {
        await objects
          .delete(resource, name, metadata.name, { propagationPolicy: 'Background' })
          .catch(ignoreRaces);
      }
      left += (await objects.list(resource, name)).length;
    }
    if (left > 0) {
      // Pods take their time, and finalizers theirs.
      void queue.addAfter(key, POLL_MS, signal);
      return;
    }
    await objects
      .update(
        namespaces,
        '',
        name,
        (object) => Object.assign(object as Namespace, { spec: { finalizers: [] } }),
        'finalize',
      )
      .catch(ignoreRaces);
  };

  return { run: () => queue.run(reconcile, signal) };
}
