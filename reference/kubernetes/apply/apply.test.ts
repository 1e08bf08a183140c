import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../meta/json.ts';
import type { ManagedFieldsEntry } from '../meta/objects.ts';
import { schemaOf } from '../schema/schemas.ts';
import type { Harness } from '../testing/harness.ts';
import { makeHarness } from '../testing/harness.ts';
import { difference, fromFieldsV1, intersection, isEmpty, toFieldsV1, union } from './field-set.ts';
import { compare, setOf } from './typed.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const POD = '/api/v1/namespaces/default/pods/web';

function applier({ call }: Harness, path: string, kind: string) {
  return (manager: string, config: JsonObject, query = '') =>
    call(
      'PATCH',
      `${path}?fieldManager=${manager}${query}`,
      { apiVersion: 'v1', kind, ...config },
      { contentType: 'application/apply-patch+yaml' },
    );
}

const managed = (body: JsonObject): ManagedFieldsEntry[] =>
  (body['metadata'] as unknown as { managedFields?: ManagedFieldsEntry[] }).managedFields ?? [];

const container = (name: string, more: object = {}): JsonObject => ({ name, image: 'i:1', ...more });

describe('server-side apply', () => {
  it('creates, then changes, and takes away what it no longer names', async () => {
    const apply = applier(await makeHarness(), `${MAPS}/a`, 'ConfigMap');
    expect((await apply('one', { data: { x: '1', y: '2' } })).status).toBe(201);
    const second = await apply('one', { data: { y: '3' } });
    expect(second).toMatchObject({ status: 200, body: { data: { y: '3' } } });
    expect(second.body['data']).not.toHaveProperty('x');
    expect(managed(second.body)).toMatchObject([
      { manager: 'one', operation: 'Apply', fieldsV1: { 'f:data': { 'f:y': {} } } },
    ]);
  });

  it('the same again changes nothing', async () => {
    const harness = await makeHarness();
    const apply = applier(harness, `${MAPS}/a`, 'ConfigMap');
    await apply('one', { data: { x: '1' } });
    const { revision } = harness.store;
    harness.clock.advance(5000);
    await apply('one', { data: { x: '1' } });
    expect(harness.store.revision).toBe(revision);
  });

  it('a field of somebody else is a conflict with a cause, unless it is the same or forced', async () => {
    const apply = applier(await makeHarness(), `${MAPS}/a`, 'ConfigMap');
    await apply('one', { data: { x: '1', y: '1' } });
    expect((await apply('two', { data: { x: '2' } })).body).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "one": .data.x',
      details: {
        causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.x' }],
      },
    });
    expect((await apply('two', { data: { x: '2', y: '2' } })).body).toMatchObject({
      message: 'Apply failed with 2 conflicts: conflicts with "one":\n- .data.x\n- .data.y',
    });
    expect((await apply('two', { data: { y: '1' } })).status).toBe(200);
    const forced = await apply('two', { data: { x: '2', y: '1' } }, '&force=true');
    expect(forced.body).toMatchObject({ data: { x: '2', y: '1' } });
    expect(managed(forced.body).map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
      ['one', { 'f:data': { 'f:y': {} } }],
      ['two', { 'f:data': { 'f:x': {}, 'f:y': {} } }],
    ]);
    // y is shared: it stays when one of its two owners lets go.
    expect((await apply('two', { data: { x: '2' } })).body).toMatchObject({ data: { x: '2', y: '1' } });
  });

  it('an ordinary write takes fields over and conflicts with apply', async () => {
    const harness = await makeHarness();
    const apply = applier(harness, `${MAPS}/a`, 'ConfigMap');
    await apply('one', { data: { x: '1' } });
    const { body } = await harness.call('PATCH', `${MAPS}/a?fieldManager=editor`, { data: { x: '9' } });
    expect(managed(body)).toMatchObject([
      { manager: 'editor', operation: 'Update', fieldsV1: { 'f:data': { 'f:x': {} } } },
    ]);
    expect((await apply('one', { data: { x: '1' } })).body).toMatchObject({
      code: 409,
      details: {
        causes: [{ message: 'conflict with "editor" using v1', field: '.data.x' }],
      },
    });
  });

  it('kubectl takes over what its client-side apply set, as long as nobody changed it since', async () => {
    const harness = await makeHarness();
    const key = 'kubectl.kubernetes.io/last-applied-configuration';
    const made = (data: object): JsonObject => ({
      metadata: { name: 'a', annotations: { [key]: JSON.stringify({ metadata: { name: 'a' }, data }) } },
      data: { ...data },
    });
    await harness.call('POST', `${MAPS}?fieldManager=kubectl-client-side-apply`, made({ x: '1', y: '1' }));
    const apply = applier(harness, `${MAPS}/a`, 'ConfigMap');
    expect((await apply('other', { data: { x: '2' } })).status).toBe(409);
    const taken = await apply('kubectl', { data: { x: '2' } });
    expect(taken).toMatchObject({ status: 200, body: { data: { x: '2', y: '1' } } });
    const { annotations = {} } = taken.body['metadata'] as unknown as {
      annotations?: Record<string, string>;
    };
    expect(JSON.parse(annotations[key] ?? '')).toMatchObject({ data: { x: '2' } });
    await harness.call('PATCH', `${MAPS}/a?fieldManager=editor`, { data: { x: '3' } });
    expect((await apply('kubectl', { data: { x: '2' } })).status).toBe(409);
    await harness.call('PATCH', `${MAPS}/a`, { metadata: { annotations: { [key]: 'no JSON' } } });
    expect((await apply('kubectl', { data: { x: '2' } })).status).toBe(409);
  });

  it('a write may hand fields to another manager, or forget all managers', async () => {
    const harness = await makeHarness();
    const { body } = await harness.call('POST', `${MAPS}?fieldManager=one`, {
      metadata: { name: 'a' },
      data: { x: '1', y: '1' },
    });
    const write = (managedFields: unknown) =>
      harness.call('PATCH', `${MAPS}/a?fieldManager=editor`, { metadata: { managedFields } } as JsonObject);
    const [entry] = managed(body);
    const handed = await write([{ ...entry, manager: 'two', operation: 'Apply' }]);
    expect(managed(handed.body)).toMatchObject([{ manager: 'two', operation: 'Apply' }]);
    const pruned = await applier(harness, `${MAPS}/a`, 'ConfigMap')('two', { data: { x: '1' } });
    expect(pruned.body['data']).toEqual({ x: '1' });
    expect(managed((await write([{ ...entry, operation: 'Guess' }])).body)).toMatchObject([
      { manager: 'two' },
    ]);
    expect(managed((await write([])).body)).toMatchObject([{ manager: 'two' }]);
    expect(managed((await write([{}])).body)).toEqual([]);
  });

  it('knows items of lists by their keys', async () => {
    const harness = await makeHarness();
    const apply = applier(harness, POD, 'Pod');
    const first = await apply('one', {
      spec: { containers: [container('a', { ports: [{ containerPort: 80 }] })] },
    });
    expect(managed(first.body)[0]?.fieldsV1).toMatchObject({
      'f:spec': {
        'f:containers': {
          'k:{"name":"a"}': {
            '.': {},
            'f:image': {},
            'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
          },
        },
      },
    });
    expect(
      (
        await apply('two', {
          metadata: { labels: { x: 'y' } },
          spec: { containers: [{ name: 'a', image: 'i:2' }] },
        })
      ).body,
    ).toMatchObject({
      details: { causes: [{ field: '.spec.containers[name="a"].image' }] },
    });
  });

  it('status and the rest have their own entries', async () => {
    const harness = await makeHarness();
    const apply = applier(harness, POD, 'Pod');
    await apply('one', { spec: { containers: [{ name: 'a', image: 'i:1' }] } });
    const status = await applier(harness, `${POD}/status`, 'Pod')('agent', { status: { phase: 'Running' } });
    expect(status.body).toMatchObject({
      status: { phase: 'Running' },
      spec: { containers: [{ name: 'a' }] },
    });
    expect(managed(status.body).find(({ manager }) => manager === 'agent')).toMatchObject({
      subresource: 'status',
      fieldsV1: { 'f:status': { 'f:phase': {} } },
    });
  });

  it('refuses what cannot be applied', async () => {
    const harness = await makeHarness();
    const apply = applier(harness, `${MAPS}/a`, 'ConfigMap');
    expect(
      (await harness.call('PATCH', `${MAPS}/a`, {}, { contentType: 'application/apply-patch+yaml' })).status,
    ).toBe(422);
    expect((await apply('one', { metadata: { name: 'b' } })).status).toBe(400);
    expect((await apply('one', { metadata: { managedFields: [{}] } })).status).toBe(400);
    expect((await apply('one', { dato: {} }, '&fieldValidation=Strict')).status).toBe(400);
    expect((await apply('one', { data: { 'a b': '1' } })).status).toBe(422);
  });

  it('N managers at once all get through', async () => {
    const apply = applier(await makeHarness(), `${MAPS}/a`, 'ConfigMap');
    const managers = Array.from({ length: 20 }, (_, index) => `m${index}`);
    const answers = await Promise.all(
      managers.map((manager) => apply(manager, { data: { [manager]: '1' } })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
    const { body } = await apply('m0', { data: { m0: '1' } });
    expect(Object.keys(body['data'] as object)).toHaveLength(20);
  });
});

