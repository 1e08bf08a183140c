import { describe, expect, test } from 'vitest';
import { abortableSleep } from '../chain/event-stream.ts';
import type { ApiRequest, ApiResponse } from '../kubernetes/types.ts';
import { enclaveKey } from '../protocol/enclave-key.ts';
import { silentLogger } from '../protocol/logger.ts';
import { MemoryStore } from '../store/memory-store.ts';
import { MasterMetrics } from './metrics.ts';
import { RequestBook } from './request-book.ts';
import { payloadFault } from './request-check.ts';
import { RequestRunner } from './request-runner.ts';
import type { RequestResult } from './request-record.ts';
import { createRequest } from './testing/request-kit.ts';

/** The store's own keys are what a restart goes by. */
const RUNNING = '/daas/running';

/** A book over `store` and a runner; results are stored after `gate`, tokens are known after `token`. */
async function open(
  store: MemoryStore,
  handle: (request: ApiRequest) => Promise<ApiResponse>,
  { gate, token, signal }: { gate?: Promise<void>; token?: Promise<void>; signal?: AbortSignal } = {},
) {
  let runner: RequestRunner | undefined;
  const book = await RequestBook.open({
    store,
    now: () => 1_000_000,
    ttlSeconds: 300,
    maxPending: 100,
    remembers: true,
    comparesDigests: true,
    onReady: (id) => runner?.enqueue(id),
  });
  const complete = book.complete.bind(book);
  book.complete = async (id: string, result: RequestResult) => {
    await gate;
    await complete(id, result);
  };
  runner = new RequestRunner(
    {
      store,
      book,
      handle,
      commands: {
        recordResponse: () => Promise.resolve({ digest: 'tx', events: [], created: [], gasUsed: 0n }),
      },
      masterCap: '0x1',
      tokens: { lookup: async () => (await token, { status: 'unknown' }) },
      enclave: { key: enclaveKey(new Uint8Array(32)), keyVersion: () => 1n },
      now: () => 1_000_000,
      sleep: abortableSleep,
      ttlSeconds: 300,
      payloadFault,
      signature: (signature) => signature,
      metrics: new MasterMetrics(),
      log: silentLogger(),
    },
    signal ?? new AbortController().signal,
  );
  return { book, runner };
}

/** Hands a request in from both sides. */
async function enter(book: RequestBook): Promise<string> {
  const { id, payload, digest } = createRequest();
  const payload_digest = Buffer.from(digest).toString('base64url');
  await book.offer(id, 'gateway', payload, payload_digest);
  const { method, path } = payload;
  await book.announce({
    request_id: id,
    token: '0x2',
    method,
    path,
    namespace: 'default',
    resource_type: 'configmaps',
    payload_digest,
    requester: '0x3',
    timestamp_ms: 1_000_000,
  });
  return id;
}

const created: ApiResponse = { status: 201, headers: {}, body: new Uint8Array() };

describe('a request whose predecessor’s result is being stored', () => {
  test('runs, and after a crash neither runs again', async () => {
    const store = new MemoryStore();
    const ran: string[] = [];
    const second = Promise.withResolvers<void>();
    const { book } = await open(
      store,
      ({ requestId }) => {
        ran.push(requestId);
        if (ran.length === 2) second.resolve();
        return Promise.resolve(created);
      },
      { gate: new Promise(() => {}) },
    );
    const ids = [await enter(book), await enter(book)];
    await second.promise;
    expect(ran).toEqual(ids);
    const marker = await store.get(RUNNING);
    expect(Buffer.from(marker!.value).toString()).toBe(ids.join(','));
    // Killed here, and started anew on what is stored.
    const again = await open(store, () => Promise.reject(new Error('run twice')));
    await again.runner.recover();
    await again.runner.idle();
    const results = await Promise.all(
      ids.map(async (id) => (await again.book.load(id))?.result?.status_code),
    );
    expect(results).toEqual([504, 504]);
  });

  test('is run by the next start when a stop came before it', async () => {
    const store = new MemoryStore();
    const stop = new AbortController();
    const { book, runner } = await open(
      store,
      () => {
        stop.abort();
        return Promise.resolve(created);
      },
      { signal: stop.signal },
    );
    const ids = [await enter(book), await enter(book)];
    await runner.idle();
    const ran: string[] = [];
    const again = await open(store, ({ requestId }) => {
      ran.push(requestId);
      return Promise.resolve(created);
    });
    await again.runner.recover();
    await again.runner.idle();
    expect(ran).toEqual([ids[1]]);
    expect((await again.book.load(ids[0]!))?.result?.status_code).toBe(201);
  });
});

test('a long queue runs in order, and a kill leaves the outcome of few unknown', async () => {
  const store = new MemoryStore();
  const token = Promise.withResolvers<void>();
  const stuck = Promise.withResolvers<void>();
  const ran: string[] = [];
  const { book } = await open(
    store,
    ({ requestId }) => {
      ran.push(requestId);
      if (ran.length < 12) return Promise.resolve(created);
      stuck.resolve();
      return new Promise(() => {});
    },
    { token: token.promise },
  );
  const ids: string[] = [];
  for (let i = 0; i < 30; i++) ids.push(await enter(book));
  token.resolve();
  await stuck.promise;
  expect(ran).toEqual(ids.slice(0, 12));
  const late: string[] = [];
  const again = await open(store, ({ requestId }) => {
    late.push(requestId);
    return Promise.resolve(created);
  });
  await again.runner.recover();
  await again.runner.idle();
  const codes = await Promise.all(ids.map(async (id) => (await again.book.load(id))?.result?.status_code));
  expect(codes.filter((code) => code === 504).length).toBeLessThanOrEqual(8);
  // Each ran once, or its outcome is said to be unknown.
  expect(late).toEqual(ids.filter((id, index) => !ran.includes(id) && codes[index] === 201));
  expect(codes.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => 201));
});
