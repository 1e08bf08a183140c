import type { Clock } from '../../protocol/clock.ts';
import type { Logger } from '../../protocol/logger.ts';
import type { KubeClient } from './kube-client.ts';
import { KubeError, unless } from './kube-client.ts';
import type { Pod, PodFacts } from './pod-object.ts';
import { endedStatus, LOG_LINES, plannedExit, runningStatus } from './pod-object.ts';

export interface PodRunnerDeps {
  kube: KubeClient;
  clock: Clock;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  hostIp: string;
  /** An address of the node's own for a pod. */
  newPodIp: () => string;
  log: Logger;
}

/** Longest a simulated container takes to end after it was told to, milliseconds. */
const TERMINATION_MS = 50;

interface Life {
  pod: Pod;
  facts: PodFacts;
  state: 'starting' | 'running' | 'ended';
  /** Aborts when the pod is deleted or the agent stops. */
  end: AbortController;
}

/** Plays the lives of the pods that are bound to this node. */
export class PodRunner {
  readonly #deps: PodRunnerDeps;
  readonly #lives = new Map<string, Life>();
  readonly #tasks = new Set<Promise<void>>();
  readonly #signal: AbortSignal;

  constructor(deps: PodRunnerDeps, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
  }

  /** Pods with running containers. */
  get running(): readonly Pod[] {
    return [...this.#lives.values()].filter(({ state }) => state !== 'ended').map(({ pod }) => pod);
  }

  /** Takes in the present state of a pod. */
  see(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    const known = this.#lives.get(uid);
    if (known !== undefined) known.pod = pod;
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (known?.end.signal.aborted !== true) this.#task(pod, () => this.#terminate(pod, known));
      return;
    }
    if (known === undefined) this.#task(pod, () => this.#begin(pod));
  }

  /** The pod is no longer there. */
  forget(pod: Pod): void {
    const uid = pod.metadata.uid ?? '';
    this.#lives.get(uid)?.end.abort();
    this.#lives.delete(uid);
  }

  /** Forgets pods that a fresh list does not name. */
  keepOnly(uids: ReadonlySet<string>): void {
    for (const [uid, { pod }] of this.#lives) if (!uids.has(uid)) this.forget(pod);
  }

  /** Ends all lives without telling anybody. Answers how many there were. */
  async drain(): Promise<number> {
    const count = this.running.length;
    for (const { end } of this.#lives.values()) end.abort();
    this.#lives.clear();
    await Promise.allSettled(this.#tasks);
    return count;
  }

  async #begin(pod: Pod): Promise<void> {
    const { clock, hostIp, newPodIp } = this.#deps;
    const phase = pod.status?.phase ?? 'Pending';
    const startedMs = pod.status?.startTime === undefined ? clock.nowMs() : Date.parse(pod.status.startTime);
    const facts: PodFacts = {
      podIp: pod.status?.podIP ?? newPodIp(),
      hostIp,
      startedMs,
      nowMs: clock.nowMs(),
    };
    const life: Life = { pod, facts, state: 'starting', end: new AbortController() };
    this.#lives.set(pod.metadata.uid ?? '', life);
    if (phase === 'Succeeded' || phase === 'Failed') {
      life.state = 'ended';
      return;
    }
    if (phase === 'Pending') {
      await this.#writeStatus(pod, runningStatus(pod, facts));
      await this.#writeLogs(pod);
    }
    life.state = 'running';
    await this.#untilExit(life);
  }

  async #untilExit(life: Life): Promise<void> {
    const exit = plannedExit(life.pod);
    if (exit === undefined) return;
    const ends = AbortSignal.any([this.#signal, life.end.signal]);
    const { clock } = this.#deps;
    await this.#deps.sleep(Math.max(0, life.facts.startedMs + exit.afterMs - clock.nowMs()), ends);
    if (ends.aborted) return;
    life.state = 'ended';
    await this.#writeStatus(
      life.pod,
      endedStatus(life.pod, { ...life.facts, nowMs: clock.nowMs() }, exit.code),
    );
  }

  async #terminate(pod: Pod, life: Life | undefined): Promise<void> {
    const { kube, sleep } = this.#deps;
    life?.end.abort();
    const graceMs = (pod.metadata.deletionGracePeriodSeconds ?? 0) * 1000;
    if (life !== undefined && life.state !== 'ended') {
      await sleep(Math.min(graceMs, TERMINATION_MS), this.#signal);
      life.state = 'ended';
    }
    if (this.#signal.aborted) return;
    await unless(404, kube.remove(podPath(pod), pod.metadata.uid, this.#signal));
  }

  async #writeStatus(pod: Pod, status: object): Promise<void> {
    await unless(404, this.#deps.kube.patch(`${podPath(pod)}/status`, { status }, this.#signal));
  }

  /** Logs are a convenience: a master that does not take them is no reason to fail a pod. */
  async #writeLogs(pod: Pod): Promise<void> {
    const extra = pod.metadata.annotations?.[LOG_LINES];
    for (const { name, image = '' } of pod.spec.containers) {
      const lines = [`simulated container ${name} of image ${image} started`, ...(extra?.split('\n') ?? [])];
      const path = `${podPath(pod)}/log?container=${encodeURIComponent(name)}`;
      try {
        await this.#deps.kube.post(path, `${lines.join('\n')}\n`, this.#signal);
      } catch (error) {
        if (!(error instanceof KubeError)) throw error;
      }
    }
  }

  #task(pod: Pod, run: () => Promise<void>): void {
    const { name, namespace } = pod.metadata;
    const task = run().catch((error: unknown) => {
      if (this.#signal.aborted) return;
      // The next look at the pod, after the next list, tries again.
      this.#lives.delete(pod.metadata.uid ?? '');
      this.#deps.log.warn(
        { step: 'agent', err: error, pod: `${namespace}/${name}` },
        'pod not brought up to date',
      );
    });
    this.#tasks.add(task);
    void task.finally(() => this.#tasks.delete(task));
  }
}

function podPath(pod: Pod): string {
  return `/api/v1/namespaces/${pod.metadata.namespace}/pods/${pod.metadata.name}`;
}
