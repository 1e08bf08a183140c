import { randomUUID } from 'node:crypto';
import type { ApiRequest, ApiResponse, UserInfo } from '../../kubernetes/types.ts';
import { isId, isRequestId } from '../../protocol/ids.ts';
import { parseKubernetesRequest } from '../../protocol/kubernetes-request.ts';
import { ProtocolError } from '../../protocol/status.ts';
import type { CredentialVerifier } from '../../protocol/verifier.ts';
import { bearerToken } from '../http/bearer.ts';
import { requireOwnConnection } from '../http/own-connection.ts';
import type { HttpRequest } from '../http/request.ts';
import { json } from '../http/reply.ts';
import { verdictError } from '../http/verdict-error.ts';
import type { MasterMetrics } from '../metrics.ts';
import type { NodeAuthorizerSeams } from '../node-authorizer.ts';
import type { nodeMay } from '../node-authorizer.ts';
import type { PodLogs } from '../pod-logs.ts';
import type { StreamGuard } from '../stream-guard.ts';
import type { WorkerRegistry } from '../worker-registry.ts';

export interface KubernetesDeps {
  /** Verifies sessions of gateways. */
  gatewayVerifier: CredentialVerifier;
  registry: WorkerRegistry;
  streams: StreamGuard;
  handle: (request: ApiRequest) => Promise<ApiResponse>;
  nodeMay: typeof nodeMay;
  authorizer: NodeAuthorizerSeams;
  logs: PodLogs;
  bodyBytes: number;
  metrics: MasterMetrics;
}

interface Caller {
  user: UserInfo;
  /** Key of the caller's streams. */
  streams: string;
  /** Set for a worker's agent. */
  nodeId?: string;
}

const GROUPS = new Set(['daas:users', 'daas:admins', 'daas:nodes']);

/** Any path of the Kubernetes API. Throws ProtocolError. */
export async function kubernetes(request: HttpRequest, deps: KubernetesDeps): Promise<ApiResponse> {
  const caller = await authenticate(request, deps);
  const body = await request.readBody(deps.bodyBytes);
  await authorize(caller, request, body, deps);
  const logged = caller.nodeId === undefined ? undefined : LOG.exec(request.path);
  if (logged && request.method === 'POST') return takeLogs(logged, request.query, body, deps.logs);
  const requestId = request.headers['audit-id'] ?? '';
  return await deps.handle({
    method: request.method,
    path: request.path,
    query: request.query,
    headers: request.headers,
    body,
    user: caller.user,
    // Only what may stay open can have to be cut off.
    signal: mayStream(request) ? deps.streams.open(caller.streams, request.signal) : request.signal,
    requestId: isRequestId(requestId) ? requestId : randomUUID().replaceAll('-', ''),
  });
}

function mayStream({ query, path }: HttpRequest): boolean {
  return query.includes('watch') || query.includes('follow') || path.includes('/watch/');
}

/** Where an agent hands in log lines of a pod of its own: the path that everybody else reads them at. */
const LOG = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/log$/;

function takeLogs(path: RegExpExecArray, query: string, body: Uint8Array, logs: PodLogs): ApiResponse {
  const [, namespace = '', name = ''] = path;
  const container = new URLSearchParams(query).get('container') ?? '';
  logs.append({ namespace, name, container }, Buffer.from(body).toString('utf8'));
  return json(200, {});
}

/** Throws ProtocolError 401 or 403. */
async function authenticate(request: HttpRequest, deps: KubernetesDeps): Promise<Caller> {
  const bearer = bearerToken(request);
  if (bearer === undefined) throw new ProtocolError('MalformedCredential');
  if (bearer.startsWith('seal1.')) return await authenticateGateway(bearer, request, deps);
  const worker = deps.registry.byJoinToken(bearer);
  if (worker === undefined) throw new ProtocolError('UnknownToken');
  requireOwnConnection(request, worker.owner);
  return {
    user: {
      name: `system:node:${worker.node_id}`,
      groups: ['system:nodes', 'system:authenticated'],
    },
    streams: nodeStreams(worker.node_id),
    nodeId: worker.node_id,
  };
}

async function authenticateGateway(
  credential: string,
  request: HttpRequest,
  deps: KubernetesDeps,
): Promise<Caller> {
  const verdict = await deps.gatewayVerifier.verifySession(credential);
  deps.metrics.tokenValidation('gateway', verdict);
  if (!verdict.ok) throw verdictError(verdict);
  requireOwnConnection(request, verdict.principal.owner);
  const name = request.headers['x-remote-user'] ?? '';
  const groups = (request.headers['x-remote-group'] ?? '').split(',').map((group) => group.trim());
  if (!isId(name) || groups.length !== 1 || !GROUPS.has(groups[0]!)) {
    throw new ProtocolError('Forbidden', 'the gateway must say for whom it asks');
  }
  return { user: { name, groups }, streams: gatewayStreams(verdict.principal.tokenId) };
}

/** Throws ProtocolError Forbidden. */
async function authorize(
  caller: Caller,
  request: HttpRequest,
  body: Uint8Array,
  deps: KubernetesDeps,
): Promise<void> {
  const { method, path, query } = request;
  if (caller.nodeId !== undefined) {
    const question = { nodeId: caller.nodeId, method, path, query, body };
    if (await deps.nodeMay(question, deps.authorizer)) return;
    throw new ProtocolError('Forbidden', `node ${caller.nodeId} may not ${method} ${path}`.slice(0, 300));
  }
  // A change must have been announced on chain; this way in is for reading.
  const parsed = parseKubernetesRequest(method, path, query);
  if (parsed === undefined || (parsed.kind === 'nonResource' && method !== 'GET' && method !== 'HEAD')) {
    throw new ProtocolError('MethodNotAllowed');
  }
  if (parsed.kind === 'resource' && parsed.mutating && !parsed.selfReview) {
    throw new ProtocolError('Forbidden', 'changes come through the chain');
  }
}

/** Key of the streams of a node's agent. */
export function nodeStreams(nodeId: string): string {
  return `node:${nodeId}`;
}

/** Key of the streams that a gateway holds open. */
export function gatewayStreams(cap: string): string {
  return `gateway:${cap}`;
}
