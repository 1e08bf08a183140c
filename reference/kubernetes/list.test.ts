import { describe, expect, it } from 'vitest';
import { ManualClock } from '../protocol/clock.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { JsonObject } from './meta/json.ts';
import type { CallOptions, Harness } from './testing/harness.ts';
import { configMap, makeHarness, START_MS } from './testing/harness.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';

async function withMaps(count: number): Promise<Harness> {
  const harness = await makeHarness();
  for (let index = 0; index < count; index++) {
    await harness.call(
      'POST',
      MAPS,
      configMap(`m${index}`, {}, { labels: { odd: String(index % 2 === 1) } }),
    );
  }
  return harness;
}

/** A store that forgets nearly everything at once. */
const forgetful = () =>
  new MemoryStore({ clock: new ManualClock(START_MS), sweepIntervalMs: 0, history: { changes: 4 } });

interface ListMeta {
  resourceVersion: string;
  continue?: string;
  remainingItemCount?: number;
}
const metaOf = ({ body }: { body: JsonObject }): ListMeta => body['metadata'] as unknown as ListMeta;
const namesOf = ({ body }: { body: JsonObject }): string[] =>
  (body['items'] as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name);

const as = (kind: string, version: string): CallOptions => ({
  headers: { accept: `application/json;as=${kind};v=${version};g=meta.k8s.io,application/json` },
});

describe('list', () => {
  it('pages share one resourceVersion, whatever is written in between', async () => {
    const { call } = await withMaps(5);
    const first = await call('GET', `${MAPS}?limit=2`);
    expect(metaOf(first).remainingItemCount).toBe(3);
    await call('DELETE', `${MAPS}/m3`);
    await call('POST', MAPS, configMap('m21'));
    const second = await call('GET', `${MAPS}?limit=2&continue=${metaOf(first).continue}`);
    const third = await call('GET', `${MAPS}?limit=2&continue=${metaOf(second).continue}`);
    expect([first, second, third].flatMap(namesOf)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4']);
    expect(metaOf(third)).toEqual({ resourceVersion: metaOf(first).resourceVersion });
    expect(metaOf(second).resourceVersion).toBe(metaOf(first).resourceVersion);
  });

  it('limit counts what the selector lets through', async () => {
    const { call } = await withMaps(6);
    const page = await call('GET', `${MAPS}?limit=2&labelSelector=odd%3Dtrue`);
    expect(namesOf(page)).toEqual(['m1', 'm3']);
    expect(metaOf(page).remainingItemCount).toBeUndefined();
    expect(
      namesOf(
        await call('GET', `${MAPS}?limit=2&labelSelector=odd%3Dtrue&continue=${metaOf(page).continue}`),
      ),
    ).toEqual(['m5']);
    expect(namesOf(await call('GET', `${MAPS}?fieldSelector=metadata.name%3Dm4`))).toEqual(['m4']);
  });

  it('a continue token of a forgotten revision: 410 with one that goes on', async () => {
    const { call } = await makeHarness({ store: forgetful() });
    for (const name of ['a', 'b', 'c']) await call('POST', MAPS, configMap(name));
    const page = await call('GET', `${MAPS}?limit=1`);
    for (let index = 0; index < 20; index++) await call('PATCH', `${MAPS}/a`, { data: { x: String(index) } });
    const stale = await call('GET', `${MAPS}?limit=1&continue=${metaOf(page).continue}`);
    expect(stale).toMatchObject({ status: 410, body: { reason: 'Expired' } });
    expect(namesOf(await call('GET', `${MAPS}?continue=${metaOf(stale).continue}`))).toEqual(['b', 'c']);
    expect((await call('GET', `${MAPS}?resourceVersion=1&resourceVersionMatch=Exact`)).body).toMatchObject({
      code: 410,
      reason: 'Expired',
    });
  });

  it('reads at, or not before, a resourceVersion', async () => {
    const { call, store } = await withMaps(1);
    const revision = store.revision;
    await call('DELETE', `${MAPS}/m0`);
    expect(
      namesOf(await call('GET', `${MAPS}?resourceVersion=${revision}&resourceVersionMatch=Exact`)),
    ).toEqual(['m0']);
    expect(
      namesOf(await call('GET', `${MAPS}?resourceVersion=${revision}&resourceVersionMatch=NotOlderThan`)),
    ).toEqual([]);
    expect((await call('GET', `${MAPS}?resourceVersion=${revision + 50}`)).body).toMatchObject({
      code: 504,
      reason: 'Timeout',
      details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 },
    });
  });

  it.each([
    'continue=%7B%7D',
    'labelSelector=%3D',
    'fieldSelector=spec.x%3D1',
    'limit=many',
    'resourceVersion=x',
  ])('400 for %s', async (query) => {
    const { call } = await makeHarness();
    expect((await call('GET', `${MAPS}?${query}`)).body).toMatchObject({ code: 400, reason: 'BadRequest' });
  });

  it('as a table, and as metadata alone', async () => {
    const { call, clock } = await withMaps(1);
    clock.advance(125_000);
    for (const version of ['v1', 'v1beta1']) {
      expect((await call('GET', MAPS, undefined, as('Table', version))).body).toMatchObject({
        kind: 'Table',
        apiVersion: `meta.k8s.io/${version}`,
        columnDefinitions: [{ name: 'Name' }, { name: 'Data' }, { name: 'Age' }],
        rows: [
          { cells: ['m0', 0, '2m5s'], object: { kind: 'PartialObjectMetadata', metadata: { name: 'm0' } } },
        ],
      });
    }
    expect(
      (await call('GET', `${MAPS}/m0?includeObject=Object`, undefined, as('Table', 'v1'))).body,
    ).toMatchObject({ rows: [{ object: { kind: 'ConfigMap' } }] });
    const { body } = await call('GET', MAPS, undefined, as('PartialObjectMetadataList', 'v1'));
    expect(body).toMatchObject({
      kind: 'PartialObjectMetadataList',
      items: [{ kind: 'PartialObjectMetadata' }],
    });
  });
});

