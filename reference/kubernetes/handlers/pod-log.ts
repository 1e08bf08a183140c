import { badRequest, notFound } from '../errors.ts';
import type { Pod } from '../meta/objects.ts';
import type { ApiResponse } from '../types.ts';
import type { Exchange, LogOptions, LogSource } from './exchange.ts';

/** pods/log: text, line by line, from the injected source. */
export async function handleLog(exchange: Exchange): Promise<ApiResponse> {
  const { resource, target, machinery, query, request, logs } = exchange;
  const stored = await machinery.objects.get(resource, target.namespace, target.name);
  if (stored === undefined) throw notFound(resource, target.name);
  await exchange.admit(stored.object, undefined);
  return podLog(stored.object as Pod, query, logs, request.signal);
}

/** What a log source has of a pod, as the query asks for it. Throws ApiError. */
export function podLog(
  pod: Pod,
  query: URLSearchParams,
  logs: LogSource | undefined,
  signal: AbortSignal,
): ApiResponse {
  const container = chosenContainer(pod, query.get('container'));
  const options = logOptions(query);
  const { namespace = '', name = '' } = pod.metadata;
  const lines = logs?.read({ namespace, name, container }, options, signal);
  return {
    status: 200,
    headers: { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' },
    body: logText(lines, options.limitBytes),
  };
}

function chosenContainer(pod: Pod, asked: string | null): string {
  const names = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map(({ name }) => name);
  if (asked !== null && asked !== '') {
    if (!names.includes(asked))
      throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
    return requireNode(pod, asked);
  }
  const [only, ...others] = pod.spec.containers.map(({ name }) => name);
  if (only === undefined || others.length > 0) {
    throw badRequest(
      `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`,
    );
  }
  return requireNode(pod, only);
}

function requireNode(pod: Pod, container: string): string {
  if (pod.spec.nodeName === undefined) {
    throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  }
  return container;
}

function logOptions(query: URLSearchParams): LogOptions {
  const flag = (name: string): boolean =>
    query.has(name) && query.get(name) !== 'false' && query.get(name) !== '0';
  const count = (name: string): number | undefined => {
    const text = query.get(name);
    if (text === null || text === '') return undefined;
    if (!/^\d{1,12}$/u.test(text)) throw badRequest(`${name} must be a non-negative integer`);
    return Number(text);
  };
  return {
    follow: flag('follow'),
    previous: flag('previous'),
    timestamps: flag('timestamps'),
    tailLines: count('tailLines'),
    sinceSeconds: count('sinceSeconds'),
    limitBytes: count('limitBytes'),
  };
}

async function* logText(
  lines: AsyncIterable<string> | undefined,
  limit: number | undefined,
): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(0);
  let left = limit ?? Infinity;
  for await (const line of lines ?? []) {
    const bytes = Buffer.from(line.endsWith('\n') ? line : `${line}\n`);
    yield bytes.subarray(0, left);
    left -= bytes.length;
    if (left <= 0) return;
  }
}
