import { STAKE_ANNOTATION } from '../kubernetes/index.ts';
import type { Logger } from '../protocol/logger.ts';
import { KeyedMutex } from './keyed-mutex.ts';
import { KubernetesCallError } from './kubernetes-client.ts';
import type { KubernetesClient, KubernetesObject, NodeCondition, Taint } from './kubernetes-client.ts';
import type { Transition } from './worker-registry.ts';
import type { WorkerRecord, WorkerState } from './worker-state.ts';

/** Label of a Node with the state of its worker. */
const STATE_LABEL = 'k3s-daas.dev/worker-state';

/**
 * Keeps new pods away from a node whose worker is silent, whatever its agent goes on to report: the taint of Kubernetes itself
 * would go with the agent's next report.
 */
const OFFLINE = { key: 'k3s-daas.dev/offline', effect: 'NoSchedule' };

/** Reason of a Ready condition that the master, not the agent, wrote. */
const MASTER_REASON = 'WorkerHeartbeatMissed';

export interface NodeLifecycleDeps {
  kubernetes: KubernetesClient;
  /** Unix milliseconds. */
  now: () => number;
  /** Resolves after `ms`, or as soon as the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Ends what is tried again and again. */
  signal: AbortSignal;
  log: Logger;
}

const MAX_PAUSE_MS = 5_000;
const ATTEMPTS = 5;

/** Makes the cluster's Nodes follow the states of their workers. */
export class NodeLifecycle {
  readonly #deps: NodeLifecycleDeps;
  readonly #mutex = new KeyedMutex();
  readonly #running = new Set<Promise<void>>();
  /** The newest transition of each node that is not done. */
  readonly #newest = new Map<string, object>();

  constructor(deps: NodeLifecycleDeps) {
    this.#deps = deps;
  }

  /** Acts on a transition, after the earlier ones of the same node. */
  follow(transition: Pick<Transition, 'record' | 'to'>): void {
    const { record } = transition;
    this.#newest.set(record.node_id, transition);
    const task = this.#mutex
      .run(record.node_id, () => this.#untilDone(transition))
      .catch((error: unknown) => {
        this.#deps.log.error(
          { err: error, node_id: record.node_id },
          'the Node could not be brought up to date',
        );
      });
    this.#running.add(task);
    void task.finally(() => this.#running.delete(task));
  }

  /** Brings every Node up to date, after a start. */
  reconcile(records: readonly WorkerRecord[]): void {
    for (const record of records) this.follow({ record, to: record.state });
  }

  /** Resolves when everything asked for so far of this node is done. */
  async settled(nodeId: string): Promise<void> {
    await this.#mutex.run(nodeId, () => Promise.resolve());
  }

  /** Resolves when everything asked for so far is done. */
  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** A cluster that is away for a while must not keep a node that was slashed: tried until done or overtaken. */
  async #untilDone(transition: Pick<Transition, 'record' | 'to'>): Promise<void> {
    const { signal, sleep, log } = this.#deps;
    const { record, to } = transition;
    const isNewest = (): boolean => this.#newest.get(record.node_id) === transition;
    try {
      for (let pause = 100; ; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
        try {
          return await this.#apply(record, to);
        } catch (error) {
          const isAway = error instanceof KubernetesCallError && error.status >= 500;
          if (!isAway || signal.aborted || !isNewest()) throw error;
          log.warn({ err: error, node_id: record.node_id }, 'the Node is not up to date yet');
          await sleep(pause, signal);
        }
      }
    } finally {
      if (isNewest()) this.#newest.delete(record.node_id);
    }
  }

