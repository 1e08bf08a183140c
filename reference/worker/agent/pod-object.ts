import { createHash } from 'node:crypto';
import type { KubeObject } from './kube-client.ts';
import { formatTime } from './time.ts';

export interface Container {
  name: string;
  image?: string;
  resources?: { requests?: Record<string, string> };
}

export interface Pod extends KubeObject {
  spec: {
    nodeName?: string;
    restartPolicy?: string;
    containers: Container[];
    initContainers?: Container[];
    readinessGates?: unknown[];
  };
  status?: { phase?: string; startTime?: string; podIP?: string };
}

/** Seconds after which a pod that is not restarted ends by itself. */
export const EXIT_AFTER = 'k3s-daas.dev/exit-after-seconds';
/** Exit code that it ends with; 0 when absent. */
export const EXIT_CODE = 'k3s-daas.dev/exit-code';
/** Lines that the pod's containers print. */
export const LOG_LINES = 'k3s-daas.dev/log';

/** How a pod is to end by itself; undefined: it runs until it is deleted. */
export function plannedExit(pod: Pod): { afterMs: number; code: number } | undefined {
  const after = Number(pod.metadata.annotations?.[EXIT_AFTER]);
  if (pod.spec.restartPolicy !== 'Never' && pod.spec.restartPolicy !== 'OnFailure') return undefined;
  if (!Number.isFinite(after) || after < 0) return undefined;
  const code = Number(pod.metadata.annotations?.[EXIT_CODE] ?? 0);
  return { afterMs: after * 1000, code: Number.isInteger(code) ? code : 1 };
}

export interface PodFacts {
  podIp: string;
  hostIp: string;
  /** Unix milliseconds at which the containers began. */
  startedMs: number;
  nowMs: number;
}

/** Status of a pod all of whose containers run. */
export function runningStatus(pod: Pod, facts: PodFacts): object {
  const startedAt = formatTime(facts.startedMs);
  return {
    phase: 'Running',
    hostIP: facts.hostIp,
    hostIPs: [{ ip: facts.hostIp }],
    podIP: facts.podIp,
    podIPs: [{ ip: facts.podIp }],
    startTime: startedAt,
    conditions: conditions('True', facts.nowMs, undefined),
    ...initStatuses(pod, startedAt),
    containerStatuses: pod.spec.containers.map((container) => ({
      ...containerStatus(pod, container),
      ready: true,
      started: true,
      state: { running: { startedAt } },
    })),
  };
}

/** Status of a pod whose containers have all ended with `code`. */
export function endedStatus(pod: Pod, facts: PodFacts, code: number): object {
  const startedAt = formatTime(facts.startedMs);
  const finishedAt = formatTime(facts.nowMs);
  const reason = code === 0 ? 'Completed' : 'Error';
  return {
    phase: code === 0 ? 'Succeeded' : 'Failed',
    hostIP: facts.hostIp,
    podIP: facts.podIp,
    podIPs: [{ ip: facts.podIp }],
    startTime: startedAt,
    conditions: conditions('False', facts.nowMs, code === 0 ? 'PodCompleted' : 'PodFailed'),
    ...initStatuses(pod, startedAt),
    containerStatuses: pod.spec.containers.map((container) => ({
      ...containerStatus(pod, container),
      ready: false,
      started: false,
      state: { terminated: { exitCode: code, reason, startedAt, finishedAt } },
    })),
  };
}

function conditions(ready: string, nowMs: number, reason: string | undefined): object[] {
  const lastTransitionTime = formatTime(nowMs);
  return [
    { type: 'PodReadyToStartContainers', status: ready, lastTransitionTime },
    { type: 'Initialized', status: 'True', lastTransitionTime },
    { type: 'Ready', status: ready, lastTransitionTime, ...(reason === undefined ? {} : { reason }) },
    {
      type: 'ContainersReady',
      status: ready,
      lastTransitionTime,
      ...(reason === undefined ? {} : { reason }),
    },
  ];
}

function initStatuses(pod: Pod, at: string): object {
  if (pod.spec.initContainers === undefined || pod.spec.initContainers.length === 0) return {};
  return {
    initContainerStatuses: pod.spec.initContainers.map((container) => ({
      ...containerStatus(pod, container),
      ready: true,
      started: false,
      state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: at, finishedAt: at } },
    })),
  };
}

function containerStatus(pod: Pod, { name, image = '' }: Container): object {
  const hex = createHash('sha256').update(`${pod.metadata.uid}/${name}`).digest('hex');
  const imageHex = createHash('sha256').update(image).digest('hex');
  return {
    name,
    image,
    imageID: `simulated://sha256:${imageHex}`,
    containerID: `simulated://${hex}`,
    restartCount: 0,
    lastState: {},
  };
}
