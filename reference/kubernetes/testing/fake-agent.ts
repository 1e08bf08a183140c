import { timestamp } from '../clock.ts';
import type { KubeObject, Pod } from '../meta/objects.ts';
import type { ObjectsApi } from '../objects-api.ts';
import { ignoreRaces } from '../objects-api.ts';
import { nodes } from '../resources/nodes.ts';
import { pods } from '../resources/pods.ts';

/** Registers a node that is ready and plays its agent: pods bound to it run at once and stop at once. */
export async function runFakeNode(
  objects: ObjectsApi,
  name: string,
  signal: AbortSignal,
  options: { cpu?: string; memory?: string; pods?: string; annotations?: Record<string, string> } = {},
): Promise<void> {
  const { cpu = '4', memory = '8Gi', pods: slots = '110', annotations } = options;
  const now = timestamp(Date.now());
  const node: KubeObject = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, ...(annotations ? { annotations } : {}), labels: { 'kubernetes.io/hostname': name } },
  };
  await objects.create(nodes, node);
  const status = {
    capacity: { cpu, memory, pods: slots },
    allocatable: { cpu, memory, pods: slots },
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        lastTransitionTime: now,
        lastHeartbeatTime: now,
      },
    ],
    nodeInfo: {
      kubeletVersion: 'v1.32.3',
      osImage: 'fake',
      kernelVersion: '6',
      containerRuntimeVersion: 'fake://1',
    },
    addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
  };
  await objects.update(nodes, '', name, (object) => Object.assign(object, { status }), 'status');
  void followPods(objects, name, signal);
}

async function followPods(objects: ObjectsApi, node: string, signal: AbortSignal): Promise<void> {
  let address = 0;
  for await (const event of objects.watch(pods, signal)) {
    if (event.type !== 'ADDED' && event.type !== 'MODIFIED') continue;
    const pod = event.stored.object as Pod;
    const { namespace = '', name } = pod.metadata;
    if (pod.spec.nodeName !== node) continue;
    if (pod.metadata.deletionTimestamp !== undefined) {
      await objects.delete(pods, namespace, name, { gracePeriodSeconds: 0 }).catch(ignoreRaces);
    } else if (pod.status?.phase === 'Pending') {
      address += 1;
      const running = runningStatus(pod, `10.42.0.${address}`);
      await objects
        .update(pods, namespace, name, (object) => Object.assign(object, { status: running }), 'status')
        .catch(ignoreRaces);
    }
  }
}

function runningStatus({ spec, status }: Pod, podIP: string): Pod['status'] {
  const startedAt = timestamp(Date.now());
  return {
    ...status,
    phase: 'Running',
    podIP,
    startTime: startedAt,
    conditions: [
      ...(status?.conditions ?? []),
      ...['Initialized', 'Ready', 'ContainersReady'].map((type) => ({
        type,
        status: 'True',
        lastTransitionTime: startedAt,
      })),
    ],
    containerStatuses: spec.containers.map(({ name, image = '' }) => ({
      name,
      image,
      imageID: image,
      ready: true,
      restartCount: 0,
      started: true,
      state: { running: { startedAt } },
    })),
  };
}
