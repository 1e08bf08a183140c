/** A node's request, after the join token was recognised. */
export interface NodeRequest {
  nodeId: string;
  method: string;
  /** Canonical path, no query. */
  path: string;
  query: string;
  /** JSON text of the body; only looked at where an object is created. */
  body: Uint8Array;
}

export interface NodeAuthorizerSeams {
  /** Node that a pod is bound to; undefined when there is no such pod or it is not bound. */
  nodeOfPod: (namespace: string, name: string) => Promise<string | undefined>;
}

const READ = new Set(['GET', 'HEAD']);
const UPDATE = new Set(['GET', 'PUT', 'PATCH']);
const DISCOVERY = /^\/(?:api|apis|version|openapi)(?:\/|$)/;
const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const EVENTS = /^\/(?:api\/v1|apis\/events\.k8s\.io\/v1)\/namespaces\/[^/]+\/events(?:\/[^/]+)?$/;
const PODS = /^\/api\/v1\/(?:namespaces\/([^/]+)\/)?pods(?:\/([^/]+)(?:\/([^/]+))?)?$/;

/**
 * Whether a node may do this. A node touches its own Node object, its lease in kube-node-lease and
 * the pods bound to it, whose log lines it hands in; it may create events. Everything else is refused.
 */
export async function nodeMay(request: NodeRequest, seams: NodeAuthorizerSeams): Promise<boolean> {
  const { nodeId, method, path } = request;
  const pods = PODS.exec(path);
  if (pods !== null) return await nodeMayPods(request, pods, seams);
  if (path === '/api/v1/nodes') return mayCollection(request);
  if (path === `/api/v1/nodes/${nodeId}` || path === `/api/v1/nodes/${nodeId}/status`) {
    return UPDATE.has(method);
  }
  if (path === LEASES) return mayCollection(request);
  if (path === `${LEASES}/${nodeId}`) return UPDATE.has(method) || method === 'DELETE';
  if (EVENTS.test(path)) return method === 'POST' || method === 'PATCH';
  return READ.has(method) && DISCOVERY.test(path) && isDiscovery(path);
}

async function nodeMayPods(
  request: NodeRequest,
  match: RegExpExecArray,
  seams: NodeAuthorizerSeams,
): Promise<boolean> {
  const [, namespace, name, subresource] = match;
  const { nodeId, method } = request;
  if (name === undefined) return READ.has(method) && selects(request.query, 'spec.nodeName', nodeId);
  if (namespace === undefined) return false;
  const allowed =
    subresource === undefined
      ? READ.has(method) || method === 'DELETE'
      : (subresource === 'status' && UPDATE.has(method)) || (subresource === 'log' && method === 'POST');
  return allowed && (await seams.nodeOfPod(namespace, name)) === nodeId;
}

/** A collection may be read through a selector for the node's own object, and get that object created. */
function mayCollection({ nodeId, method, query, body }: NodeRequest): boolean {
  if (READ.has(method)) return selects(query, 'metadata.name', nodeId);
  return method === 'POST' && nameIn(body) === nodeId;
}

/** True when the field selector pins `field` to `value` (further terms only narrow it). */
function selects(query: string, field: string, value: string): boolean {
  const selectors = new URLSearchParams(query).getAll('fieldSelector');
  if (selectors.length !== 1) return false;
  return selectors[0]!
    .split(',')
    .some((term) => term === `${field}=${value}` || term === `${field}==${value}`);
}

function nameIn(body: Uint8Array): unknown {
  try {
    const object = JSON.parse(Buffer.from(body).toString('utf8')) as { metadata?: { name?: unknown } } | null;
    return object?.metadata?.name;
  } catch {
    return undefined;
  }
}

/** Discovery documents, never a resource: /api, /api/v1, /apis, /apis/group, /apis/group/version. */
function isDiscovery(path: string): boolean {
  if (path.startsWith('/openapi') || path === '/version') return true;
  const depth = path.split('/').filter((part) => part !== '').length;
  return path.startsWith('/apis') ? depth <= 3 : depth <= 2;
}
