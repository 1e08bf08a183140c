import { createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo, Socket } from 'node:net';
import type { AttestationDocument } from '../drivers/attestation/document.ts';
import { forgeDocument, type ForgeOptions } from '../drivers/attestation/forge.ts';
import { joinMessage } from '../drivers/enclave-signature.ts';
import type { CheckContext } from '../runner/context.ts';
import { attester, derOf, selfSigned, signEs384, type Attester, type SelfSigned } from './certificates.ts';
import { FakeKubernetes } from './fake-kubernetes.ts';
import {
  attestationReply,
  jsonOf,
  nonceOf,
  ok,
  refusal,
  routeOf,
  type FakeHandler,
  type FakeReply,
  type FakeRequest,
  type FakeRoute,
} from './fake-messages.ts';
import { StrangeCluster } from './strange-cluster.ts';

/** Changes to an attestation document before it is signed, and to how it is signed. */
export interface Forgery extends ForgeOptions {
  fields?: Partial<AttestationDocument>;
  /** Signs, with its certificate in the document, in place of the true leaf. */
  leaf?: Attester;
  cabundle?: Uint8Array[];
}

/**
 * A master that the suite plays, on a cluster of its own, for what is tested against a master: a worker or a gateway
 * that must notice lies and bear failures. It is honest until `on` says otherwise for a route; everything that it was
 * sent is in `requests`. It serves over TLS under an authority of its own, attests under a root of its own with the
 * PCRs and key that the chain has, and keeps Kubernetes objects as far as an agent needs.
 */
export class FakeMaster implements AsyncDisposable {
  readonly requests: FakeRequest[] = [];
  readonly kubernetes = new FakeKubernetes();
  readonly cluster: StrangeCluster;
  readonly pcrs: Uint8Array[];
  readonly root: Attester;
  readonly leaf: Attester;
  readonly #server: Server;
  readonly #tls: SelfSigned;
  readonly #elsewhere: Server[] = [];
  readonly #dir: string;
  readonly #key: KeyObject;
  readonly #handlers = new Map<FakeRoute, FakeHandler>();
  readonly #connections = new WeakMap<Socket, number>();
  readonly #open = new Set<Socket>();
  #connectionCount = 0;

  private constructor(parts: {
    server: Server;
    tls: SelfSigned;
    dir: string;
    cluster: StrangeCluster;
    pcrs: Uint8Array[];
    root: Attester;
    leaf: Attester;
    key: KeyObject;
  }) {
    this.#server = parts.server;
    this.#dir = parts.dir;
    this.#tls = parts.tls;
    this.#key = parts.key;
    this.cluster = parts.cluster;
    this.pcrs = parts.pcrs;
    this.root = parts.root;
    this.leaf = parts.leaf;
    this.#listenTo(parts.server);
  }

  /** Starts it and registers it on chain; it ends with the check. `pcrs` are what the chain expects. */
  static async start(t: CheckContext, options: { pcrs?: Uint8Array[] } = {}): Promise<FakeMaster> {
    t.needs('the embedded chain, where the suite may publish', t.world.chain.provider === 'embedded');
    const tls = await selfSigned();
    const server = await listening(tls);
    const pcrs = options.pcrs ?? [randomBytes(48), randomBytes(48), randomBytes(48)];
    const { privateKey: key } = generateKeyPairSync('ed25519');
    const [cluster, root] = await Promise.all([
      StrangeCluster.start(t, { masterUrl: urlOf(server), pcrs, publicKey: rawKey(key) }),
      attester('conformance attestation root'),
    ]);
    const leaf = await attester('conformance enclave', root);
    const dir = await mkdtemp(join(tmpdir(), 'daas-fake-master-'));
    await writeFile(join(dir, 'ca.crt'), tls.cert);
    await writeFile(join(dir, 'root.crt'), root.certificate.toString('pem'));
    const master = new FakeMaster({ server, tls, dir, cluster, pcrs, root, leaf, key });
    t.defer(() => master[Symbol.asyncDispose]());
    return master;
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

  /** Ed25519, 32 bytes: the response key. */
  get publicKey(): Uint8Array {
    return rawKey(this.#key);
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

  /** Serves on one more port, with the same certificate and answers, and gives its URL. */
  async listenElsewhere(): Promise<string> {
    const server = await listening(this.#tls);
    this.#elsewhere.push(server);
    this.#listenTo(server);
    return urlOf(server);
  }

  /** What a route answers from now on. */
  on(route: FakeRoute, handler: FakeHandler): void {
    this.#handlers.set(route, handler);
  }

  /** Requests of a route, in the order of their arrival. */
  of(route: FakeRoute): FakeRequest[] {
    return this.requests.filter((request) => request.route === route);
  }

  /** Signs bytes with the response key. */
  sign(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.#key);
  }

  /** An attestation document over a nonce: the true one, or one with the changes given. */
  async attest(nonce: Uint8Array | null, forgery: Forgery = {}): Promise<Uint8Array> {
    const leaf = forgery.leaf ?? this.leaf;
    const document: AttestationDocument = {
      module_id: 'i-0123456789abcdef0-enc0123456789abcdef',
      timestamp: Date.now(),
      digest: 'SHA384',
      pcrs: new Map(this.pcrs.map((pcr, index) => [index, pcr])),
      certificate: derOf(leaf),
      cabundle: forgery.cabundle ?? [derOf(this.root)],
      public_key: this.publicKey,
      user_data: Buffer.from('simulated'),
      nonce,
      ...forgery.fields,
    };
    return forgeDocument(document, (message) => signEs384(leaf, message), forgery);
  }

  /** Answers attestations with changed documents. */
  attestWith(forge: (nonce: Uint8Array) => Promise<Uint8Array> | Uint8Array): void {
    this.on('attestation', async (request) => attestationReply(await forge(nonceOf(request))));
  }

  /** The join data that a correct master gives a node. */
  joinData(nodeId: string): Record<string, unknown> {
    const token = `join.${randomBytes(24).toString('base64url')}`;
    const signed = { nodeId, server: this.url, token, keyVersion: 1, timestampMs: Date.now() };
    return {
      server: this.url,
      token,
      ca: this.#tls.cert,
      timestamp_ms: signed.timestampMs,
      key_version: signed.keyVersion,
      signature: this.sign(joinMessage(signed)).toString('base64url'),
    };
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
    };
    this.requests.push(request);
    const handler = this.#handlers.get(request.route);
    if (!handler && request.route === 'kubernetes') {
      this.kubernetes.serve(request, response);
      return;
    }
    const answer = handler
      ? await handler(request, () => this.#honest(request))
      : await this.#honest(request);
    if (answer === 'hang') return;
    const plain = typeof answer.body === 'object' && !Buffer.isBuffer(answer.body);
    response
      .writeHead(answer.status, { ...(plain && { 'content-type': 'application/json' }), ...answer.headers })
      .end(plain ? JSON.stringify(answer.body) : answer.body);
  }

  async #honest(request: FakeRequest): Promise<FakeReply> {
    const node_id = request.json['node_id'];
    switch (request.route) {
      case 'attestation':
        return attestationReply(await this.attest(nonceOf(request)));
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

async function listening(tls: SelfSigned): Promise<Server> {
  const server = createServer({ ...tls, minVersion: 'TLSv1.2' });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The 32 bytes of the public half of an Ed25519 key. */
function rawKey(key: KeyObject): Uint8Array {
  return Buffer.from(String(createPublicKey(key).export({ format: 'jwk' }).x), 'base64url');
}
