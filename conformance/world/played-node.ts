import { pause } from '../drivers/wait.ts';
import type { HttpAnswer, SendOptions } from '../drivers/http.ts';
import type { CheckContext } from '../runner/context.ts';
import { asObject, at, equal, eventually, status } from '../runner/expectations.ts';
import type { Actor } from './actors.ts';

/** What a registration answered for the worker's agent. */
export interface JoinData {
  server: string;
  token: string;
  [more: string]: unknown;
}

export interface PlayedNodeOptions {
  actor?: Actor;
  /** Of the machine it pretends to be. */
  capacity?: { cpu: string; memory: string; pods: string };
  labels?: Record<string, string>;
  /** Send no heartbeats after the first. */
  silent?: boolean;
}

const CAPACITY = { cpu: '4', memory: '8Gi', pods: '110' };

/** A worker that the suite plays to the master under test: registration, agent's reports and heartbeats, no process. */
export class PlayedNode {
  readonly actor: Actor;
  readonly #t: CheckContext;
  readonly #stop = new AbortController();
  #join: JoinData;

  private constructor(t: CheckContext, actor: Actor, join: JoinData) {
    this.#t = t;
    this.actor = actor;
    this.#join = join;
  }

  /** Registers, reports a Ready node with the capacity given, and heartbeats until the check ends. */
  static async start(t: CheckContext, options: PlayedNodeOptions = {}): Promise<PlayedNode> {
    const actor = options.actor ?? (await t.actors.fresh('node'));
    const registered = await t.master.register(actor);
    status(registered, 200);
    const node = new PlayedNode(t, actor, joinOf(t, registered));
    await node.report(options);
    status(await t.master.heartbeat(actor), 200);
    await eventually(
      `the Ready node ${node.name}`,
      async () => ((await node.ready()) === 'True' ? true : undefined),
      { withinMs: 5_000 },
    );
    const beating = options.silent ? Promise.resolve() : node.#beat();
    t.defer(async () => {
      node.silence();
      await beating;
    });
    return node;
  }

  get name(): string {
    return this.actor.nodeId;
  }

  get join(): JoinData {
    return this.#join;
  }

  /** Stops the heartbeats. */
  silence(): void {
    this.#stop.abort();
  }

  /** Calls the Kubernetes API that the join data names, with its token or another one. */
  call(method: string, target: string, options: SendOptions & { token?: string } = {}): Promise<HttpAnswer> {
    const { token = this.#join.token, headers, ...rest } = options;
    const own = { authorization: `Bearer ${token}`, ...(headers as Record<string, string> | undefined) };
    return this.#t.master.http.send(method, target, { ...rest, headers: own });
  }

  /** Reports what a kubelet would: labels, capacity and the Ready condition. */
  async report(options: PlayedNodeOptions & { ready?: 'True' | 'False' } = {}): Promise<void> {
    const path = `/api/v1/nodes/${this.name}`;
    const merge = { 'content-type': 'application/merge-patch+json' };
    const labels = { 'kubernetes.io/hostname': this.name, ...options.labels };
    status(
      await this.call('PATCH', path, { headers: merge, body: JSON.stringify({ metadata: { labels } }) }),
      200,
    );
    const time = `${new Date().toISOString().slice(0, 19)}Z`;
    const capacity = options.capacity ?? CAPACITY;
    const condition = {
      type: 'Ready',
      status: options.ready ?? 'True',
      reason: 'KubeletReady',
      message: 'played by the suite',
      lastHeartbeatTime: time,
      lastTransitionTime: time,
    };
    const body = { status: { capacity, allocatable: capacity, conditions: [condition] } };
    const type = { 'content-type': 'application/strategic-merge-patch+json' };
    status(await this.call('PATCH', `${path}/status`, { headers: type, body: JSON.stringify(body) }), 200);
  }

  /** The Node as the master has it; undefined when it is gone. */
  async object(): Promise<Record<string, unknown> | undefined> {
    return nodeObject(this.#t, this.name);
  }

  /** Status of its Ready condition. */
  async ready(): Promise<string | undefined> {
    return readyOf(await this.object());
  }

  async #beat(): Promise<void> {
    const interval = (this.#t.world.timings.heartbeat_interval_seconds * 1000) / 2;
    while (!this.#stop.signal.aborted) {
      await pause(interval, this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      await this.#t.master.heartbeat(this.actor).catch(() => undefined);
    }
  }
}

/** The join data of a registration; the check is untestable for implementations without any. */
export function joinOf(t: CheckContext, registered: HttpAnswer): JoinData {
  const join = asObject(at(registered.json, 'join'));
  t.needs('join data for the agent (feature WorkerJoin)', t.world.features.includes('WorkerJoin'));
  equal(
    'types of server and token of the join data',
    [typeof join['server'], typeof join['token']],
    ['string', 'string'],
  );
  return join as JoinData;
}

/** A Node as the master has it, read by a gateway; undefined when there is none. */
export async function nodeObject(
  t: CheckContext,
  name: string,
): Promise<Record<string, unknown> | undefined> {
  const answer = await t.master.asReader('GET', `/api/v1/nodes/${name}`);
  status(answer, [200, 404]);
  return answer.status === 200 ? asObject(answer.json) : undefined;
}

/** Status of a Node's Ready condition. */
export function readyOf(node: unknown): string | undefined {
  const conditions = at(node, 'status', 'conditions');
  if (!Array.isArray(conditions)) return undefined;
  const value = at(
    conditions.find((condition) => at(condition, 'type') === 'Ready'),
    'status',
  );
  return typeof value === 'string' ? value : undefined;
}
