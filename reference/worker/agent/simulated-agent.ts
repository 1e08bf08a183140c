import type { Clock } from '../../protocol/clock.ts';
import type { Logger } from '../../protocol/logger.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { KubeClient, KubeError, unless } from './kube-client.ts';
import type { KubeObject } from './kube-client.ts';
import type { Capacity } from './node-object.ts';
import { leaseObject, nodeLabels, nodeObject, nodeStatus } from './node-object.ts';
import type { Pod } from './pod-object.ts';
import { PodRunner } from './pod-runner.ts';
import type { Agent, AgentUsage, JoinInfo } from './types.ts';

export interface SimulatedAgentDeps {
  nodeId: string;
  capacity: Capacity;
  clock: Clock;
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0 ≤ random() < 1. */
  random: () => number;
  log: Logger;
  /** How the API is talked to. */
  kube?: (kube: KubeClient) => KubeClient;
  /** Pause between two renewals of the lease, milliseconds. Default 10000. */
  leaseMs?: number;
}

/** Time a clean stop may take, milliseconds. */
const RETRY_MS = 1_000;
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

/** A machine that exists on paper: a Node, a Lease, and pods that run as far as the API can tell. */
export class SimulatedAgent implements Agent {
  readonly #deps: SimulatedAgentDeps;
  readonly #address: string;
  readonly #subnet: number;
  #nextIp = 1;
  #run: { stop: AbortController; kube: KubeClient; pods: PodRunner; loops: Promise<unknown> } | undefined;

  constructor(deps: SimulatedAgentDeps) {
    this.#deps = deps;
    this.#subnet = Math.floor(deps.random() * 254) + 1;
    this.#address = `10.40.${this.#subnet}.1`;
  }

  async start(join: JoinInfo): Promise<void> {
    await this.stop();
    const { clock, sleep, log } = this.#deps;
    const stop = new AbortController();
    const client = new KubeClient(join);
    const kube = this.#deps.kube?.(client) ?? client;
    const pods = new PodRunner(
      {
        kube,
        clock,
        sleep,
        log,
        hostIp: this.#address,
        newPodIp: () => this.#newPodIp(),
      },
      stop.signal,
    );
    this.#run = { stop, kube, pods, loops: Promise.resolve() };
    try {
      await this.#reportNode(kube, stop.signal);
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#run.loops = Promise.allSettled([
      this.#repeat('lease', stop.signal, () => this.#renewLease(kube, stop.signal)),
      this.#repeat('node', stop.signal, () => this.#keepNode(kube, stop.signal)),
      this.#repeat('pods', stop.signal, () => this.#followPods(kube, pods, stop.signal), 0),
    ]);
  }

  async stop({ drain = false }: { drain?: boolean } = {}): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    run.stop.abort();
    const count = await run.pods.drain();
    if (drain) this.#deps.log.info({ step: 'agent', pods: count }, 'pods drained');
    await run.loops;
    await run.kube.close();
  }

  alive(): boolean {
    return this.#run !== undefined;
  }

  runningPods(): number {
    return this.#run?.pods.running.length ?? 0;
  }

  /** What the pods' requests make of the capacity; a simulated disk is always nearly empty. */
  usage(): AgentUsage {
    const { capacity } = this.#deps;
    const running = this.#run?.pods.running ?? [];
    const share = (resource: 'cpu' | 'memory'): number => {
      const asked = running
        .flatMap(({ spec }) => spec.containers)
        .reduce((sum, { resources }) => sum + amount(resources?.requests?.[resource]), 0);
      return Math.min(1, asked / Math.max(amount(capacity[resource]), Number.EPSILON));
    };
    const crowd = Math.min(1, running.length / Math.max(1, Number(capacity.pods)));
    return { cpu: Math.max(share('cpu'), crowd), memory: share('memory'), disk: 0.01 };
  }

  async #reportNode(kube: KubeClient, signal: AbortSignal): Promise<void> {
    const { nodeId, capacity, clock } = this.#deps;
    const created = await unless(409, kube.create('/api/v1/nodes', nodeObject(nodeId), signal));
    if (created === undefined) {
      await kube.patch(
        `/api/v1/nodes/${nodeId}`,
        { metadata: { labels: nodeLabels(nodeId) } },
        signal,
        'merge-patch',
      );
    }
    const facts = { nodeId, capacity, address: this.#address, nowMs: clock.nowMs() };
    await kube.patch(`/api/v1/nodes/${nodeId}/status`, { status: nodeStatus(facts) }, signal);
  }

  /** Reports again when the Node is gone or was never ready; a verdict of the master's is left alone. */
  async #keepNode(kube: KubeClient, signal: AbortSignal): Promise<void> {
    const path = `/api/v1/nodes/${this.#deps.nodeId}`;
    const node = await unless(404, kube.get<NodeView>(path, signal));
    const ready = node?.status?.conditions?.find(({ type }) => type === 'Ready');
    if (node === undefined || ready === undefined || ready.reason === 'WorkerPending') {
      await this.#reportNode(kube, signal);
    }
  }

  async #renewLease(kube: KubeClient, signal: AbortSignal): Promise<void> {
    const { nodeId, clock } = this.#deps;
    const lease = leaseObject(nodeId, clock.nowMs());
    const renewed = await unless(404, kube.patch(`${LEASES}/${nodeId}`, lease, signal, 'merge-patch'));
    if (renewed === undefined) await unless(409, kube.create(LEASES, lease, signal));
  }

  /** One list and the watch after it, until the watch ends. */
  async #followPods(kube: KubeClient, pods: PodRunner, signal: AbortSignal): Promise<void> {
    const path = `/api/v1/pods?fieldSelector=${encodeURIComponent(`spec.nodeName=${this.#deps.nodeId}`)}`;
    const list = await kube.get<{ metadata: { resourceVersion: string }; items: Pod[] }>(path, signal);
    pods.keepOnly(new Set(list.items.map(({ metadata }) => metadata.uid ?? '')));
    for (const pod of list.items) pods.see(pod);
    let version = list.metadata.resourceVersion;
    while (!signal.aborted) {
      const resume = `${path}&watch=true&allowWatchBookmarks=true&resourceVersion=${version}`;
      for await (const { type, object } of kube.watch(resume, signal)) {
        // Too far behind, or something else that only a fresh list mends.
        if (type === 'ERROR') return;
        version = object.metadata.resourceVersion ?? version;
        if (type === 'DELETED') pods.forget(object as Pod);
        else if (type !== 'BOOKMARK') pods.see(object as Pod);
      }
    }
  }

  async #repeat(
    what: string,
    signal: AbortSignal,
    run: () => Promise<void>,
    pauseMs = this.#deps.leaseMs ?? 10_000,
  ): Promise<void> {
    const { sleep, random, log } = this.#deps;
    while (!signal.aborted) {
      try {
        await run();
        await sleep(pauseMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        const status = error instanceof KubeError ? error.status : undefined;
        log.warn({ step: 'agent', what, status, err: error }, 'the agent cannot reach the API');
        await sleep(RETRY_MS * (0.5 + random() / 2), signal);
      }
    }
  }

  #newPodIp(): string {
    const ip = `10.42.${this.#subnet}.${(this.#nextIp % 253) + 1}`;
    this.#nextIp += 1;
    return ip;
  }
}

interface NodeView extends KubeObject {
  status?: { conditions?: { type: string; status: string; reason?: string }[] };
}

function amount(quantity: string | undefined): number {
  return quantity === undefined ? 0 : Number(parseQuantity(quantity) ?? 0);
}
