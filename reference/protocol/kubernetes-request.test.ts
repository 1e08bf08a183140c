import { expect, test } from 'vitest';
import { parseKubernetesRequest } from './kubernetes-request.ts';
import { permits } from './permissions.ts';

test.each([
  // method, path, query, verb, namespace, resource, name, subresource, permission
  ['GET', '/api/v1/pods', '', 'list', '', 'pods', '', '', 'pods:read'],
  ['GET', '/api/v1/pods', 'watch=true', 'watch', '', 'pods', '', '', 'pods:read'],
  ['GET', '/api/v1/pods', 'watch=false', 'list', '', 'pods', '', '', 'pods:read'],
  ['HEAD', '/api/v1/namespaces/a/pods/b', '', 'get', 'a', 'pods', 'b', '', 'pods:read'],
  ['GET', '/api/v1/watch/namespaces/a/pods', '', 'watch', 'a', 'pods', '', '', 'pods:read'],
  ['GET', '/api/v1/namespaces/a/pods/b/log', 'container=c', 'get', 'a', 'pods', 'b', 'log', 'pods:read'],
  ['GET', '/api/v1/namespaces/a/pods/b/exec', '', 'connect', 'a', 'pods', 'b', 'exec', 'pods:write'],
  [
    'POST',
    '/api/v1/namespaces/a/pods/b/proxy/x/y',
    '',
    'connect',
    'a',
    'pods',
    'b',
    'proxy/x/y',
    'pods:write',
  ],
  ['POST', '/api/v1/namespaces/a/secrets', 'dryRun=All', 'create', 'a', 'secrets', '', '', 'secrets:write'],
  [
    'PUT',
    '/apis/apps/v1/namespaces/a/deployments/b/scale',
    '',
    'update',
    'a',
    'deployments',
    'b',
    'scale',
    'deployments:write',
  ],
  [
    'PATCH',
    '/apis/apps/v1/namespaces/a/deployments/b',
    '',
    'patch',
    'a',
    'deployments',
    'b',
    '',
    'deployments:write',
  ],
  ['DELETE', '/api/v1/namespaces/a/pods/b', '', 'delete', 'a', 'pods', 'b', '', 'pods:write'],
  ['DELETE', '/api/v1/namespaces/a/pods', '', 'deletecollection', 'a', 'pods', '', '', 'pods:write'],
  ['GET', '/api/v1/namespaces', '', 'list', '', 'namespaces', '', '', 'namespaces:read'],
  ['GET', '/api/v1/namespaces/a', '', 'get', 'a', 'namespaces', 'a', '', 'namespaces:read'],
  ['PUT', '/api/v1/namespaces/a/status', '', 'update', 'a', 'namespaces', 'a', 'status', 'namespaces:write'],
  ['GET', '/api/v1/nodes/n/', '', 'get', '', 'nodes', 'n', '', 'nodes:read'],
])('%s %s?%s', (method, path, query, verb, namespace, resource, name, subresource, requiredPermission) => {
  const request = parseKubernetesRequest(method, path, query);
  expect(request).toMatchObject({
    kind: 'resource',
    verb,
    namespace,
    resource,
    name,
    subresource,
    requiredPermission,
  });
  expect(request).toHaveProperty('mutating', !['get', 'list', 'watch'].includes(verb));
});

test.each([
  '/',
  '/api',
  '/api/v1',
  '/apis',
  '/apis/apps',
  '/apis/apps/v1',
  '/version',
  '/openapi/v3',
  '/healthz',
])('%s names no resource', (path) => {
  expect(parseKubernetesRequest('GET', path, '')).toEqual({ kind: 'nonResource', path });
});

test('a method that the API does not know', () => {
  expect(parseKubernetesRequest('TRACE', '/api/v1/pods', '')).toBeUndefined();
});

function review(resource: string) {
  return parseKubernetesRequest('POST', `/apis/authorization.k8s.io/v1/${resource}`, '');
}

test('a review of the own rights is marked, that of others is not', () => {
  expect(review('selfsubjectaccessreviews')).toMatchObject({ selfReview: true });
  expect(review('subjectaccessreviews')).toMatchObject({ selfReview: false });
});

test.each([
  [['pods:read'], 'pods:read', true],
  [['pods:write'], 'pods:read', false],
  [['pods:read'], 'pods:write', false],
  [['pod:read', 'pods:reads', 'pods'], 'pods:read', false],
  [['pods:*', '*:read', '*'], 'pods:read', false],
  [['*:*'], 'secrets:write', true],
  [['secret:read'], 'secrets:read', false],
  [[], 'pods:read', false],
] as const)('%j for %s: %s', (held, required, permitted) => {
  expect(permits(held, required)).toBe(permitted);
});
