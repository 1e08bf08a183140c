import { createHash } from 'node:crypto';
import { ManualClock } from '../../protocol/clock.ts';
import { MemoryStore } from '../../store/memory-store.ts';
import type { KeyValueStore } from '../../store/types.ts';
import type { KubernetesApi, KubernetesApiOptions } from '../api.ts';
import { createKubernetesApi } from '../api.ts';
import { bootstrapCluster } from '../bootstrap.ts';
import type { JsonObject } from '../meta/json.ts';
import type { UserInfo } from '../types.ts';

export const START_MS = Date.parse('2026-01-01T00:00:00Z');

export interface CallOptions {
  headers?: Record<string, string>;
  contentType?: string;
  user?: UserInfo;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: JsonObject;
}

/** An API over a store in memory, with a clock that stands still and random bytes that repeat each run. */
export interface Harness {
  api: KubernetesApi;
  store: KeyValueStore;
  clock: ManualClock;
  /** `path` may have a query; `body` is sent as JSON unless it is text already. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** Same, for bodies that are no JSON. */
  raw(method: string, path: string, body: Uint8Array, options?: CallOptions): Promise<Answer>;
  /** Opens a watch and gives its events one by one. */
  watch(path: string, options?: CallOptions): Promise<AsyncGenerator<WatchedEvent>>;
}

export interface WatchedEvent {
  type: string;
  object: JsonObject & { metadata: { name?: string; resourceVersion?: string } };
}

export async function makeHarness(options: Partial<KubernetesApiOptions> = {}): Promise<Harness> {
  const clock = new ManualClock(START_MS);
  const store = options.store ?? new MemoryStore({ clock, sweepIntervalMs: 0 });
  const api = createKubernetesApi({ store, clock, random: seededBytes('harness'), ...options });
  await bootstrapCluster(api.objects);
  const send = (method: string, path: string, body: Uint8Array, given: CallOptions = {}) => {
    const [pathname = '', query = ''] = path.split(/\?(?<query>.*)/su);
    const contentType =
      given.contentType ?? (method === 'PATCH' ? 'application/merge-patch+json' : 'application/json');
    return api.handle({
      method,
      path: pathname,
      query,
      headers: {
        ...(body.length > 0 ? { 'content-type': contentType } : {}),
        'user-agent': 'test/1',
        ...given.headers,
      },
      body,
      user: given.user ?? { name: 'alice', groups: ['daas:admins'] },
      signal: given.signal ?? new AbortController().signal,
      requestId: 'r',
    });
  };
  const raw: Harness['raw'] = async (method, path, body, given) => {
    const { status, headers, body: answer } = await send(method, path, body, given);
    const chunks: Uint8Array[] = [];
    if (answer instanceof Uint8Array) chunks.push(answer);
    else for await (const chunk of answer) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    const isJson = headers['content-type']?.startsWith('application/json') === true;
    return { status, headers, body: isJson ? (JSON.parse(text) as JsonObject) : { text } };
  };
  return {
    api,
    store,
    clock,
    raw,
    call: (method, path, body, given) => raw(method, path, encode(body), given),
    watch: async (path, given) => {
      const { status, body } = await send('GET', path, new Uint8Array(0), given);
      if (status !== 200 || body instanceof Uint8Array)
        throw new Error(`no watch: ${status} ${String(body)}`);
      return linesOf(body);
    },
  };
}

function encode(body: unknown): Uint8Array {
  if (body === undefined) return new Uint8Array(0);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<WatchedEvent> {
  for await (const chunk of body) {
    for (const line of Buffer.from(chunk).toString().split('\n')) {
      if (line !== '') yield JSON.parse(line) as WatchedEvent;
    }
  }
}

/** A stream of bytes that depends on its seed alone. */
function seededBytes(seed: string): (size: number) => Uint8Array {
  let counter = 0;
  return (size) => {
    const out = Buffer.alloc(size);
    for (let at = 0; at < size; at += 32) {
      createHash('sha256').update(`${seed} ${counter++}`).digest().copy(out, at);
    }
    return out;
  };
}

/** A small pod. */
export function podManifest(name: string, spec: object = {}, metadata: object = {}): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { containers: [{ name: 'main', image: 'nginx:1' }], ...spec },
  } as JsonObject;
}

export function configMap(
  name: string,
  data: Record<string, string> = {},
  metadata: object = {},
): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data } as JsonObject;
}
