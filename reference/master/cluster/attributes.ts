import type { Attributes } from '../../kubernetes/index.ts';
import { parseResourcePath, verbOf } from '../../kubernetes/index.ts';
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
  const { method, user } = request;
  const query = new URLSearchParams(request.query);
  const path = DISCOVERY.test(request.path) ? undefined : parseResourcePath(request.path);
  if (path === undefined) {
    if (!DISCOVERY.test(request.path)) return undefined;
    return { ...NOTHING, user, verb: method.toLowerCase(), path: request.path, isResource: false };
  }
  // The old way to ask for a watch, which names the resource one place later.
  if (path.plural === '' || path.plural === 'watch' || WAYS_IN.has(path.subresource)) return undefined;
  const watches = !['', 'false', '0'].includes(query.get('watch') ?? '');
  const verb = verbOf(method === 'HEAD' ? 'GET' : method, path.name !== '', watches);
  if (verb === undefined) return undefined;
  return {
    user,
    verb,
    path: request.path,
    isResource: true,
    group: path.group,
    version: path.version,
    resource: path.plural,
    subresource: path.subresource,
    namespace: path.namespace,
    name: path.name,
    fieldSelector: query.get('fieldSelector') ?? '',
    labelSelector: query.get('labelSelector') ?? '',
  };
}

const NOTHING = {
  group: '',
  version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  fieldSelector: '',
  labelSelector: '',
} as const;