describe('events', () => {
  it('are one set of objects in two groups', async () => {
    const { call } = await makeHarness();
    const core = '/api/v1/namespaces/default/events';
    const grouped = '/apis/events.k8s.io/v1/namespaces/default/events';
    const event = {
      metadata: { name: 'e1' },
      involvedObject: { kind: 'Pod', name: 'web', namespace: 'default' },
      reason: 'R',
      message: 'text',
      type: 'Normal',
      source: { component: 'c' },
    };
    expect((await call('POST', core, event)).status).toBe(201);
    expect((await call('GET', `${grouped}/e1`)).body).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      regarding: { name: 'web' },
      note: 'text',
      deprecatedSource: { component: 'c' },
    });
    expect((await call('GET', `${grouped}/e1`)).body).not.toHaveProperty('message');
    await call('POST', grouped, {
      metadata: { name: 'e2' },
      regarding: { kind: 'Node', name: 'n', namespace: 'default' },
      note: 'n',
      eventTime: '2026-01-01T00:00:00.000000Z',
    });
    expect((await call('GET', `${core}/e2`)).body).toMatchObject({
      apiVersion: 'v1',
      involvedObject: { name: 'n' },
      message: 'n',
    });
    expect(
      namesOf(await call('GET', `${core}?fieldSelector=involvedObject.kind%3DPod,involvedObject.name%3Dweb`)),
    ).toEqual(['e1']);
    expect(namesOf(await call('GET', `${grouped}?fieldSelector=regarding.kind%3DNode`))).toEqual(['e2']);
    expect(
      (
        await call('POST', core, {
          ...event,
          metadata: { name: 'e3' },
          involvedObject: { namespace: 'other' },
        })
      ).status,
    ).toBe(422);
  });
});
