/** Where in the API a path points. */
export interface ResourcePath {
  group: string;
  version: string;
  plural: string;
  /** Empty for cluster-scoped resources and for lists across namespaces. */
  namespace: string;
  /** Empty for collections. */
  name: string;
  /** Such as `status`; empty for none. */
  subresource: string;
}

/** Reads `/api/v1/…` and `/apis/<group>/<version>/…`; undefined when the path is neither or is malformed. */
export function parseResourcePath(path: string): ResourcePath | undefined {
  const raw = path.split('/').slice(1);
  if (raw.length > 12) return undefined;
  const segments: string[] = [];
  for (const segment of raw) {
    const decoded = decode(segment);
    if (decoded === undefined || decoded === '') return undefined;
    segments.push(decoded);
  }
  const root = segments.shift();
  if (root !== 'api' && root !== 'apis') return undefined;
  const group = root === 'api' ? '' : (segments.shift() ?? '');
  const version = segments.shift();
  if (version === undefined || segments.length === 0) return undefined;
  let namespace = '';
  // namespaces/<ns>/status and /finalize are subresources of the namespace itself.
  if (
    segments[0] === 'namespaces' &&
    segments.length > 2 &&
    !(segments.length === 3 && (segments[2] === 'status' || segments[2] === 'finalize'))
  ) {
    namespace = segments[1] ?? '';
    segments.splice(0, 2);
  }
  const [plural = '', name = '', ...rest] = segments;
  if (rest.length > 1) return undefined;
  return { group, version, plural, namespace, name, subresource: rest[0] ?? '' };
}

function decode(segment: string): string | undefined {
  try {
    const text = decodeURIComponent(segment);
    // No name in Kubernetes may hold these, and a store key must not be steered by them.
    return text === '.' || text === '..' || text.includes('/') || text.includes('%') ? undefined : text;
  } catch {
    return undefined;
  }
}
