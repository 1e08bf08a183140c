import type { ResourceRequest } from '../protocol/kubernetes-request.ts';
import type { Permission } from '../protocol/permissions.ts';
import type { Principal } from '../protocol/verifier-types.ts';
import { json } from './http/reply.ts';
import type { Reply } from './http/types.ts';
import { accessQuestion } from './review-request.ts';
import type { AccessQuestion } from './review-request.ts';

type Permits = (held: readonly string[], required: Permission) => boolean;

const READS = new Set(['get', 'list', 'watch']);
const WRITES = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const OPEN_PATHS = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi/*',
  '/readyz',
  '/version',
];

/**
 * Answers `kubectl auth can-i`, `can-i --list` and `whoami` from the token's permissions: nothing is
 * changed by asking, so nothing goes on chain.
 */
export function selfReview(
  wanted: ResourceRequest,
  principal: Principal,
  body: Uint8Array,
  permits: Permits,
): Reply {
  switch (wanted.resource) {
    case 'selfsubjectreviews':
      return review('authentication.k8s.io', wanted.version, 'SelfSubjectReview', {
        userInfo: { username: principal.owner, groups: groupsOf(principal) },
      });
    case 'selfsubjectrulesreviews':
      return review('authorization.k8s.io', wanted.version, 'SelfSubjectRulesReview', rulesOf(principal));
    default: {
      const question = accessQuestion(body);
      const allowed = mayDo(question, principal.permissions, permits);
      return review(
        'authorization.k8s.io',
        wanted.version,
        'SelfSubjectAccessReview',
        { allowed },
        specOf(question),
      );
    }
  }
}

/** Groups under which somebody is known to the Kubernetes API. */
export function groupsOf(principal: Principal): string[] {
  return [principal.kind === 'admin' ? 'daas:admins' : 'daas:users', 'system:authenticated'];
}

function mayDo(question: AccessQuestion, held: readonly string[], permits: Permits): boolean {
  const { resource, nonResource } = question;
  if (nonResource !== undefined) {
    if (nonResource.verb !== 'get') return false;
    return OPEN_PATHS.some((path) =>
      path.endsWith('*') ? nonResource.path.startsWith(path.slice(0, -1)) : nonResource.path === path,
    );
  }
  if (resource === undefined) return false;
  // What a request never carries as a resource or verb is held by the administrator alone.
  if (resource.resource === '' || resource.resource === '*') return held.includes('*:*');
  const full = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`;
  if (READS.has(resource.verb)) return permits(held, `${full}:read`);
  if (WRITES.has(resource.verb)) return permits(held, `${full}:write`);
  return held.includes('*:*');
}

function rulesOf(principal: Principal): object {
  const resourceRules = principal.permissions.map((permission) => {
    const [resource = '', mode = ''] = permission.split(':', 2);
    const verbs = mode === '*' ? ['*'] : [...(mode === 'read' ? READS : WRITES)];
    return { verbs, apiGroups: [resource === '*' ? '*' : ''], resources: [resource] };
  });
  return {
    resourceRules,
    nonResourceRules: [{ verbs: ['get'], nonResourceURLs: OPEN_PATHS }],
    incomplete: false,
  };
}

function specOf({ resource, nonResource }: AccessQuestion): object {
  return {
    ...(resource && { resourceAttributes: filled(resource) }),
    ...(nonResource && { nonResourceAttributes: filled(nonResource) }),
  };
}

function filled(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, text]) => text !== ''));
}

function review(group: string, version: string, kind: string, status: object, spec: object = {}): Reply {
  const withSpec = kind === 'SelfSubjectReview' ? {} : { spec };
  return json(201, {
    kind,
    apiVersion: `${group}/${version}`,
    metadata: { creationTimestamp: null },
    ...withSpec,
    status,
  });
}
