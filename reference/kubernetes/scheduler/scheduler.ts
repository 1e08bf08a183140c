import { timestamp } from '../clock.ts';
import type { Controller, ControllerContext } from '../controllers/context.ts';
import { queueOf, recordEvent } from '../controllers/context.ts';
import { keyOf, splitKey } from '../controllers/informer.ts';
import { assignNode } from '../handlers/subresources.ts';
import { deepEqual } from '../meta/json.ts';
import type { KubeObject, Node, Pod } from '../meta/objects.ts';
import { ignoreRaces } from '../objects-api.ts';
import { nodes } from '../resources/nodes.ts';
import { pods } from '../resources/pods.ts';
import { chooseNode, schedulingRules } from './choose-node.ts';
import { Usage } from './resources.ts';

const COMPONENT = 'default-scheduler';

/** Binds pods to nodes; a pod that fits nowhere says why and is tried again when the nodes change. */
export function scheduler(context: ControllerContext): Controller {
  const { objects, clock, signal, scheduling: rules = schedulingRules } = context;
  const queue = queueOf(context, COMPONENT);
  const podInformer = context.informer(pods);
  const nodeInformer = context.informer(nodes);
  const usage = new Usage();
  const waiting = new Set<string>();

  const retryWaiting = (): void => {
    if (!rules.retries) return;
    for (const key of waiting) queue.add(key);
    waiting.clear();
  };

  podInformer.subscribe(({ type, key, object }) => {
    const pod = object as Pod;
    if (type === 'delete' || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
      usage.delete(key);
      waiting.delete(key);
      retryWaiting();
      return;
    }
    usage.set(key, pod);
    if (isOurs(pod) && !waiting.has(key)) queue.add(key);
  });
  nodeInformer.subscribe(({ type, object, previous }) => {
    // Heartbeats change nothing about where pods fit.
    if (type === 'delete' || previous === undefined || !deepEqual(relevant(object), relevant(previous)))
      retryWaiting();
  });

  const schedule = async (key: string): Promise<void> => {
    const { namespace, name } = splitKey(key);
    const pod = (await objects.find(pods, namespace, name)) as Pod | undefined;
    if (pod === undefined || !isOurs(pod)) return;
    if ((pod.spec.schedulingGates ?? []).length > 0) {
      await explain(pod, 'SchedulingGated', 'Scheduling is blocked due to non-empty scheduling gates');
      return;
    }
    const choice = chooseNode(pod, nodeInformer.values() as IterableIterator<Node>, usage, rules);
    if ('message' in choice) {
      waiting.add(key);
      await explain(pod, 'Unschedulable', choice.message);
      return;
    }
    await bind(pod, choice.node);
  };

  const bind = async (pod: Pod, node: string): Promise<void> => {
    const { namespace = '', name, uid } = pod.metadata;
    const bound = await objects
      .update(
        pods,
        namespace,
        name,
        (object) => {
          const target = object as Pod;
          if (isOurs(target) && target.metadata.uid === uid) assignNode(target, node, clock.nowMs());
        },
        'binding',
      )
      .catch(ignoreRaces);
    if (bound === undefined || (bound as Pod).spec.nodeName !== node) return;
    // The view learns of it a little later; the next pod must not count on that room.
    usage.set(keyOf(bound), bound as Pod);
    const message = `Successfully assigned ${namespace}/${name} to ${node}`;
    await recordEvent(context, bound, { type: 'Normal', reason: 'Scheduled', message, component: COMPONENT });
  };

  const explain = async (pod: Pod, reason: string, message: string): Promise<void> => {
    if (!rules.explains) return;
    const present = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (present?.status === 'False' && present.reason === reason && present.message === message) return;
    const { namespace = '', name } = pod.metadata;
    const condition = { type: 'PodScheduled', status: 'False', reason, message };
    await objects
      .update(
        pods,
        namespace,
        name,
        (object) => {
          const target = object as Pod;
          const before = target.status?.conditions ?? [];
          const since = before.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
          const lastTransitionTime = since?.lastTransitionTime ?? timestamp(clock.nowMs());
          target.status = {
            ...target.status,
            conditions: [
              ...before.filter(({ type }) => type !== 'PodScheduled'),
              { ...condition, lastTransitionTime },
            ],
          };
        },
        'status',
      )
      .catch(ignoreRaces);
    if (reason === 'Unschedulable') {
      await recordEvent(context, pod, {
        type: 'Warning',
        reason: 'FailedScheduling',
        message,
        component: COMPONENT,
      });
    }
  };

  return { run: () => queue.run(schedule, signal) };
}

function isOurs({ metadata, spec, status }: Pod): boolean {
  return (
    spec.nodeName === undefined &&
    metadata.deletionTimestamp === undefined &&
    (spec.schedulerName ?? COMPONENT) === COMPONENT &&
    status?.phase !== 'Succeeded' &&
    status?.phase !== 'Failed'
  );
}

function relevant(object: KubeObject): unknown {
  const { metadata, spec, status } = object as Node;
  return {
    labels: metadata.labels,
    spec,
    allocatable: status?.allocatable ?? status?.capacity,
    ready: status?.conditions?.find(({ type }) => type === 'Ready')?.status,
  };
}
