import { isRequestId } from '../protocol/ids.ts';
import { bearerOf } from '../protocol/bearer.ts';
import { parseKubernetesRequest } from '../protocol/kubernetes-request.ts';
import type { ResourceRequest } from '../protocol/kubernetes-request.ts';
import type { Permission } from '../protocol/permissions.ts';
import type { Logger } from '../protocol/logger.ts';
import { ProtocolError } from '../protocol/status.ts';
import type { CredentialVerifier } from '../protocol/verifier.ts';
import { recordedResponseJson } from '../protocol/wire-responses.ts';
import type { Principal } from '../protocol/verifier-types.ts';
import type { ContractMode } from './contract-mode.ts';
import type { DirectMode } from './direct-mode.ts';
import { Failure, json } from './http/reply.ts';
import type { GatewayRequest, Reply } from './http/types.ts';
import type { Outcomes } from './outcomes.ts';
import type { RateLimit } from './rate-limit.ts';
import type { GatewaySeams } from './seams.ts';
import { selfReview } from './self-review.ts';

export interface HandlerDeps {
  seams: GatewaySeams;
  verifier: Pick<CredentialVerifier, 'verifySession'>;
  limit: RateLimit;
  contract: ContractMode;
  direct: DirectMode;
  outcomes: Outcomes;
  /** Feature: reads skip the chain. */
  directReads: boolean;
  /** Whether /readyz says ok. */
  ready: () => boolean;
  log: Logger;
}

const HEALTH = new Set(['/healthz', '/livez', '/readyz']);
const OUTCOME = /^\/daas\/v1\/requests\/([^/]+)$/;
/** What every client needs before it can ask for anything. */
const DISCOVERY = /^\/(?:api|apis)(?:\/[^/]+){0,2}\/?$|^\/version\/?$|^\/openapi\/v[23](?:\/.*)?$/;

/** Takes a request from its credential to its answer. Rejects with a ProtocolError or Failure. */
export class Handler {
  readonly #deps: HandlerDeps;

  constructor(deps: HandlerDeps) {
    this.#deps = deps;
  }

  async handle(request: GatewayRequest): Promise<Reply> {
    const { seams, log } = this.#deps;
    if (HEALTH.has(request.path)) return this.#health(request);
    log.debug({ request_id: request.id, ...seams.logFields(request) }, 'request');
    if (request.headers['early-data'] !== undefined) throw tooEarly();
    const principal = await this.#authenticate(request);
    const outcome = OUTCOME.exec(request.path);
    if (outcome !== null) return this.#outcome(request, outcome[1] ?? '', principal);
    const wanted = parseKubernetesRequest(request.method, request.path, request.query);
    if (wanted === undefined) throw new ProtocolError('MethodNotAllowed');
    if (wanted.kind === 'nonResource') return this.#discovery(request, principal);
    if (wanted.selfReview) return selfReview(wanted, principal, await request.readBody(), seams.permits);
    if (!seams.permits(principal.permissions, permissionOf(wanted))) throw forbidden(wanted, principal);
    // HEAD has no place in the contract, and no client of Kubernetes uses it.
    if (request.method === 'HEAD') throw new ProtocolError('MethodNotAllowed');
    const streaming = wanted.verb === 'watch' || follows(wanted, request.query);
    if (!wanted.mutating && (this.#deps.directReads || streaming)) {
      if (!this.#deps.directReads) throw new ProtocolError('MethodNotAllowed', 'streams need direct reads');
      return this.#deps.direct.run(request, principal, streaming);
    }
    return this.#deps.contract.run(request, wanted, principal);
  }

  #health(request: GatewayRequest): Reply {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new ProtocolError('MethodNotAllowed');
    if (request.path === '/readyz' && !this.#deps.ready()) {
      return { status: 503, headers: { 'content-type': 'text/plain' }, body: Buffer.from('not ready') };
    }
    return this.#deps.seams.health();
  }

  async #authenticate(request: GatewayRequest): Promise<Principal> {
    const credential = bearerOf(request.rawHeaders);
    if (credential.status !== 'one') throw new ProtocolError('MalformedCredential');
    const verdict = await this.#deps.verifier.verifySession(credential.value);
    if (!verdict.ok) {
      const retry = verdict.retryAfter === undefined ? {} : { retryAfter: verdict.retryAfter };
      throw new ProtocolError(verdict.reason, undefined, retry);
    }
    const wait = this.#deps.limit.take(verdict.principal.owner);
    if (wait > 0) throw new ProtocolError('TooManyRequests', undefined, { retryAfter: wait });
    return verdict.principal;
  }

  #discovery(request: GatewayRequest, principal: Principal): Promise<Reply> {
    if (!DISCOVERY.test(request.path))
      throw new ProtocolError('NotFound', 'the server could not find the requested resource');
    if (request.method !== 'GET') throw new ProtocolError('MethodNotAllowed');
    return this.#deps.direct.run(request, principal, false);
  }

  #outcome(request: GatewayRequest, id: string, principal: Principal): Reply {
    if (request.method !== 'GET') throw new ProtocolError('MethodNotAllowed');
    const outcome = isRequestId(id) ? this.#deps.outcomes.get(id, principal.owner) : undefined;
    if (outcome === undefined)
      throw new ProtocolError('NotFound', `there is no request ${isRequestId(id) ? id : ''}`);
    if (outcome.state === 'pending') return json(202, { request_id: id, status: 'pending' });
    if (outcome.state === 'failed') throw outcome.error;
    const body = Buffer.from(recordedResponseJson(outcome.response));
    return {
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body,
    };
  }
}

/**
 * What the token must hold. A permission names a resource of the core group; one of the same name in
 * another group (pods of metrics.k8s.io) is another resource, which only `*:*` covers.
 */
function permissionOf({ group, resource, requiredPermission }: ResourceRequest): Permission {
  const mode = requiredPermission.endsWith(':read') ? 'read' : 'write';
  return group === '' ? requiredPermission : `${resource}.${group}:${mode}`;
}

function follows(wanted: ResourceRequest, query: string): boolean {
  if (wanted.subresource !== 'log') return false;
  const value = new URLSearchParams(query).get('follow');
  return value === 'true' || value === '1';
}

/** In the words of Kubernetes, which kubectl shows to people. */
function forbidden(wanted: ResourceRequest, principal: Principal): Failure {
  const { group, resource, subresource, name, namespace, verb } = wanted;
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const what = group === '' ? resource : `${resource}.${group}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return new Failure({
    http: 403,
    kubernetes: 'Forbidden',
    reason: 'Forbidden',
    message: `${what}${name === '' ? '' : ` "${name}"`} is forbidden: User "${principal.owner}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`,
    object: { ...(name === '' ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource },
  });
}

/** Early data can be replayed by anyone on the path, before any credential is looked at. */
function tooEarly(): Failure {
  return new Failure({
    http: 425,
    kubernetes: 'BadRequest',
    reason: 'TooEarly',
    message: 'the request came in TLS early data; send it again',
  });
}