describe('field sets', () => {
  const schema = schemaOf('ConfigMap');
  const data = fc.dictionary(fc.stringMatching(/^[a-d]{1,2}$/u), fc.string({ maxLength: 1 }));

  it('survive their FieldsV1 form, and behave as sets', () => {
    fc.assert(
      fc.property(data, data, (left, right) => {
        const [one, two] = [setOf({ data: left }, schema), setOf({ data: right }, schema)];
        expect(toFieldsV1(fromFieldsV1(toFieldsV1(one)))).toEqual(toFieldsV1(one));
        expect(isEmpty(difference(one, union(one, two)))).toBe(true);
        expect(isEmpty(intersection(difference(one, two), two))).toBe(true);
      }),
    );
  });

  it('a comparison accounts for every difference', () => {
    fc.assert(
      fc.property(data, data, (left, right) => {
        const { changed, removed } = compare(
          { data: { '': '', ...left } },
          { data: { '': '', ...right } },
          schema,
        );
        const keys = (set: typeof changed): string[] =>
          [...(set.children.get('f:data')?.children.keys() ?? [])].map((key) => key.slice(2)).toSorted();
        expect(keys(changed)).toEqual(
          Object.keys(right)
            .filter((key) => right[key] !== left[key])
            .toSorted(),
        );
        expect(keys(removed)).toEqual(
          Object.keys(left)
            .filter((key) => !(key in right))
            .toSorted(),
        );
      }),
    );
  });
});
