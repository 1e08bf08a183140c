import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { abortableSleep } from '../chain/event-stream.ts';
import type { ApiResponse } from '../kubernetes/types.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import { apiErrorBody, statusBody } from '../protocol/status.ts';
import { EtcdClient } from '../store/etcd/etcd-client.ts';
import { becomeLeader, type Leadership } from '../store/etcd/leadership.ts';
import type { MasterConfig } from './config.ts';
import { masterServer } from './http/server.ts';
import { failureOf, json, type Reply } from './http/reply.ts';
import type { KubernetesHandle, StandbyAnswer } from './seams.ts';

type EtcdConfig = NonNullable<MasterConfig['etcd']>;

/** Seconds after which a caller of a standby may ask again. */
const RETRY_AFTER = '1';
const GRACE_MS = 500;

/** One of several masters that share an etcd: at most one leads, the others wait for its place. */
export class Replica implements AsyncDisposable {
  readonly client: EtcdClient;
  /** Where everything of the cluster is in etcd; ends in a slash. */
  readonly prefix: string;
  readonly #config: EtcdConfig;
  readonly #name = `${hostname()} ${process.pid} ${randomUUID()}`;
  readonly #log: Logger;

  constructor(config: EtcdConfig, log: Logger) {
    this.#config = config;
    this.#log = log;
    this.prefix = config.prefix;
    this.client = new EtcdClient({ endpoints: config.endpoints });
  }

  /** Runs `work` while no other replica runs its own: for what is made once, on the first start. */
  async alone<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const turn = await this.#lead('setup', signal);
    try {
      return await work();
    } finally {
      await turn.release();
    }
  }

  /** Refuses requests as a standby, at the address that it will serve, until it leads. Rejects when the signal aborts. */
  async untilLeading(
    listen: { host: string; port: number },
    tls: { key: string; cert: string },
    answer: StandbyAnswer,
    signal: AbortSignal,
  ): Promise<Leadership> {
    const server = masterServer({
      tls,
      handle: (request) => Promise.resolve(answer(request)),
      refuse: (_, error) => failureOf(error),
      upgrade: (_request, _message, socket) => void socket.destroy(),
    });
    await server.listen(listen.host, listen.port);
    this.#log.info({ name: this.#name }, 'standing by');
    try {
      const leadership = await this.#lead('leader', signal);
      this.#log.info({ name: this.#name }, 'leading');
      return leadership;
    } finally {
      await server.close(GRACE_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }

  #lead(what: string, signal: AbortSignal): Promise<Leadership> {
    return becomeLeader({
      client: this.client,
      key: `${this.prefix}${what}`,
      name: this.#name,
      leaseSeconds: this.#config.lease_seconds,
      sleep: abortableSleep,
      signal,
      onTrouble: (error) => this.#log.warn({ err: error }, 'etcd cannot be asked'),
    });
  }
}

/**
 * The Kubernetes API of a leader. One that stood still may not know yet that another has taken its place: what it would
 * read from memory is old, so it says nothing.
 */
export function whileLeading(leadership: Leadership, handle: KubernetesHandle): KubernetesHandle {
  return (request) => (leadership.isValid ? handle(request) : Promise.resolve(notLeading()));
}

const MESSAGE = 'this master does not lead; another one does, or will within seconds';

/** What a master says that does not lead. */
export function standbyAnswer(clock: Clock): StandbyAnswer {
  return ({ path }) => standbyReply(path, clock);
}

function standbyReply(path: string, clock: Clock): Reply {
  if (path === '/health')
    return json(200, { status: 'standby', timestamp: Math.floor(clock.nowMs() / 1000) });
  const own =
    path.startsWith('/api/v1/') &&
    /^\/api\/v1\/(register-worker|heartbeat|sui-events|requests|responses|attestation)/.test(path);
  const body = own
    ? apiErrorBody('NotLeading', MESSAGE)
    : statusBody('NotLeading', { message: MESSAGE, retryAfter: Number(RETRY_AFTER) });
  return json(503, body, { 'retry-after': RETRY_AFTER });
}

function notLeading(): ApiResponse {
  return standbyReply('/', { nowMs: () => 0 });
}
