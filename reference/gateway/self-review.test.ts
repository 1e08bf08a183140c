import { describe, expect, test } from 'vitest';
import { parseKubernetesRequest } from '../protocol/kubernetes-request.ts';
import type { ResourceRequest } from '../protocol/kubernetes-request.ts';
import { permits } from '../protocol/permissions.ts';
import type { Principal } from '../protocol/verifier-types.ts';
import { accessQuestion } from './review-request.ts';
import { selfReview } from './self-review.ts';

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';

function principal(...permissions: string[]): Principal {
  return {
    owner: '0xabc',
    kind: permissions.includes('*:*') ? 'admin' : 'user',
    permissions,
  } as unknown as Principal;
}

function wanted(path: string): ResourceRequest {
  return parseKubernetesRequest('POST', path, '') as ResourceRequest;
}

function ask(spec: object, ...permissions: string[]): unknown {
  const body = Buffer.from(JSON.stringify({ kind: 'SelfSubjectAccessReview', spec }));
  const reply = selfReview(
    wanted(`${AUTHORIZATION}/selfsubjectaccessreviews`),
    principal(...permissions),
    body,
    permits,
  );
  const answer = JSON.parse(Buffer.from(reply.body as Uint8Array).toString()) as {
    status: { allowed: boolean };
  };
  return answer.status.allowed;
}

const resource = (verb: string, name: string, group = ''): object => ({
  resourceAttributes: { verb, resource: name, group, namespace: 'default' },
});

describe('may I', () => {
  test.each([
    [resource('get', 'pods'), true],
    [resource('watch', 'pods'), true],
    [resource('create', 'pods'), false],
    [resource('get', 'podtemplates'), false],
    [resource('get', 'pods', 'metrics.k8s.io'), false],
    [resource('get', 'secrets'), false],
    [resource('*', 'pods'), false],
    [resource('get', '*'), false],
    [{ nonResourceAttributes: { path: '/version', verb: 'get' } }, true],
    [{ nonResourceAttributes: { path: '/metrics', verb: 'get' } }, false],
  ])('a user: %j', (spec, allowed) => {
    expect(ask(spec, 'pods:read', 'services:read')).toBe(allowed);
  });

  test.each([
    resource('*', '*'),
    resource('deletecollection', 'secrets'),
    resource('get', 'pods', 'metrics.k8s.io'),
  ])('an administrator: %j', (spec) => {
    expect(ask(spec, '*:*')).toBe(true);
  });
});

const read = (path: string): Record<string, unknown> => {
  const reply = selfReview(wanted(path), principal('pods:read'), new Uint8Array(), permits);
  return JSON.parse(Buffer.from(reply.body as Uint8Array).toString()) as Record<string, unknown>;
};

test('who am I, and what may I do', () => {
  expect(read('/apis/authentication.k8s.io/v1/selfsubjectreviews')).toMatchObject({
    status: { userInfo: { username: '0xabc', groups: ['daas:users', 'system:authenticated'] } },
  });
  expect(read(`${AUTHORIZATION}/selfsubjectrulesreviews`)).toMatchObject({
    status: { resourceRules: [{ resources: ['pods'], verbs: ['get', 'list', 'watch'] }] },
  });
});

const field = (number: number, value: Uint8Array | string): Buffer => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
};

describe("kubectl's protobuf", () => {
  const attributes = Buffer.concat([field(1, 'default'), field(2, 'list'), field(4, 'v1'), field(5, 'pods')]);
  const review = field(2, field(1, attributes));
  const body = Buffer.concat([
    Buffer.from('k8s\0'),
    field(1, field(2, 'SelfSubjectAccessReview')),
    field(2, review),
  ]);

  test('is understood', () => {
    expect(accessQuestion(body)).toEqual({
      resource: {
        namespace: 'default',
        verb: 'list',
        group: '',
        version: 'v1',
        resource: 'pods',
        subresource: '',
        name: '',
      },
    });
  });

  test('broken in any place it is 400 or another question, never a crash', () => {
    for (let length = 4; length < body.length; length++) {
      const question = (): unknown => accessQuestion(body.subarray(0, length));
      try {
        question();
      } catch (error) {
        expect(error).toMatchObject({ http: 400 });
      }
    }
  });
});

test.each(['', '[]', '{}', '{"spec":3}', '{"spec":{"resourceAttributes":{"verb":1}}}', '{"spec":{}}'])(
  'the body %j is 400',
  (body) => {
    expect(() => accessQuestion(Buffer.from(body))).toThrow(expect.objectContaining({ http: 400 }));
  },
);
