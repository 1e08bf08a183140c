import type { CheckContext } from '../../runner/context.ts';
import { asObject, at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import { pod } from '../../world/gateway-api.ts';
import { playedGateway, type PlayedAnswer } from '../../world/played-gateway.ts';
import { PlayedNode, type PlayedNodeOptions } from '../../world/played-node.ts';

const PODS = '/api/v1/namespaces/default/pods';
const MERGE = 'application/merge-patch+json';
const GROUP = 'daas.test/group';
const SOON_MS = 5_000;

/** Nodes of a check's own, which pods of other checks do not ask for. */
export class Stage {
  readonly #t: CheckContext;
  readonly group: string;

  constructor(t: CheckContext) {
    this.#t = t;
    this.group = t.name('group');
  }

  /** One more Ready node; `mist` is what its owner stakes. */
  async node(options: PlayedNodeOptions & { mist?: bigint } = {}): Promise<PlayedNode> {
    const { mist, labels, ...rest } = options;
    const actor = await this.#t.actors.fresh('node', mist === undefined ? {} : { mist });
    return PlayedNode.start(this.#t, { ...rest, actor, labels: { [GROUP]: this.group, ...labels } });
  }

  /** A node whose worker has been silent until it was offline. */
  async offlineNode(): Promise<PlayedNode> {
    const { offline_after_seconds: after } = this.#t.world.timings;
    this.#t.needs('timings.offline_after_seconds of 10 s at most', after <= 10);
    const node = await this.node({ silent: true });
    await eventually(
      'the end of readiness of a silent worker',
      async () => ((await node.ready()) === 'True' ? undefined : true),
      { withinMs: (after + 4) * 1000 },
    );
    return node;
  }

  /** Several nodes at once. */
  nodes(...all: Parameters<Stage['node']>[0][]): Promise<PlayedNode[]> {
    return Promise.all(all.map((options) => this.node(options)));
  }

  /** Changes a Node as an administrator does. */
  async change(node: PlayedNode, spec: object): Promise<void> {
    const body = JSON.stringify({ spec });
    const answer = await this.#run('PATCH', `/api/v1/nodes/${node.name}`, body, MERGE);
    equal('the status of the change of a node', answer.status, 200);
  }

  /** Creates a pod that asks for this stage's nodes, and gives its name. */
  async pod(more: PodWishes = {}): Promise<string> {
    const { cpu, memory, selector, ...spec } = more;
    const name = this.#t.name('scheduled');
    const requests = { ...(cpu && { cpu }), ...(memory && { memory }) };
    const containers = [{ name: 'main', image: 'pause:3.10', resources: { requests } }];
    const nodeSelector = { [GROUP]: this.group, ...selector };
    const body = JSON.stringify(pod(name, { spec: { containers, nodeSelector, ...spec } }));
    equal('the status of a new pod', (await this.#run('POST', PODS, body)).status, 201);
    return name;
  }

  /** Removes a pod at once. */
  async remove(name: string): Promise<void> {
    const body = JSON.stringify({ gracePeriodSeconds: 0 });
    equal('the status of a removal', (await this.#run('DELETE', `${PODS}/${name}`, body)).status, 200);
  }

  async read(name: string): Promise<unknown> {
    const answer = await this.#t.master.asReader('GET', `${PODS}/${name}`);
    status(answer, 200);
    return answer.json;
  }

  /** The node that a pod is bound to; fails when it is bound to none in time. */
  boundTo(name: string): Promise<string> {
    return eventually(
      `the binding of ${name}`,
      async () => {
        const node = at(await this.read(name), 'spec', 'nodeName');
        return typeof node === 'string' ? node : undefined;
      },
      { withinMs: SOON_MS, signal: this.#t.signal },
    );
  }

  /** Fails unless the pod says that it is unschedulable and is bound to no node; gives the condition. */
  async pending(name: string, why: string): Promise<Record<string, unknown>> {
    const found = await eventually(
      `a decision about ${name}`,
      async () => {
        const read = await this.read(name);
        const node = at(read, 'spec', 'nodeName');
        const condition = conditionOf(read);
        return node !== undefined || condition?.['status'] === 'False'
          ? { node, condition, read }
          : undefined;
      },
      { withinMs: SOON_MS, signal: this.#t.signal },
    );
    equal(`the node of a pod that ${why}`, found.node, undefined);
    equal('the reason of its PodScheduled', found.condition?.['reason'], 'Unschedulable');
    equal('its phase', at(found.read, 'status', 'phase'), 'Pending');
    return found.condition ?? {};
  }

  /** The events about a pod, of one reason. */
  async events(name: string, reason: string): Promise<Record<string, unknown>[]> {
    const selector = encodeURIComponent(`involvedObject.name=${name},reason=${reason}`);
    const target = `/api/v1/namespaces/default/events?fieldSelector=${selector}`;
    const answer = await this.#t.master.asReader('GET', target);
    status(answer, 200);
    const items = at(answer.json, 'items');
    ok('events are a list', Array.isArray(items), { got: items });
    return (items as unknown[]).map(asObject);
  }

  async #run(method: string, target: string, body: string, contentType = 'application/json') {
    const gateway = await playedGateway(this.#t);
    const admin = await this.#t.actors.shared('admin');
    const answer: PlayedAnswer = await gateway.run(admin, { method, target, body, contentType });
    return answer;
  }
}

export interface PodWishes {
  cpu?: string;
  memory?: string;
  /** Beside the label of the stage. */
  selector?: Record<string, string>;
  tolerations?: object[];
}

function conditionOf(read: unknown): Record<string, unknown> | undefined {
  const conditions = at(read, 'status', 'conditions');
  if (!Array.isArray(conditions)) return undefined;
  return conditions.map(asObject).find(({ type }) => type === 'PodScheduled');
}
