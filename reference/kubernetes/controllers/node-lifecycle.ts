import type { Pod } from '../meta/objects.ts';
import { ignoreRaces } from '../objects-api.ts';
import { nodes } from '../resources/nodes.ts';
import { pods } from '../resources/pods.ts';
import type { Controller, ControllerContext } from './context.ts';
import { queueOf } from './context.ts';
import { keyOf, splitKey } from './informer.ts';

/** Removes pods whose node has gone: there is nobody left to stop them. */
export function nodeLifecycleController(context: ControllerContext): Controller {
  const { objects, signal } = context;
  const queue = queueOf(context, 'node-lifecycle-controller');
  const podInformer = context.informer(pods);
  const nodeInformer = context.informer(nodes);

  // A pod may name a node that is still to come, so only nodes that were there count as gone.
  const gone = new Set<string>();

  nodeInformer.subscribe(({ type, object }) => {
    if (type === 'put') {
      gone.delete(object.metadata.name);
      return;
    }
    gone.add(object.metadata.name);
    for (const pod of podInformer.values() as IterableIterator<Pod>) {
      if (pod.spec.nodeName === object.metadata.name)
        queue.add(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`);
    }
  });
  podInformer.subscribe(({ type, key, object }) => {
    const { nodeName } = (object as Pod).spec;
    if (type === 'put' && nodeName !== undefined && gone.has(nodeName)) queue.add(key);
  });

  const reconcile = async (key: string): Promise<void> => {
    const { namespace, name } = splitKey(key);
    const pod = (await objects.find(pods, namespace, name)) as Pod | undefined;
    if (pod?.spec.nodeName === undefined || (await objects.find(nodes, '', pod.spec.nodeName)) !== undefined)
      return;
    await objects
      .delete(pods, namespace, name, {
        gracePeriodSeconds: 0,
        ...(pod.metadata.uid === undefined ? {} : { preconditions: { uid: pod.metadata.uid } }),
      })
      .catch(ignoreRaces);
  };

  return {
    run: () => {
      // Nodes that went while nobody watched.
      for (const pod of podInformer.values() as IterableIterator<Pod>) {
        if (pod.spec.nodeName !== undefined && nodeInformer.get(`/${pod.spec.nodeName}`) === undefined)
          queue.add(keyOf(pod));
      }
      return queue.run(reconcile, signal);
    },
  };
}
