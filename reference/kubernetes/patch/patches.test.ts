import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../errors.ts';
import type { Json, JsonObject } from '../meta/json.ts';
import { schemaOf } from '../schema/schemas.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicMerge } from './strategic-merge.ts';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const object = fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), json) as fc.Arbitrary<JsonObject>;

function withoutNulls(value: Json): Json {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) =>
      item === null || item === undefined ? [] : [[key, withoutNulls(item)]],
    ),
  );
}

describe('JSON patch', () => {
  it('works off all operations', () => {
    const result = applyJsonPatch({ a: { b: [1, 2] }, 'x/y': 1, '~': 2 }, [
      { op: 'test', path: '/a/b/0', value: 1 },
      { op: 'add', path: '/a/b/-', value: 3 },
      { op: 'add', path: '/a/b/0', value: 0 },
      { op: 'replace', path: '/x~1y', value: 9 },
      { op: 'remove', path: '/~0' },
      { op: 'copy', from: '/a/b', path: '/c' },
      { op: 'move', from: '/a', path: '/d' },
    ]);
    expect(result).toEqual({ 'x/y': 9, c: [0, 1, 2, 3], d: { b: [0, 1, 2, 3] } });
  });

  it.each([
    [[{ op: 'remove', path: '/none' }], 422],
    [[{ op: 'replace', path: '/none', value: 1 }], 422],
    [[{ op: 'test', path: '/a', value: 2 }], 422],
    [[{ op: 'add', path: '/l/7', value: 1 }], 422],
    [[{ op: 'add', path: '/l/01', value: 1 }], 422],
    [[{ op: 'remove', path: '/constructor' }], 422],
    [[{ op: 'jump', path: '/a' }], 400],
    [[{ op: 'add', path: '/a' }], 400],
    [[{ op: 'add', path: 'a', value: 1 }], 400],
    [[{ op: 'move', from: '/a', path: '/a/b' }], 400],
    [{}, 400],
    [['x'], 400],
  ])('refuses %j with %i', (patch, code) => {
    const attempt = (): Json => applyJsonPatch({ a: 1, l: [] }, patch as Json);
    expect(attempt).toThrow(ApiError);
    try {
      attempt();
    } catch (error) {
      expect((error as ApiError).code).toBe(code);
    }
  });

  it('does not reach the prototype', () => {
    const result = applyJsonPatch({}, [
      { op: 'add', path: '/__proto__', value: { polluted: true } },
    ]) as JsonObject;
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('replacing the root gives the new document', () => {
    fc.assert(
      fc.property(object, json, (target, value) => {
        expect(applyJsonPatch(target, [{ op: 'replace', path: '', value }])).toEqual(value);
      }),
    );
  });
});

describe('merge patch', () => {
  it('is idempotent and leaves its arguments alone', () => {
    fc.assert(
      fc.property(object, object, (target, patch) => {
        const before = JSON.stringify([target, patch]);
        const once = applyMergePatch(target, patch);
        expect(applyMergePatch(once, patch)).toEqual(once);
        expect(JSON.stringify([target, patch])).toBe(before);
      }),
    );
  });

  it('a patch over nothing is the patch without its nulls', () => {
    fc.assert(
      fc.property(object, (patch) => {
        expect(applyMergePatch({}, patch)).toEqual(withoutNulls(patch));
      }),
    );
  });
});

describe('strategic merge patch', () => {
  const pod = schemaOf('Pod');
  const containers = [
    { name: 'a', image: '1', env: [{ name: 'X', value: '1' }] },
    { name: 'b', image: '1' },
  ];
  const target = {
    metadata: { finalizers: ['x/1', 'x/2'], labels: { a: '1' } },
    spec: { containers, tolerations: [{ key: 'k' }] },
  };
  const patched = (patch: Json): JsonObject => applyStrategicMerge(target as JsonObject, patch, pod);

  it('merges keyed lists item by item', () => {
    const result = patched({
      spec: {
        containers: [
          { name: 'b', image: '2' },
          { name: 'c', image: '3' },
        ],
      },
    });
    expect(result['spec']).toMatchObject({
      containers: [containers[0], { name: 'b', image: '2' }, { name: 'c', image: '3' }],
    });
  });

  it('deletes an item, replaces a list, replaces and deletes an object', () => {
    expect(patched({ spec: { containers: [{ name: 'a', $patch: 'delete' }] } })['spec']).toMatchObject({
      containers: [{ name: 'b' }],
    });
    expect(
      patched({ spec: { containers: [{ $patch: 'replace' }, { name: 'z', image: '9' }] } })['spec'],
    ).toMatchObject({
      containers: [{ name: 'z', image: '9' }],
    });
    expect(patched({ metadata: { labels: { $patch: 'replace', n: 'w' } } })['metadata']).toMatchObject({
      labels: { n: 'w' },
    });
    expect(patched({ metadata: { labels: { $patch: 'delete' } } })['metadata']).not.toHaveProperty('labels');
    expect(patched({ metadata: { labels: { a: null } } })['metadata']).toMatchObject({ labels: {} });
  });

  it('sets of primitives: merge, delete, order', () => {
    expect(patched({ metadata: { finalizers: ['x/3', 'x/1'] } })['metadata']).toMatchObject({
      finalizers: ['x/1', 'x/2', 'x/3'],
    });
    expect(
      patched({ metadata: { '$deleteFromPrimitiveList/finalizers': ['x/1'] } })['metadata'],
    ).toMatchObject({ finalizers: ['x/2'] });
    expect(
      patched({ metadata: { '$setElementOrder/finalizers': ['x/2', 'x/1'] } })['metadata'],
    ).toMatchObject({ finalizers: ['x/2', 'x/1'] });
    const order = {
      spec: {
        '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
        containers: [{ name: 'b', image: '2' }],
      },
    };
    expect(patched(order)['spec']).toMatchObject({ containers: [{ name: 'b', image: '2' }, { name: 'a' }] });
  });

  it('replaces lists without a merge key', () => {
    expect(patched({ spec: { tolerations: [{ key: 'z' }] } })['spec']).toMatchObject({
      tolerations: [{ key: 'z' }],
    });
  });

  it('$retainKeys drops the alternatives', () => {
    const deployment = { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } };
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
    expect(applyStrategicMerge(deployment, patch, schemaOf('Deployment'))['spec']).toEqual({
      strategy: { type: 'Recreate' },
    });
  });

  it.each([
    { spec: { $patch: 'explode' } },
    { spec: { containers: [{ image: 'no key' }] } },
    { spec: { containers: ['text'] } },
    [],
  ])('refuses %j', (patch) => {
    expect(() => patched(patch as Json)).toThrow(ApiError);
  });

  it('without lists it does what a merge patch does', () => {
    const scalar = fc.oneof(fc.string({ maxLength: 3 }), fc.constant(null));
    const labels = fc.dictionary(fc.stringMatching(/^[a-c]{1,2}$/u), scalar);
    fc.assert(
      fc.property(labels, labels, (before, patch) => {
        const start = { metadata: { labels: withoutNulls(before) } };
        const change = { metadata: { labels: patch } };
        expect(applyStrategicMerge(start, change, pod)).toEqual(applyMergePatch(start, change));
      }),
    );
  });
});
