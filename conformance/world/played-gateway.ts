import { randomBytes } from 'node:crypto';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { Transaction } from '@mysten/sui/transactions';
import type { KubectlCommand } from '../drivers/chain/package.ts';
import type { Executed } from '../drivers/chain/transactions.ts';
import type { HttpAnswer } from '../drivers/http.ts';
import { payloadDigest } from '../drivers/payload-digest.ts';
import type { CheckContext } from '../runner/context.ts';
import { CheckFailure } from '../runner/outcome.ts';
import type { Actor } from './actors.ts';
import { MasterApi, type GatewayIdentity } from './master-api.ts';

/** A request of a kubectl user as a gateway hands it to the master. */
export interface PlayedRequest {
  method: string;
  /** Path and query. */
  target: string;
  /** Sent as it is when it is text, as JSON otherwise. */
  body?: string | object;
  contentType?: string;
}

/** What a gateway announces on chain about a request; the default says the truth. */
export type Announcement = Partial<Pick<KubectlCommand, 'method' | 'path' | 'namespace' | 'resourceType'>> & {
  digest?: Uint8Array;
};

/** What the master answered to a request that was run. */
export interface PlayedAnswer {
  requestId: string;
  status: number;
  contentType: string;
  body: Buffer;
  json: unknown;
  /** The whole body of GET /api/v1/responses/{id}. */
  record: Record<string, unknown>;
}

/** 32 lower-case hex digits. */
export const newRequestId = (): string => randomBytes(16).toString('hex');

/** A gateway's wallet; its transactions run one after the other, as all of them take the same GatewayCap. */
class GatewayWallet {
  readonly identity: GatewayIdentity;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(identity: GatewayIdentity) {
    this.identity = identity;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(task);
    this.#queue = next.catch(() => undefined);
    return next;
  }
}

/**
 * The suite as a gateway: it hands payloads to the master under test and announces them on chain with a GatewayCap of
 * its own. One is shared by the checks of a process; `fresh` makes one that a check may retire.
 */
export async function playedGateway(
  t: CheckContext,
  options: { fresh?: boolean } = {},
): Promise<PlayedGateway> {
  const wallet = options.fresh
    ? newWallet(t)
    : t.shared('the wallet of a played gateway', newWallet, { again: true });
  return new PlayedGateway(t, await wallet);
}

async function newWallet(t: CheckContext): Promise<GatewayWallet> {
  await t.needsCap('admin');
  const signer = new Ed25519Keypair();
  const address = signer.toSuiAddress();
  await t.control.fund({ address, mist: '50000000000' });
  const { cap } = await t.control.registerGateway({ address });
  return new GatewayWallet({ signer, cap });
}

/** The suite as a gateway whose cap is there already, for instance one of another cluster. */
export function gatewayOf(t: CheckContext, identity: GatewayIdentity): PlayedGateway {
  return new PlayedGateway(t, new GatewayWallet(identity));
}

export class PlayedGateway {
  readonly api: MasterApi;
  readonly #t: CheckContext;
  readonly #wallet: GatewayWallet;

  constructor(t: CheckContext, wallet: GatewayWallet) {
    this.#t = t;
    this.#wallet = wallet;
    this.api = new MasterApi(t.master.http, t.actors, t.world.chain.ids.cluster, wallet.identity);
  }

  get cap(): string {
    return this.#wallet.identity.cap;
  }

  /** PUT /api/v1/requests/{id}. */
  put(requestId: string, request: PlayedRequest): Promise<HttpAnswer> {
    return this.api.asGateway('PUT', `/api/v1/requests/${requestId}`, wireOf(request));
  }

