import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../protocol/clock.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { JsonObject } from './meta/json.ts';
import type { Harness, WatchedEvent } from './testing/harness.ts';
import { configMap, makeHarness, podManifest, START_MS } from './testing/harness.ts';

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

async function take(events: AsyncGenerator<WatchedEvent>, count: number): Promise<[string, string][]> {
  const seen: [string, string][] = [];
  while (seen.length < count) {
    const { value, done } = await events.next();
    if (done === true) throw new Error(`the watch ended after ${seen.length} events`);
    seen.push([value.type, value.object.metadata.name ?? '']);
  }
  return seen;
}

describe('watch', () => {
  it('sends its headers before anything happens', async () => {
    const { api } = await makeHarness();
    const end = new AbortController();
    const { body } = await api.handle({
      method: 'GET',
      path: MAPS,
      query: 'watch=1',
      headers: {},
      body: new Uint8Array(0),
      user: { name: 'a', groups: [] },
      signal: end.signal,
      requestId: 'r',
    });
    const chunks = (body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    expect((await chunks.next()).value).toHaveLength(0);
    const pending = chunks.next();
    end.abort();
    expect((await pending).done).toBe(true);
  });

  it('misses nothing between a list and a watch', async () => {
    const { call, watch } = await withMaps(1);
    const { resourceVersion } = metaOf(await call('GET', MAPS));
    await call('POST', MAPS, configMap('late'));
    await call('PATCH', `${MAPS}/late`, { data: { x: '1' } });
    await call('DELETE', `${MAPS}/m0`);
    const events = await watch(`${MAPS}?watch=1&resourceVersion=${resourceVersion}`);
    expect(await take(events, 3)).toEqual([
      ['ADDED', 'late'],
      ['MODIFIED', 'late'],
      ['DELETED', 'm0'],
    ]);
  });

  it('an object that leaves the selection is DELETED, one that enters it ADDED', async () => {
    const { call, watch, store } = await withMaps(2);
    const events = await watch(`${MAPS}?watch=1&resourceVersion=${store.revision}&labelSelector=odd%3Dtrue`);
    await call('PATCH', `${MAPS}/m0`, { metadata: { labels: { odd: 'true' } } });
    await call('PATCH', `${MAPS}/m1`, { metadata: { labels: { odd: 'false' } } });
    await call('PATCH', `${MAPS}/m1`, { data: { unseen: 'x' } });
    await call('DELETE', `${MAPS}/m0`);
    expect(await take(events, 3)).toEqual([
      ['ADDED', 'm0'],
      ['DELETED', 'm1'],
      ['DELETED', 'm0'],
    ]);
  });

  it('of one name does not see names that begin like it, nor other namespaces', async () => {
    const { call, watch, store } = await withMaps(0);
    const events = await watch(
      `${MAPS}?watch=1&resourceVersion=${store.revision}&fieldSelector=metadata.name%3Dweb`,
    );
    await call('POST', MAPS, configMap('web-2'));
    await call('POST', '/api/v1/namespaces/kube-system/configmaps', configMap('web'));
    await call('POST', MAPS, configMap('web'));
    expect((await events.next()).value).toMatchObject({
      type: 'ADDED',
      object: { metadata: { name: 'web', namespace: 'default' } },
    });
  });

  it('without a resourceVersion begins with what is there', async () => {
    const { call, watch } = await withMaps(2);
    const events = await watch(`${MAPS}?watch=1`);
    await call('DELETE', `${MAPS}/m0`);
    expect(await take(events, 3)).toEqual([
      ['ADDED', 'm0'],
      ['ADDED', 'm1'],
      ['DELETED', 'm0'],
    ]);
  });

  it('sendInitialEvents ends them with an annotated bookmark', async () => {
    const { watch, store } = await withMaps(1);
    const events = await watch(
      `${MAPS}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    );
    expect((await events.next()).value).toMatchObject({ type: 'ADDED' });
    expect((await events.next()).value).toEqual({
      type: 'BOOKMARK',
      object: {
        kind: 'ConfigMap',
        apiVersion: 'v1',
        metadata: {
          resourceVersion: String(store.revision),
          creationTimestamp: null,
          annotations: { 'k8s.io/initial-events-end': 'true' },
        },
      },
    });
  });

  it('too old a resourceVersion is an ERROR event and the end', async () => {
    const { call, watch } = await makeHarness({ store: forgetful() });
    await call('POST', MAPS, configMap('a'));
    for (let index = 0; index < 20; index++) await call('PATCH', `${MAPS}/a`, { data: { x: String(index) } });
    const events = await watch(`${MAPS}?watch=1&resourceVersion=2`);
    expect((await events.next()).value).toMatchObject({
      type: 'ERROR',
      object: { kind: 'Status', code: 410, reason: 'Expired' },
    });
    expect((await events.next()).done).toBe(true);
  });

  it('bookmarks only for those who ask, and timeoutSeconds ends it cleanly', async () => {
    const waits: { ms: number; done: () => void }[] = [];
    const sleep = (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        waits.push({ ms, done: resolve });
        signal.addEventListener('abort', () => resolve());
      });
    const { watch, call } = await makeHarness({ sleep });
    await call('POST', MAPS, configMap('a'));
    const events = await watch(`${MAPS}?watch=1&allowWatchBookmarks=true&timeoutSeconds=300`);
    expect(await take(events, 1)).toEqual([['ADDED', 'a']]);
    const next = events.next();
    await turn();
    waits.find(({ ms }) => ms === 60_000)?.done();
    expect((await next).value).toMatchObject({ type: 'BOOKMARK' });
    const last = events.next();
    await turn();
    waits.find(({ ms }) => ms === 300_000)?.done();
    expect((await last).done).toBe(true);
    waits.length = 0;
    const plain = await watch(`${MAPS}?watch=1&timeoutSeconds=5`);
    await take(plain, 1);
    const end = plain.next();
    await turn();
    expect(waits.map(({ ms }) => ms)).toEqual([5000]);
    waits[0]?.done();
    expect((await end).done).toBe(true);
  });

  it('table watches send the columns once', async () => {
    const { watch } = await withMaps(2);
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io';
    const events = await watch(`${MAPS}?watch=1`, { headers: { accept } });
    expect((await events.next()).value).toMatchObject({
      type: 'ADDED',
      object: { kind: 'Table', columnDefinitions: [{}, {}, {}], rows: [{ cells: ['m0', 0, '0s'] }] },
    });
    expect((await events.next()).value).toMatchObject({
      object: { columnDefinitions: [], rows: [{ cells: ['m1', 0, '0s'] }] },
    });
  });

  it('a reader that stops does not hold the store, and one that never reads holds up nobody', async () => {
    const { call, watch } = await withMaps(1);
    const idle = await watch(`${MAPS}?watch=1`);
    const stopped = await watch(`${MAPS}?watch=1`);
    await take(stopped, 1);
    await stopped.return(undefined);
    const events = await watch(`${MAPS}?watch=1`);
    for (let index = 0; index < 100; index++)
      await call('PATCH', `${MAPS}/m0`, { data: { x: String(index) } });
    expect(await take(events, 101)).toHaveLength(101);
    await idle.return(undefined);
  });

  it('follows pods of one node', async () => {
    const { call, watch } = await makeHarness();
    const events = await watch('/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn1');
    await call('POST', '/api/v1/namespaces/default/pods', podManifest('elsewhere', { nodeName: 'n2' }));
    await call('POST', '/api/v1/namespaces/default/pods', podManifest('free'));
    const binding = { metadata: { name: 'free' }, target: { name: 'n1' } };
    await call('POST', '/api/v1/namespaces/default/pods/free/binding', binding);
    expect(await take(events, 1)).toEqual([['ADDED', 'free']]);
  });
});
