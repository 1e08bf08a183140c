import type { Clock } from '../protocol/clock.ts';
import type { KeyValueStore } from '../store/types.ts';
import type { AdmitObject, Attributes, Authorize } from './authorization.ts';
import { allowAll, nonResourceAttributes, resourceAttributes } from './authorization.ts';
import type { Sleep } from './clock.ts';
import { timerSleep } from './clock.ts';
import { handleDiscovery } from './discovery/handler.ts';
import { ApiError, forbidden, internalError, methodNotAllowed, noSuchPath, tooLarge } from './errors.ts';
import type { Exchange, LogSource } from './handlers/exchange.ts';
import { jsonResponse } from './handlers/exchange.ts';
import { handleResource, verbOf } from './handlers/resource.ts';
import { encodeJson } from './meta/json.ts';
import { ObjectsApi } from './objects-api.ts';
import { asksToWatch } from './request/options.ts';
import { parseResourcePath } from './request/path.ts';
import { findResource } from './resources/table.ts';
import { ObjectStore } from './storage/object-store.ts';
import type { ApiRequest, ApiResponse } from './types.ts';
import type { Machinery } from './verbs/context.ts';

export interface KubernetesApiOptions {
  store: KeyValueStore;
  clock: Clock;
  /** `size` random bytes. */
  random(size: number): Uint8Array;
  /** Default: everybody may do everything. */
  authorize?: Authorize;
  /** A second decision that sees the objects; default: whatever `authorize` allowed. */
  admitObject?: AdmitObject;
  /** Lines of pods/log; without it there are none. */
  logs?: LogSource;
  /** Told about errors that are no refusals. */
  log?: { error(fields: Record<string, unknown>, message: string): void };
  /** How watches wait; default: the machine's timers. */
  sleep?: Sleep;
  /** Largest body in bytes; default 3 MiB. */
  maxBodyBytes?: number;
  /** Seconds that events and leases are kept; default: an hour. */
  ttlSeconds?: number;
}

export interface KubernetesApi {
  /** Never rejects: every failure is a response whose body is a metav1.Status. */
  handle(request: ApiRequest): Promise<ApiResponse>;
  /** The same API without transport and authorisation. */
  readonly objects: ObjectsApi;
  readonly clock: Clock;
}

/** The Kubernetes API over a store; it starts nothing by itself, see startControllers. */
export function createKubernetesApi(options: KubernetesApiOptions): KubernetesApi {
  const { clock } = options;
  const machinery: Machinery = {
    objects: new ObjectStore(options.store, { ttlSeconds: options.ttlSeconds }),
    clock: { nowMs: () => clock.nowMs(), sleep: options.sleep ?? timerSleep },
    random: options.random,
  };
  return {
    clock,
    objects: new ObjectsApi(machinery, 'k3s-daas'),
    handle: async (request) => {
      try {
        return await route(request, machinery, options);
      } catch (error) {
        if (error instanceof ApiError) return errorResponse(error);
        options.log?.error(
          { err: error, request_id: request.requestId, method: request.method, path: request.path },
          'request failed',
        );
        return errorResponse(internalError());
      }
    },
  };
}

/** A refusal as a response; Retry-After is what makes clients wait and try again. */
export function errorResponse(error: ApiError): ApiResponse {
  const seconds = error.status.details?.retryAfterSeconds;
  return jsonResponse(
    error.code,
    encodeJson(error.status),
    seconds === undefined ? {} : { 'retry-after': String(seconds) },
  );
}

async function route(
  request: ApiRequest,
  machinery: Machinery,
  options: KubernetesApiOptions,
): Promise<ApiResponse> {
  const limit = options.maxBodyBytes ?? 3 * 1024 * 1024;
  if (request.body.length > limit) throw tooLarge(limit);
  const authorize = authorizer(options.authorize ?? allowAll);
  const query = new URLSearchParams(request.query);
  const path = parseResourcePath(request.path);
  if (path === undefined || path.plural === '') {
    await authorize(nonResourceAttributes(request));
    return handleDiscovery(request);
  }
  const resource = findResource(path.group, path.version, path.plural);
  const subresource = resource?.subresources.find((name) => name === path.subresource) ?? '';
  if (resource === undefined || subresource !== path.subresource) throw noSuchPath();
  // A namespaced object needs its namespace; a cluster-wide one has none.
  if (resource.namespaced ? path.name !== '' && path.namespace === '' : path.namespace !== '')
    throw noSuchPath();
  const verb = verbOf(request.method, path.name !== '', asksToWatch(query));
  if (verb === undefined || (subresource === '' && !resource.verbs.includes(verb))) throw methodNotAllowed();
  const attributes = resourceAttributes(request, path, verb, query);
  // Everybody may ask what they may do.
  if (!resource.virtual) await authorize(attributes);
  const { admitObject } = options;
  const exchange: Exchange = {
    request,
    query,
    path,
    resource,
    target: { resource, namespace: path.namespace, name: path.name, subresource },
    attributes,
    machinery,
    admit: async (old, next) => {
      const decision = await admitObject?.(attributes, old, next);
      if (decision?.allowed === false) throw refusal(attributes, decision.reason);
    },
    warnings: [],
    authorize,
    logs: options.logs,
  };
  return handleResource(exchange, verb);
}

function authorizer(authorize: Authorize): (attributes: Attributes) => Promise<void> {
  return async (attributes) => {
    const { allowed, reason } = await authorize(attributes);
    if (!allowed) throw refusal(attributes, reason);
  };
}

function refusal(
  { user, verb, path, isResource, group, resource, subresource, namespace, name }: Attributes,
  reason?: string,
): ApiError {
  const why = reason === undefined ? '' : `: ${reason}`;
  if (!isResource) {
    return new ApiError(
      403,
      'Forbidden',
      `forbidden: User "${user.name}" cannot ${verb} path "${path}"${why}`,
    );
  }
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return forbidden(
    { group, plural: resource },
    name,
    `User "${user.name}" cannot ${verb} resource "${what}" in API group "${group}" ${where}${why}`,
  );
}
