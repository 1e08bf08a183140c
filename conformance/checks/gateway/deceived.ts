import { createHash, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { createdOf } from '../../drivers/chain/transactions.ts';
import { mintSession } from '../../drivers/credential.ts';
import { responseMessage } from '../../drivers/enclave-signature.ts';
import type { HttpAnswer, HttpDriver, SendOptions } from '../../drivers/http.ts';
import { HttpDriver as Driver } from '../../drivers/http.ts';
import { HarnessError } from '../../errors.ts';
import type { CheckContext } from '../../runner/context.ts';
import type { Actor } from '../../world/actors.ts';
import { FakeMaster } from '../../world/fake-master.ts';
import { ok as replied, type FakeReply, type FakeRequest } from '../../world/fake-messages.ts';

/** What the master does about a request; the request's namespace says which. */
export type Behaviour =
  | 'honest'
  | 'wrong-body'
  | 'wrong-status'
  | 'other-answer'
  | 'bad-signature'
  | 'foreign-key'
  | 'late'
  | 'never';

/** Seconds for which this gateway keeps outcomes. */
export const OUTCOME_SECONDS = 8;
/** Its deadline: longer than usual, as the suite has transactions to make meanwhile. */
export const DEADLINE_MS = 4_000;
const LATE_MS = 4_600;
/** In every body that must not reach the client. */
export const FORGED = 'forged by the master';

interface Held {
  json: Record<string, unknown>;
  atMs: number;
  anchored?: Promise<void>;
}

/** A gateway under test whose master is played by the suite and does not always tell the truth. */
export class Deceived implements AsyncDisposable {
  readonly master: FakeMaster;
  readonly http: HttpDriver;
  readonly admin: Actor;
  /** Wallet and capability of the gateway. */
  readonly wallet: Ed25519Keypair;
  readonly cap: string;
  readonly adminCap: string;
  /** Signs responses, under this version of the key. */
  key: KeyObject | undefined;
  keyVersion = 1;
  /** Run when the payload of a request for this path comes, before the master takes it. */
  readonly before = new Map<string, () => Promise<unknown>>();
  readonly #held = new Map<string, Held>();
  readonly #stack: AsyncDisposableStack;

  private constructor(
    parts: Pick<Deceived, 'master' | 'http' | 'admin' | 'wallet' | 'cap' | 'adminCap'>,
    stack: AsyncDisposableStack,
  ) {
    this.master = parts.master;
    this.http = parts.http;
    this.admin = parts.admin;
    this.wallet = parts.wallet;
    this.cap = parts.cap;
    this.adminCap = parts.adminCap;
    this.#stack = stack;
    this.master.on('requests', (request) => this.#take(request));
    this.master.on('responses', (request) => this.#answer(request));
  }

  static async start(t: CheckContext): Promise<Deceived> {
    t.needs('a gateway that the suite can start', t.world.gateway?.startable === true);
    const stack = new AsyncDisposableStack();
    // The master is to live as long as this gateway, which may serve several checks.
    const host = Object.create(t, {
      defer: { value: (cleanup: () => Promise<void>) => stack.defer(cleanup) },
    }) as CheckContext;
    const master = await FakeMaster.start(host);
    const { cluster } = master;
    const wallet = new Ed25519Keypair();
    const address = wallet.toSuiAddress();
    const type = `${cluster.ids.package}::k8s_gateway::AdminCap`;
    const owned = await t.chain.client.core.listOwnedObjects({
      owner: cluster.owner.toSuiAddress(),
      type,
      limit: 1,
    });
    const adminCap = owned.objects[0]?.objectId ?? '';
    await t.control.fund({ address, mist: '50000000000' });
    const registered = await cluster.run('registering a gateway elsewhere', (tx) =>
      cluster.calls.registerGateway(tx, adminCap, address),
    );
    const cap = createdOf(registered, '::k8s_gateway::GatewayCap').id;
    const values = {
      ...master.values,
      'chain.gateway_cap': cap,
      'wallet.gateway.address': address,
      'wallet.gateway.secret_key': wallet.getSecretKey(),
      'timings.outcome_ttl_seconds': String(OUTCOME_SECONDS),
      'timings.request_deadline_ms': String(DEADLINE_MS),
    };
    const [gateway, admin] = await Promise.all([t.control.startGateway({ values }), cluster.actor('admin')]);
    stack.defer(() => t.control.kill({ part: gateway.id }));
    const http = stack.use(new Driver({ baseUrl: gateway.url, ca: gateway.ca }));
    return new Deceived({ master, http, admin, wallet, cap, adminCap }, stack);
  }

  /** A session credential for this cluster. */
  session(actor: Actor = this.admin): Promise<string> {
    return mintSession(actor.signer, { token: actor.token, audience: this.master.cluster.ids.cluster });
  }

  async send(
    method: string,
    target: string,
    options: SendOptions & { actor?: Actor } = {},
  ): Promise<HttpAnswer> {
    const { actor, headers, ...rest } = options;
    const own = { authorization: `Bearer ${await this.session(actor)}` };
    return this.http.send(method, target, {
      ...rest,
      headers: { ...own, ...(headers as Record<string, string>) },
    });
  }

  /** A write that meets this behaviour. */
  create(behaviour: Behaviour, name: string, actor?: Actor): Promise<HttpAnswer> {
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
    return this.send('POST', pathOf(behaviour), { body, ...(actor && { actor }) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  async #take(request: FakeRequest): Promise<FakeReply> {
    const path = String(request.json['path']);
    await this.before.get(path)?.();
    this.#held.set(idIn(request.target), { json: request.json, atMs: Date.now() });
    return { status: 202, body: { status: 'accepted' } };
  }

  async #answer(request: FakeRequest): Promise<FakeReply> {
    const id = idIn(request.target);
    const held = this.#held.get(id);
    if (!held)
      return { status: 404, body: { error: { reason: 'NotFound', message: 'not known', code: 404 } } };
    const behaviour = /namespaces\/([^/]+)\//.exec(String(held.json['path']))?.[1] as Behaviour;
    if (behaviour === 'never') {
      await pause(300);
      return { status: 202, body: { status: 'pending' } };
    }
    if (behaviour === 'late') await pause(Math.max(0, held.atMs + LATE_MS - Date.now()));
    const body = Buffer.from(JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', data: { request: id } }));
    held.anchored ??= this.#anchor(id, 201, body);
    await held.anchored;
    return this.#lie(behaviour, id, body);
  }

  #lie(behaviour: Behaviour, id: string, body: Buffer): FakeReply {
    const forged = Buffer.from(
      JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', data: { note: FORGED } }),
    );
    switch (behaviour) {
      case 'wrong-body':
        return this.#record(id, 201, forged);
      case 'wrong-status':
        return this.#record(id, 200, Buffer.from(body));
      case 'other-answer':
        return this.#record('0123456789abcdef'.repeat(2), 201, forged);
      case 'bad-signature': {
        const honest = this.#record(id, 201, body);
        const { signature, ...rest } = honest.body as { signature: string };
        const bytes = Buffer.from(signature, 'base64url');
        bytes[7] = (bytes[7] ?? 0) ^ 1;
        return replied({ ...rest, signature: bytes.toString('base64url') });
      }
      case 'foreign-key':
        return this.#record(id, 201, body, generateKeyPairSync('ed25519').privateKey);
      default:
        return this.#record(id, 201, body);
    }
  }

  #record(id: string, status: number, body: Buffer, key = this.key): FakeReply {
    const timestampMs = Date.now();
    const bytes = responseMessage({ requestId: id, status, body, keyVersion: this.keyVersion, timestampMs });
    const signature = key ? sign(null, bytes, key) : this.master.enclave.sign(bytes);
    return replied({
      request_id: id,
      status_code: status,
      content_type: 'application/json',
      body: body.toString('base64url'),
      timestamp_ms: timestampMs,
      key_version: this.keyVersion,
      signature: signature.toString('base64url'),
    });
  }

  /** Puts the result on chain, once the gateway's command is there. */
  async #anchor(id: string, status: number, body: Buffer): Promise<void> {
    const { cluster } = this.master;
    const digest = createHash('sha256').update(body).digest();
    for (let attempt = 0; ; attempt += 1) {
      try {
        await cluster.run('recording a result elsewhere', (tx) =>
          cluster.calls.recordResponse(tx, cluster.ids.master_cap, id, status, digest),
        );
        return;
      } catch (error) {
        if (attempt === 20 || !(error instanceof HarnessError)) throw error;
        await pause(100);
      }
    }
  }
}

/** Where writes meet a behaviour. */
export const pathOf = (behaviour: Behaviour): string => `/api/v1/namespaces/${behaviour}/configmaps`;

const idIn = (target: string): string => /\/(?:requests|responses)\/([^/?]+)/.exec(target)?.[1] ?? '';

let shared: { users: number; made: Promise<Deceived> } | undefined;

/** A deceived gateway that checks running at the same time share; it ends with the last of them. */
export async function deceived(t: CheckContext): Promise<Deceived> {
  shared ??= { users: 0, made: Deceived.start(t) };
  const mine = shared;
  mine.users += 1;
  t.defer(async () => {
    mine.users -= 1;
    if (mine.users > 0) return;
    if (shared === mine) shared = undefined;
    await (await mine.made)[Symbol.asyncDispose]();
  });
  return mine.made;
}

/** One that a check has for itself, as it spoils it. */
export async function ownDeceived(t: CheckContext): Promise<Deceived> {
  const made = await Deceived.start(t);
  t.defer(() => made[Symbol.asyncDispose]());
  return made;
}
