import type { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { mintOneShot, mintSession, type MintOptions } from '../drivers/credential.ts';
import type { HttpAnswer, RecordedHttp, SendOptions } from '../drivers/http.ts';
import type { Actor, Actors } from './actors.ts';

export interface WorkerSend {
  /** Changes the credential. */
  mint?: Partial<MintOptions>;
  /** Sends exactly this credential, or none for null. */
  credential?: string | null;
  /** Fields that replace those of the body. */
  body?: Record<string, unknown>;
}

/** The suite's own gateway identity. */
export interface GatewayIdentity {
  signer: Ed25519Keypair;
  cap: string;
}

const now = (): number => Math.floor(Date.now() / 1000);

/** Talks to the master as workers and gateways do. */
export class MasterApi {
  readonly http: RecordedHttp;
  readonly #actors: Actors;
  readonly #audience: string;
  readonly #gateway: GatewayIdentity | undefined;

  constructor(http: RecordedHttp, actors: Actors, audience: string, gateway?: GatewayIdentity) {
    this.http = http;
    this.#actors = actors;
    this.#audience = audience;
    this.#gateway = gateway;
  }

  register(actor: Actor, send: WorkerSend = {}): Promise<HttpAnswer> {
    return this.asWorker(actor, 'POST', '/api/v1/register-worker', registration(actor, send.body), send);
  }

  heartbeat(actor: Actor, send: WorkerSend = {}): Promise<HttpAnswer> {
    return this.asWorker(actor, 'POST', '/api/v1/heartbeat', heartbeat(actor, send.body), send);
  }

  /** Sends a body with a one-shot credential bound to it. */
  async asWorker(
    actor: Actor,
    method: string,
    target: string,
    body: object,
    send: WorkerSend = {},
  ): Promise<HttpAnswer> {
    const text = JSON.stringify(body);
    const credential =
      send.credential === undefined
        ? await this.#actors.oneShot(actor, { method, target, body: text }, send.mint)
        : send.credential;
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (credential !== null) headers['x-seal-token'] = credential;
    return this.http.send(method, target, { headers, body: text });
  }

  /** Sends as the suite's gateway, with a one-shot credential of its GatewayCap. */
  async asGateway(
    method: string,
    target: string,
    body: object | '' = '',
    mint: Partial<MintOptions> = {},
  ): Promise<HttpAnswer> {
    const { signer, cap } = this.gateway;
    const text = body === '' ? '' : JSON.stringify(body);
    const credential = await mintOneShot(
      signer,
      { token: cap, audience: this.#audience, ...mint },
      { method, target, body: text },
    );
    const headers: Record<string, string> = { 'x-gateway-credential': credential };
    if (text) headers['content-type'] = 'application/json';
    return this.http.send(method, target, { headers, ...(text && { body: text }), timeoutMs: 35_000 });
  }

  /** Reads or writes the master's Kubernetes API as the suite's gateway, on behalf of a wallet. */
  async asReader(
    method: string,
    target: string,
    options: SendOptions & { user?: string; group?: string } = {},
  ): Promise<HttpAnswer> {
    const { user = `0x${'a'.repeat(64)}`, group = 'daas:admins', headers, ...rest } = options;
    const own = {
      authorization: `Bearer ${await this.gatewaySession()}`,
      'x-remote-user': user,
      'x-remote-group': group,
    };
    return this.http.send(method, target, {
      ...rest,
      headers: { ...own, ...(headers as Record<string, string> | undefined) },
    });
  }

  /** A session credential of the suite's gateway, for the master's Kubernetes API. */
  gatewaySession(mint: Partial<MintOptions> = {}): Promise<string> {
    return mintSession(this.gateway.signer, { token: this.gateway.cap, audience: this.#audience, ...mint });
  }

  get gateway(): GatewayIdentity {
    if (!this.#gateway) throw new Error('the suite has no gateway identity on this chain');
    return this.#gateway;
  }
}

/** Body of a registration. */
export function registration(
  actor: Pick<Actor, 'nodeId' | 'token'>,
  more: Record<string, unknown> = {},
): object {
  return { node_id: actor.nodeId, seal_token: actor.token, timestamp: now(), ...more };
}

/** Body of a heartbeat. */
export function heartbeat(actor: Pick<Actor, 'nodeId'>, more: Record<string, unknown> = {}): object {
  return {
    node_id: actor.nodeId,
    timestamp: now(),
    stake_status: 'active',
    stake_amount: 1_000_000_000,
    running_pods: 0,
    resource_usage: { cpu: 0.1, memory: 0.2, disk: 0.1 },
    ...more,
  };
}
