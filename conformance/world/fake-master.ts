import { randomBytes } from 'node:crypto';
import type { Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import type { Exchange } from '../drivers/http.ts';
import type { CheckContext } from '../runner/context.ts';
import type { Actor } from './actors.ts';
import { Arrivals } from './arrivals.ts';
import { selfSigned, type SelfSigned } from './certificates.ts';
import { FakeEnclave } from './fake-enclave.ts';
import { FakeKubernetes } from './fake-kubernetes.ts';
import { listening, urlOf } from './fake-listener.ts';
import {
  attestationReply,
  BODY_KEPT,
  exchangeOf,
  jsonOf,
  nonceOf,
  ok,
  refusal,
  routeOf,
  type FakeAnswer,
  type FakeHandler,
  type FakeReply,
  type FakeRequest,
  type FakeRoute,
} from './fake-messages.ts';
import { FaultEngine, type FaultHit } from './fault-engine.ts';
import type { FaultPlan } from './fault-plan.ts';
import { faulty } from './faulty-answer.ts';
import { StrangeCluster } from './strange-cluster.ts';

/**
 * A master that the suite plays, on a cluster of its own, for what is tested against a master: a worker or a gateway
 * that must notice lies and bear failures. It is honest until `on` says otherwise for a route; everything that it was
 * sent is in `requests`. It serves over TLS under an authority of its own, attests under a root of its own with the
 * PCRs and key that the chain has, and keeps Kubernetes objects as far as an agent needs.
 */
export class FakeMaster implements AsyncDisposable {
  readonly requests: FakeRequest[] = [];
  /** Those requests and their answers, for reports. */
  readonly exchanges: Exchange[] = [];
  readonly kubernetes = new FakeKubernetes();
  readonly arrivals = new Arrivals();
  readonly cluster: StrangeCluster;
  readonly enclave: FakeEnclave;
  readonly #server: Server;
  readonly #tls: SelfSigned;
  readonly #elsewhere: Server[] = [];
  readonly #dir: string;
  readonly #handlers = new Map<FakeRoute, FakeHandler>();
  readonly #connections = new WeakMap<Socket, number>();
  readonly #open = new Set<Socket>();
  #connectionCount = 0;
  #faults: FaultEngine | undefined;
  #other: Promise<string> | undefined;

  private constructor(parts: {
    server: Server;
    tls: SelfSigned;
    dir: string;
    cluster: StrangeCluster;
    enclave: FakeEnclave;
  }) {
    this.#server = parts.server;
    this.#dir = parts.dir;
    this.#tls = parts.tls;
    this.cluster = parts.cluster;
    this.enclave = parts.enclave;
    this.#listenTo(parts.server);
  }

  /** Starts it and registers it on chain; it ends with the check. `pcrs` are what the chain expects. */
  static async start(t: CheckContext, options: { pcrs?: Uint8Array[] } = {}): Promise<FakeMaster> {
    const { master } = await FakeMaster.#assemble(t, options.pcrs, async (facts) => ({
      cluster: await StrangeCluster.start(t, facts),
    }));
    return master;
  }

  /** The same as one more master of a cluster that is there, with a node's stake and a token for it. */
  static async join(
    t: CheckContext,
    cluster: StrangeCluster,
    options: { pcrs?: Uint8Array[] } = {},
  ): Promise<{ master: FakeMaster; node: Actor }> {
    return FakeMaster.#assemble(t, options.pcrs, (facts) => cluster.branch(facts));
  }

  static async #assemble<Made extends { cluster: StrangeCluster }>(
    t: CheckContext,
    pcrs: Uint8Array[] = [randomBytes(48), randomBytes(48), randomBytes(48)],
    onChain: (facts: { masterUrl: string; pcrs: Uint8Array[]; publicKey: Uint8Array }) => Promise<Made>,
  ): Promise<Made & { master: FakeMaster }> {
    t.needs('the embedded chain, where the suite may publish', t.world.chain.provider === 'embedded');
    const tls = await selfSigned();
    const server = await listening(tls);
    const enclave = await FakeEnclave.make(pcrs);
    const made = await onChain({ masterUrl: urlOf(server), pcrs, publicKey: enclave.publicKey });
    const dir = await mkdtemp(join(tmpdir(), 'daas-fake-master-'));
    await writeFile(join(dir, 'ca.crt'), tls.cert);
    await writeFile(join(dir, 'root.crt'), enclave.rootPem);
    const master = new FakeMaster({ server, tls, dir, cluster: made.cluster, enclave });
    t.defer(() => master[Symbol.asyncDispose]());
    return { ...made, master };
  }

  get url(): string {
    return urlOf(this.#server);
  }

  /** Placeholders for a part that is to be the customer of this master. */
  get values(): Record<string, string> {
    const ids = Object.entries(this.cluster.ids).map(([name, id]) => [`chain.${name}`, id]);
    return {
      ...Object.fromEntries(ids),
      'master.url': this.url,
      'master.ca': join(this.#dir, 'ca.crt'),
      'attestation.root': join(this.#dir, 'root.crt'),
    };
  }

  /** Connections that were opened so far. */
  get connections(): number {
    return this.#connectionCount;
  }

  /** Connections that are open now. */
  get openConnections(): number {
    return this.#open.size;
  }

  /** Registers another response key on chain. */
  async registerKey(publicKey: Uint8Array): Promise<void> {
    const { calls, ids } = this.cluster;
    await this.cluster.run('registering another key of the fake master', (tx) =>
      calls.registerEnclaveKey(tx, ids.master_cap, publicKey),
    );
  }

  /** URL of the one other host that redirects lead to: one more port, with the same certificate and answers. */
  elsewhere(): Promise<string> {
    this.#other ??= listening(this.#tls).then((server) => {
      this.#elsewhere.push(server);
      this.#listenTo(server);
      return urlOf(server);
    });
    return this.#other;
  }

  /** What a route answers from now on. */
  on(route: FakeRoute, handler: FakeHandler): void {
    this.#handlers.set(route, handler);
  }

  /** Does from now on what the plan says, before any `on`; undefined: nothing of the kind. */
  obey(plan: FaultPlan | undefined): void {
    this.#faults = plan && new FaultEngine(plan);
  }

  /** The plan that it obeys. */
  get plan(): FaultPlan | undefined {
    return this.#faults?.plan;
  }

  /** What the plan has done so far. */
  get hits(): readonly FaultHit[] {
    return this.#faults?.hits ?? [];
  }

  /** Requests of a route, in the order of their arrival. */
  of(route: FakeRoute): FakeRequest[] {
    return this.requests.filter((request) => request.route === route);
  }

  /** Answers attestations with changed documents. */
  attestWith(forge: (nonce: Uint8Array) => Promise<Uint8Array> | Uint8Array): void {
    this.on('attestation', async (request) => attestationReply(await forge(nonceOf(request))));
  }

  /** The join data that a correct master gives a node. */
  joinData(nodeId: string, options: { timestampMs?: number; foreignKey?: boolean } = {}): object {
    return { ...this.enclave.joinData(nodeId, this.url, options), ca: this.#tls.cert };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kubernetes.close();
    for (const server of [this.#server, ...this.#elsewhere]) {
      server.closeAllConnections();
      server.close();
    }
    await rm(this.#dir, { recursive: true, force: true });
  }

  #listenTo(server: Server): void {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#take(request, response).catch(() => response.destroy());
    });
    server.on('secureConnection', (socket: Socket) => {
      this.#connectionCount += 1;
      this.#open.add(socket);
      socket.once('close', () => this.#open.delete(socket));
      this.#connections.set(socket, this.#connectionCount);
    });
  }

  async #take(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now();
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const target = incoming.url ?? '/';
    const request: FakeRequest = {
      route: routeOf(target),
      method: incoming.method ?? '',
      target,
      headers: incoming.headers,
      body,
      json: jsonOf(body),
      at,
      connection: this.#connections.get(incoming.socket) ?? 0,
      port: incoming.socket.localPort ?? 0,
    };
    this.requests.push(request);
    const exchange = exchangeOf(request);
    this.exchanges.push(exchange);
    response.once('close', () => {
      if (!response.writableEnded) request.givenUpAt = Date.now();
      exchange.duration_ms = Date.now() - request.at;
      this.arrivals.tell();
    });
    this.arrivals.tell();
    const answer = await this.#answer(request, response);
    if (answer === undefined) return;
    if (answer === 'hang') {
      exchange.error = 'never answered';
      return;
    }
    const plain = typeof answer.body === 'object' && !Buffer.isBuffer(answer.body);
    const text = plain ? JSON.stringify(answer.body) : (answer.body as string | Buffer | undefined);
    const headers = { ...(plain && { 'content-type': 'application/json' }), ...answer.headers };
    request.answered = { at: Date.now(), status: answer.status };
    exchange.response = { status: answer.status, headers, body: String(text ?? '').slice(0, BODY_KEPT) };
    if ('cutAfter' in answer) {
      const bytes = Buffer.from(text ?? '');
      response.writeHead(answer.status, { ...headers, 'content-length': bytes.length + 1 });
      response.write(bytes.subarray(0, answer.cutAfter), () => response.destroy());
      exchange.error = `cut after ${answer.cutAfter} bytes`;
      return;
    }
    response.writeHead(answer.status, headers).end(text);
    this.arrivals.tell();
  }

  /** Undefined when the Kubernetes objects have answered by themselves. */
  async #answer(request: FakeRequest, response: ServerResponse): Promise<FakeAnswer | undefined> {
    const honest = (): Promise<FakeReply> => this.#honest(request);
    const route = request.route;
    // What listens elsewhere is another host: it is honest.
    const here = urlOf(this.#server).endsWith(`:${request.port}`);
    if (here && route !== 'requests' && route !== 'responses') {
      const action = this.#faults?.next(route);
      if (action) return faulty(action, { fake: this, request, honest });
    }
    const handler = this.#handlers.get(route);
    if (handler) return handler(request, honest);
    if (route !== 'kubernetes') return honest();
    this.kubernetes.serve(request, response);
    return undefined;
  }

  async #honest(request: FakeRequest): Promise<FakeReply> {
    const node_id = request.json['node_id'];
    switch (request.route) {
      case 'attestation':
        return attestationReply(await this.enclave.attest(nonceOf(request)));
      case 'register-worker':
        return ok({
          status: 'registered',
          node_id,
          message: 'welcome',
          join: this.joinData(String(node_id)),
        });
      case 'heartbeat':
        return ok({ status: 'acknowledged', node_id, timestamp: Math.floor(Date.now() / 1000) });
      case 'requests':
        return { status: 202, body: { status: 'accepted' } };
      case 'responses':
        return { status: 202, body: { status: 'pending' } };
      case 'kubernetes':
        return refusal(404, 'NotFound');
    }
  }
}
