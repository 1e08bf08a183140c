import type { CheckContext } from '../../runner/context.ts';
import { at, eventually, status } from '../../runner/expectations.ts';
import type { WorkerStarted } from '../../target/worker-pool.ts';
import type { Actor } from '../../world/actors.ts';
import { PlayedNode } from '../../world/played-node.ts';
import { seenPod, type SeenPod } from '../../world/pods-of.ts';
import { deployment } from '../gateway/kube.ts';
import { PODS } from './kept-state.ts';

const MERGE = { 'content-type': 'application/merge-patch+json' };
const JSON_TYPE = { 'content-type': 'application/json' };
const LABEL = 'fault-story/node';
const MADE_MS = 10_000;

/** The pods of this app as the master has them, read past the gateway. */
async function podsSeen(t: CheckContext, app: string): Promise<SeenPod[]> {
  const list = await t.master.asReader('GET', `${PODS}?labelSelector=app%3D${app}`);
  status(list, 200);
  return (at(list.json, 'items') as unknown[]).map(seenPod);
}

/**
 * A Deployment of one pod, which is on a node that the suite plays; the worker could take it as well. That the node gives
 * its pod up needs neither gateway nor chain.
 */
export class LostPod {
  readonly app: string;
  readonly #t: CheckContext;
  readonly #node: PlayedNode;
  readonly #worker: WorkerStarted;
  readonly #pod: SeenPod;

  private constructor(t: CheckContext, app: string, node: PlayedNode, worker: WorkerStarted, pod: SeenPod) {
    this.#t = t;
    this.app = app;
    this.#node = node;
    this.#worker = worker;
    this.#pod = pod;
  }

  static async prepare(t: CheckContext, admin: Actor, worker: WorkerStarted): Promise<LostPod> {
    const app = t.name('lost');
    const node = await PlayedNode.start(t, { labels: { [LABEL]: app }, silent: true });
    const body = deployment(app, 'default', 1, { nodeSelector: { [LABEL]: app } });
    const target = '/apis/apps/v1/namespaces/default/deployments';
    status(await t.gateway.as(admin, 'POST', target, { body }), 201);
    const pod = await eventually(
      'a pod on the played node',
      async () => (await podsSeen(t, app)).find((one) => one.node === node.name),
      { withinMs: MADE_MS, intervalMs: 20 },
    );
    // From now on the worker fits as well.
    const labels = JSON.stringify({ metadata: { labels: { [LABEL]: app } } });
    const path = `/api/v1/nodes/${worker.nodeId}`;
    status(await t.gateway.as(admin, 'PATCH', path, { headers: MERGE, body: labels }), 200);
    return new LostPod(t, app, node, worker, pod);
  }

  /**
   * The played node takes no more pods, and gives its own up; answers the name of the pod that runs on the worker in its
   * place. Undefined when there is none in time.
   */
  async replacedAfterLoss(withinMs: number): Promise<string | undefined> {
    try {
      await this.#lose();
      const pod = await eventually('another pod on the worker', () => this.#replacement(), {
        withinMs,
        intervalMs: 100,
      });
      return pod.name;
    } catch {
      // Whatever kept it from being replaced: what matters is that it was not.
      return undefined;
    }
  }

  async #lose(): Promise<void> {
    await this.#node.report({ ready: 'False', labels: { [LABEL]: '' } });
    const options = { body: JSON.stringify({ gracePeriodSeconds: 0 }), headers: JSON_TYPE };
    status(await this.#node.call('DELETE', `${PODS}/${this.#pod.name}`, options), 200);
  }

  async #replacement(): Promise<SeenPod | undefined> {
    const pods = (await podsSeen(this.#t, this.app)).filter(({ leaving }) => !leaving);
    const [only] = pods;
    const fits = pods.length === 1 && only?.phase === 'Running' && only.node === this.#worker.nodeId;
    return fits && only.uid !== this.#pod.uid ? only : undefined;
  }
}

/** What must stay as it is of a pod that runs. */
export interface RunningPod {
  name: string;
  uid: string;
  node: string;
  phase: string;
  leaving: boolean;
  startTime: unknown;
  restarts: unknown;
}

/** A pod, read past the gateway. */
export async function runningPod(t: CheckContext, name: string): Promise<RunningPod> {
  const { json } = await t.master.asReader('GET', `${PODS}/${name}`);
  const restarts = at(json, 'status', 'containerStatuses', 0, 'restartCount');
  return { ...seenPod(json), startTime: at(json, 'status', 'startTime'), restarts };
}

/** Creates a pod on this worker; with `running` waits until it runs. */
export async function podOn(
  t: CheckContext,
  admin: Actor,
  worker: WorkerStarted,
  running = true,
): Promise<RunningPod> {
  const name = t.name('kept');
  const nodeSelector = { 'kubernetes.io/hostname': worker.nodeId };
  status(await t.gateway.createPod(admin, name, { spec: { nodeSelector } }), 201);
  return eventually(
    `the pod ${name} on its worker`,
    async () => {
      const pod = await runningPod(t, name);
      return running ? (pod.phase === 'Running' ? pod : undefined) : pod.node !== '' ? pod : undefined;
    },
    { withinMs: MADE_MS, intervalMs: 20 },
  );
}
