import type { Permission } from './permissions.ts';

export type Verb =
  'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection' | 'connect';

/** A request for a Kubernetes resource. */
export interface ResourceRequest {
  kind: 'resource';
  /** Empty for the core group. */
  group: string;
  version: string;
  /** Empty for cluster-scoped resources and lists over all namespaces. */
  namespace: string;
  /** Plural, lower case. */
  resource: string;
  /** Empty for a collection. */
  name: string;
  /** Empty unless a subresource is asked for; deeper paths keep their slashes (`proxy/a/b`). */
  subresource: string;
  verb: Verb;
  /** False when the request changes nothing and so needs no transaction. */
  mutating: boolean;
  /** A review of the caller's own rights (`kubectl auth can-i|whoami`), open to everyone with a credential. */
  selfReview: boolean;
  /** `<resource>:<read|write>`; subresources need what their resource needs. */
  requiredPermission: Permission;
}

/** Discovery, version, OpenAPI and other paths that name no resource. */
export interface NonResourceRequest {
  kind: 'nonResource';
  path: string;
}

export type KubernetesRequest = ResourceRequest | NonResourceRequest;

const SELF_REVIEWS: ReadonlySet<string> = new Set([
  'authorization.k8s.io/selfsubjectaccessreviews',
  'authorization.k8s.io/selfsubjectrulesreviews',
  'authentication.k8s.io/selfsubjectreviews',
]);

/** These let the caller act inside a pod whatever the method, so they never count as reading. */
const CONNECT: ReadonlySet<string> = new Set(['exec', 'attach', 'portforward', 'proxy']);

/**
 * Reads a request the way the Kubernetes API server does. `path` is canonical (see canonicalTarget),
 * `method` upper case, `query` raw. Undefined for a method that the API does not know.
 */
export function parseKubernetesRequest(
  method: string,
  path: string,
  query: string,
): KubernetesRequest | undefined {
  const segments = path
    .split('/')
    .filter((segment) => segment !== '')
    .map(decode);
  const [root, ...rest] = segments;
  const nonResource: NonResourceRequest = { kind: 'nonResource', path };
  if (root === 'api' && rest.length >= 2) return resourceRequest(method, '', rest, query);
  if (root === 'apis' && rest.length >= 3)
    return resourceRequest(method, rest[0] ?? '', rest.slice(1), query);
  return nonResource;
}

/** `tail` is version, then the rest of the path. */
function resourceRequest(
  method: string,
  group: string,
  tail: readonly string[],
  query: string,
): ResourceRequest | undefined {
  const [version = '', ...after] = tail;
  // The old watch paths: /api/v1/watch/… is /api/v1/… with watch=true.
  const oldWatch = after[0] === 'watch' && after.length > 1;
  const parts = oldWatch ? after.slice(1) : after;
  // /namespaces/x is the namespace itself, /namespaces/x/status and /finalize are its subresources.
  const inside = parts[0] === 'namespaces' && parts.length > 2 && !isNamespaceSubresource(parts);
  const [resource = '', name = '', ...sub] = inside ? parts.slice(2) : parts;
  const namespace = inside || (parts[0] === 'namespaces' && parts.length > 1) ? (parts[1] ?? '') : '';
  const subresource = sub.join('/');
  const verb = verbOf(method, { name, subresource, watch: oldWatch || asksToWatch(query) });
  if (!verb) return undefined;
  const reads = verb === 'get' || verb === 'list' || verb === 'watch';
  return {
    kind: 'resource',
    group,
    version,
    namespace,
    resource,
    name,
    subresource,
    verb,
    mutating: !reads,
    selfReview: verb === 'create' && name === '' && SELF_REVIEWS.has(`${group}/${resource}`),
    requiredPermission: `${resource}:${reads ? 'read' : 'write'}`,
  };
}

function isNamespaceSubresource(parts: readonly string[]): boolean {
  return parts.length === 3 && (parts[2] === 'status' || parts[2] === 'finalize');
}

function verbOf(
  method: string,
  what: { name: string; subresource: string; watch: boolean },
): Verb | undefined {
  if (CONNECT.has(what.subresource.split('/', 1)[0] ?? '')) return 'connect';
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (what.watch && what.subresource === '') return 'watch';
      return what.name === '' ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return what.name === '' ? 'deletecollection' : 'delete';
    default:
      return undefined;
  }
}

function asksToWatch(query: string): boolean {
  const value = new URLSearchParams(query).get('watch');
  return value === 'true' || value === '1' || value === '';
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
