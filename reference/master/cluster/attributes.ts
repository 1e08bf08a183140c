import type { Attributes } from '../../kubernetes/index.ts';
import {
  asksToWatch,
  nonResourceAttributes,
  parseResourcePath,
  resourceAttributes,
  verbOf,
} from '../../kubernetes/index.ts';
import type { ApiRequest } from '../../kubernetes/types.ts';

/** What opens a way into a pod, a service or a node: a permission to read them does not cover it. */
const WAYS_IN = new Set(['attach', 'exec', 'portforward', 'proxy']);
const DISCOVERY =
  /^\/(?:version|healthz|livez|readyz|openapi(?:\/.*)?|api|api\/[^/]+|apis|apis\/[^/]+(?:\/[^/]+)?)$/;

/**
 * What a request is about to do at a cluster that decides nothing itself, since it knows the master alone. Undefined for
 * what the master passes on to nobody: ways into pods, and paths that are neither a resource nor discovery.
 */
export function attributesOf(request: ApiRequest): Attributes | undefined {
  if (DISCOVERY.test(request.path)) return nonResourceAttributes(request);
  const path = parseResourcePath(request.path);
  // The old way to ask for a watch names the resource one place later.
  if (path === undefined || path.plural === '' || path.plural === 'watch') return undefined;
  if (WAYS_IN.has(path.subresource)) return undefined;
  const query = new URLSearchParams(request.query);
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const verb = verbOf(method, path.name !== '', asksToWatch(query));
  return verb === undefined ? undefined : resourceAttributes(request, path, verb, query);
}
