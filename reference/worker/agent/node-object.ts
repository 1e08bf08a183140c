import { formatTime } from './time.ts';

export interface Capacity {
  cpu: string;
  memory: string;
  pods: string;
}

export interface NodeFacts {
  nodeId: string;
  capacity: Capacity;
  /** Address that the node's pods are reached under. */
  address: string;
  /** Unix milliseconds. */
  nowMs: number;
}

/** The Node object of a simulated machine, without status. */
export function nodeObject(nodeId: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: nodeId,
      labels: nodeLabels(nodeId),
      annotations: { 'k3s-daas.dev/agent': 'simulated' },
    },
  };
}

/** Labels that schedulers and selectors count on. */
export function nodeLabels(nodeId: string): Record<string, string> {
  return {
    'kubernetes.io/hostname': nodeId,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
  };
}

/** Status of a healthy simulated machine. */
export function nodeStatus(facts: NodeFacts): object {
  const { capacity, address, nodeId, nowMs } = facts;
  const time = formatTime(nowMs);
  const condition = (type: string, status: string, reason: string, message: string): object => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  });
  return {
    capacity,
    allocatable: capacity,
    addresses: [
      { type: 'InternalIP', address },
      { type: 'Hostname', address: nodeId },
    ],
    conditions: [
      condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'there is enough memory'),
      condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'there is enough disk'),
      condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'there are enough process ids'),
      condition('Ready', 'True', 'KubeletReady', 'the simulated agent runs'),
    ],
    nodeInfo: {
      architecture: 'amd64',
      operatingSystem: 'linux',
      osImage: 'simulated',
      kernelVersion: 'simulated',
      containerRuntimeVersion: 'simulated://1',
      kubeletVersion: 'v1.34.0+k3s-daas',
      kubeProxyVersion: '',
      machineID: '',
      systemUUID: '',
      bootID: '',
    },
  };
}

/** The node's Lease in kube-node-lease. */
export function leaseObject(nodeId: string, nowMs: number): object {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: nodeId, namespace: 'kube-node-lease' },
    spec: {
      holderIdentity: nodeId,
      leaseDurationSeconds: 40,
      renewTime: `${new Date(nowMs).toISOString().slice(0, 23)}000Z`,
    },
  };
}
