import { HttpDriver, type HttpAnswer } from '../../conformance/drivers/http.ts';
import { poll } from '../../conformance/drivers/wait.ts';
import { HarnessError, TargetError, describeError } from '../../conformance/errors.ts';
import { at } from '../../conformance/runner/expectations.ts';
import type { Session } from '../../conformance/runner/context.ts';
import type { Actor } from '../../conformance/world/actors.ts';
import { MasterApi } from '../../conformance/world/master-api.ts';

/** A worker as the master sees it: a stake, a token, a connection of its own. */
export class PlayedWorker implements AsyncDisposable {
  readonly nodeId: string;
  readonly #actor: Actor;
  readonly #http: HttpDriver;
  readonly #api: MasterApi;

  constructor(session: Session, actor: Actor, timeoutMs: number) {
    const { master, chain } = session.world;
    if (!master) throw new HarnessError('the target names no master');
    this.nodeId = actor.nodeId;
    this.#actor = actor;
    this.#http = new HttpDriver({ baseUrl: master.url, ca: master.ca, timeoutMs });
    this.#api = new MasterApi(
      this.#http.recording(() => undefined),
      session.actors,
      chain.ids.cluster,
    );
  }

  /** Registers, and reports a Ready node as its agent would where the answer says how to. Throws when refused. */
  async register(): Promise<void> {
    const registered = await this.#api.register(this.#actor);
    accepted(registered);
    const token = at(registered.json, 'join', 'token');
    if (typeof token !== 'string') return;
    const body = { status: { capacity: CAPACITY, allocatable: CAPACITY, conditions: [READY] } };
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/strategic-merge-patch+json',
    };
    const path = `/api/v1/nodes/${this.nodeId}/status`;
    accepted(await this.#http.send('PATCH', path, { headers, body: JSON.stringify(body) }));
  }

  heartbeat(): Promise<HttpAnswer> {
    return this.#api.heartbeat(this.#actor);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
  }
}

const CAPACITY = { cpu: '4', memory: '8Gi', pods: '110' };
const READY = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'played' };
const REGISTER_MS = 60_000;

/** Stakes, tokens and registrations of a whole fleet, `atOnce` at a time. */
export async function raiseFleet(
  session: Session,
  options: {
    workers: number;
    atOnce: number;
    timeoutMs: number;
    signal: AbortSignal;
    step: (line: string) => void;
  },
): Promise<PlayedWorker[]> {
  const fleet: PlayedWorker[] = [];
  let next = 0;
  const raise = async (): Promise<void> => {
    while (next < options.workers && !options.signal.aborted) {
      next += 1;
      const actor = await session.actors.fresh('node', { nodeId: `w-${next}` });
      const worker = new PlayedWorker(session, actor, options.timeoutMs);
      fleet.push(worker);
      await join(worker, options.signal);
      options.step(`${fleet.length} of ${options.workers} workers staked and registered`);
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, raise));
  return fleet;
}

/** Retries as a worker does: a token that is seconds old may not be known to the master yet. */
async function join(worker: PlayedWorker, signal: AbortSignal): Promise<void> {
  let last: unknown;
  const attempt = async (): Promise<true | undefined> => {
    try {
      await worker.register();
      return true;
    } catch (error) {
      last = error;
      return undefined;
    }
  };
  const done = await poll(attempt, { timeoutMs: REGISTER_MS, intervalMs: 500, signal });
  if (done || signal.aborted) return;
  throw new HarnessError(`${worker.nodeId} was not registered: ${describeError(last)}`, { cause: last });
}

function accepted(answer: HttpAnswer): void {
  if (answer.status === 200) return;
  const { method, url } = answer.exchange.request;
  throw new TargetError(`${method} ${url} was answered ${answer.status} ${answer.text.slice(0, 200)}`);
}