  /** Calls execute_kubectl_command for the token of `actor`. Fails the check when the chain refuses it. */
  announce(
    actor: Actor,
    requestId: string,
    request: PlayedRequest,
    change: Announcement = {},
  ): Promise<Executed> {
    return this.#execute((tx) =>
      this.#t.chain.calls.executeCommand(tx, this.cap, commandOf(actor, requestId, request, change)),
    );
  }

  /** Announces several requests in one transaction, in this order. Fails the check when the chain refuses it. */
  announceAll(
    actor: Actor,
    requests: readonly (readonly [requestId: string, request: PlayedRequest])[],
  ): Promise<Executed> {
    return this.#execute((tx) => {
      for (const [id, request] of requests) {
        this.#t.chain.calls.executeCommand(tx, this.cap, commandOf(actor, id, request, {}));
      }
    });
  }

  #execute(build: (tx: Transaction) => void): Promise<Executed> {
    return this.#wallet.run(async () => {
      const outcome = await this.#t.chain.execute(this.#wallet.identity.signer, build);
      if (outcome.ok) return outcome;
      throw new CheckFailure('the chain refused an announcement', { got: outcome });
    });
  }

  /** GET /api/v1/responses/{id}, waiting as long as told. */
  response(requestId: string, timeoutSeconds = 0): Promise<HttpAnswer> {
    return this.api.asGateway('GET', `/api/v1/responses/${requestId}?timeout_seconds=${timeoutSeconds}`);
  }

  /** Hands a request over, announces it, and waits for what became of it. */
  async run(actor: Actor, request: PlayedRequest): Promise<PlayedAnswer> {
    const requestId = newRequestId();
    const put = await this.put(requestId, request);
    if (put.status !== 202) throw new CheckFailure(`the master took no payload: ${put.status} ${put.text}`);
    await this.announce(actor, requestId, request);
    return answerOf(requestId, await this.response(requestId, 10));
  }
}

/** The answer of a request that was run, out of the body of GET /api/v1/responses/{id}. */
export function answerOf(requestId: string, answer: HttpAnswer): PlayedAnswer {
  const record = (answer.json ?? {}) as Record<string, unknown>;
  if (answer.status !== 200 || typeof record['body'] !== 'string') {
    throw new CheckFailure(`no response to ${requestId}`, {
      wanted: '200 with a body',
      got: `${answer.status} ${answer.text.slice(0, 500)}`,
    });
  }
  const body = Buffer.from(record['body'], 'base64url');
  return {
    requestId,
    status: Number(record['status_code']),
    contentType: String(record['content_type']),
    body,
    json: parse(body),
    record,
  };
}

/** The body of the PUT that hands a request over. */
export function wireOf(request: PlayedRequest): Record<string, unknown> {
  const { method, path, query, contentType, body } = partsOf(request);
  const encoded = Buffer.from(body).toString('base64url');
  return { method, path, query, content_type: contentType, accept: 'application/json', body: encoded };
}

/** The payload digest of a request, as the chain must have it. */
export const digestOf = (request: PlayedRequest): Buffer => payloadDigest(partsOf(request));

function partsOf(request: PlayedRequest) {
  const [path = '', query = ''] = request.target.split('?');
  const text = typeof request.body === 'object' ? JSON.stringify(request.body) : (request.body ?? '');
  const contentType = request.contentType ?? (request.body === undefined ? '' : 'application/json');
  return { method: request.method, path, query, contentType, body: Buffer.from(text) };
}

/** The arguments of execute_kubectl_command for a request. */
export function commandOf(
  actor: Actor,
  requestId: string,
  request: PlayedRequest,
  { digest, ...change }: Announcement = {},
): KubectlCommand {
  const { method, path } = partsOf(request);
  const [, namespace = '', resourceType = ''] =
    /^\/(?:api|apis\/[^/]+)\/v\d\w*\/(?:namespaces\/([^/]+)\/)?([^/]+)/.exec(path) ?? [];
  return {
    token: actor.token,
    record: actor.record,
    requestId,
    method,
    path,
    namespace: resourceType === 'namespaces' ? '' : namespace,
    resourceType,
    payloadDigest: digest ?? digestOf(request),
    ...change,
  };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