  async #apply(record: WorkerRecord, to: WorkerState | undefined): Promise<void> {
    const { log } = this.#deps;
    log.info({ node_id: record.node_id, state: to ?? 'removed' }, 'worker state');
    if (to === undefined || to === 'slashed') return await this.#evict(record.node_id);
    const ready = readyOf(await this.#keepNode(record, to));
    const nodeId = record.node_id;
    if (to === 'offline' && (ready?.status === 'True' || ready === undefined)) {
      await this.#writeReady(nodeId, 'Unknown', MASTER_REASON, 'the worker sends no heartbeats');
    }
    // Taken back is only what the master itself had overruled: whether the machine is ready is the agent's to say.
    if ((to === 'active' || to === 'busy') && ready?.reason === MASTER_REASON) {
      await this.#writeReady(nodeId, 'True', 'WorkerHeartbeat', 'the worker sends heartbeats');
    }
  }

  /** Makes the Node, or brings what the master keeps of it up to date; answers it as it is then. */
  async #keepNode(record: WorkerRecord, state: WorkerState): Promise<KubernetesObject | undefined> {
    const { kubernetes } = this.#deps;
    const nodeId = record.node_id;
    const metadata = {
      labels: { 'kubernetes.io/hostname': nodeId, [STATE_LABEL]: state },
      annotations: { [STAKE_ANNOTATION]: record.stake_amount },
    };
    for (let attempt = 1; ; attempt += 1) {
      const node = await kubernetes.get(nodePath(nodeId));
      if (node === undefined && attempt < ATTEMPTS) {
        const made = { apiVersion: 'v1', kind: 'Node', metadata: { name: nodeId, ...metadata } };
        await kubernetes.create('/api/v1/nodes', made);
        await this.#writeReady(nodeId, 'False', 'WorkerPending', 'the agent has not reported yet');
        continue;
      }
      const taints = taintsFor(state, node?.spec?.taints ?? []);
      // Others change a node's taints, too, and the list is one value: written only onto the state that was read.
      const onto = taints && { resourceVersion: node?.metadata?.resourceVersion };
      try {
        return await kubernetes.patch(nodePath(nodeId), {
          metadata: { ...metadata, ...onto },
          ...(taints && { spec: { taints } }),
        });
      } catch (error) {
        const isConflict = error instanceof KubernetesCallError && error.status === 409;
        if (!isConflict || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  async #writeReady(nodeId: string, status: string, reason: string, message: string): Promise<void> {
    const time = `${new Date(this.#deps.now()).toISOString().slice(0, 19)}Z`;
    const condition: NodeCondition = {
      type: 'Ready',
      status,
      reason,
      message,
      lastHeartbeatTime: time,
      lastTransitionTime: time,
    };
    const change = { status: { conditions: [condition] } };
    await this.#deps.kubernetes.strategicPatch(`${nodePath(nodeId)}/status`, change);
  }

  async #evict(nodeId: string): Promise<void> {
    const { kubernetes, log } = this.#deps;
    // Nothing new may land there while the old pods go.
    await kubernetes.patch(nodePath(nodeId), { spec: { unschedulable: true } });
    const pods = await kubernetes.list('/api/v1/pods', `spec.nodeName=${nodeId}`);
    for (const { metadata } of pods) {
      await kubernetes.delete(`/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}`);
    }
    await kubernetes.delete(nodePath(nodeId));
    await kubernetes.delete(`/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${nodeId}`);
    log.info({ node_id: nodeId, pods: pods.length }, 'node evicted');
  }
}

function readyOf(node: KubernetesObject | undefined): NodeCondition | undefined {
  return node?.status?.conditions?.find((condition) => condition.type === 'Ready');
}

/** The taints that a node is to have in this state of its worker; undefined when they stay as they are. */
function taintsFor(state: WorkerState, present: readonly Taint[]): Taint[] | undefined {
  const others = present.filter(({ key }) => key !== OFFLINE.key);
  const isTainted = others.length < present.length;
  if (state === 'offline') return isTainted ? undefined : [...others, OFFLINE];
  // Who registers again has not been heard of yet.
  return isTainted && state !== 'pending' ? others : undefined;
}

function nodePath(nodeId: string): string {
  return `/api/v1/nodes/${nodeId}`;
}
