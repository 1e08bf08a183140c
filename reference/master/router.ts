import type { ApiResponse } from '../kubernetes/types.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import { ProtocolError } from '../protocol/status.ts';
import { StoreFullError } from '../store/types.ts';
import type { HttpRequest } from './http/request.ts';
import type { Reply } from './http/reply.ts';
import { failureOf, json, statusReply } from './http/reply.ts';
import type { MasterMetrics } from './metrics.ts';

export type Handler = (request: HttpRequest) => Promise<Reply>;

/** The master's endpoints, bound to what they work on. */
export interface Handlers {
  /** Undefined when the endpoint is not served. */
  heartbeat: Handler | undefined;
  registerWorker: Handler;
  suiEvents: Handler;
  putRequest: (request: HttpRequest, id: string) => Promise<Reply>;
  getResponse: (request: HttpRequest, id: string) => Promise<Reply>;
  attestation: Handler;
  health: Handler;
  /** Undefined when metrics have a listener of their own. */
  metrics: Handler | undefined;
  kubernetes: (request: HttpRequest) => Promise<ApiResponse>;
}

export interface RouterDeps {
  handlers: Handlers;
  metrics: MasterMetrics;
  clock: Clock;
  log: Logger;
}

interface Route {
  /** Name in metrics; never a caller's text. */
  endpoint: string;
  method: string;
  run: Handler;
}

/** Answers one request; never rejects. */
export async function route(request: HttpRequest, deps: RouterDeps): Promise<Reply> {
  const started = performance.now();
  const found = routeOf(request, deps.handlers);
  let reply: Reply;
  try {
    if (request.method !== found.method && found.method !== '*') {
      throw new ProtocolError('MethodNotAllowed');
    }
    reply = await found.run(request);
  } catch (error) {
    reply = refusal(request, error, deps.log);
  }
  const seconds = (performance.now() - started) / 1000;
  deps.metrics.request(found.endpoint, methodLabel(request.method), reply.status, seconds);
  return reply;
}

/** The answer to whatever a handler threw. */
export function refusal(request: { path: string }, error: unknown, log: Logger): Reply {
  const known = knownError(error);
  if (known.reason === 'InternalError') log.error({ err: error, path: request.path }, 'a request failed');
  return refuse(request.path, known);
}

function knownError(error: unknown): ProtocolError {
  if (error instanceof ProtocolError) return error;
  if (error instanceof StoreFullError) return new ProtocolError('StoreFull', undefined, { retryAfter: 5 });
  return new ProtocolError('InternalError');
}

/** A refusal in the shape that belongs to the path. */
export function refuse(path: string, error: ProtocolError): Reply {
  return isOwn(path.split('?', 1)[0] ?? '') ? failureOf(error) : statusReply(error);
}

const OWN =
  /^\/(?:health|metrics|api\/v1\/(?:register-worker|heartbeat|sui-events|attestation|(?:requests|responses)\/[^/]*))$/;

function isOwn(path: string): boolean {
  return OWN.test(path);
}

function routeOf(request: HttpRequest, handlers: Handlers): Route {
  const [, root, version, name, id, ...rest] = request.path.split('/');
  if (root === 'health' && version === undefined) return get('health', handlers.health);
  if (root === 'metrics' && version === undefined && handlers.metrics)
    return get('metrics', handlers.metrics);
  if (root === 'api' && version === 'v1' && id === undefined) {
    if (name === 'register-worker') return post(name, handlers.registerWorker);
    if (name === 'heartbeat') return post(name, handlers.heartbeat ?? missing);
    if (name === 'sui-events') return post(name, handlers.suiEvents);
    if (name === 'attestation') return get(name, handlers.attestation);
  }
  if (root === 'api' && version === 'v1' && id !== undefined && rest.length === 0) {
    if (name === 'requests') {
      return { endpoint: 'requests', method: 'PUT', run: (r) => handlers.putRequest(r, id) };
    }
    if (name === 'responses') return get(name, (r) => handlers.getResponse(r, id));
  }
  return { endpoint: 'kubernetes', method: '*', run: handlers.kubernetes };
}

const missing: Handler = () => Promise.reject(new ProtocolError('NotFound'));

function get(endpoint: string, run: Handler): Route {
  return { endpoint, method: 'GET', run };
}

function post(endpoint: string, run: Handler): Route {
  return { endpoint, method: 'POST', run };
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** A caller may invent methods; a label must not. */
function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'other';
}

/** GET /health. */
export function healthHandler(body: (nowMs: number) => object, clock: Clock): Handler {
  return () => Promise.resolve(json(200, body(clock.nowMs())));
}

/** GET /metrics. */
export function metricsHandler(metrics: MasterMetrics): Handler {
  return async () => ({
    status: 200,
    headers: { 'content-type': metrics.contentType },
    body: Buffer.from(await metrics.render()),
  });
}
