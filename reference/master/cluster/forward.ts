import { request as send, type Dispatcher } from 'undici';
import { ApiError } from '../../kubernetes/index.ts';
import type { ApiRequest, ApiResponse } from '../../kubernetes/types.ts';
import type { ClusterSession } from './cluster-session.ts';

export interface ForwardOptions {
  session: ClusterSession;
  /** Says for whom the master asks, to a cluster that lets it: Impersonate-User and Impersonate-Group. */
  impersonate: boolean;
  /** Largest answer that is no stream, in bytes. */
  maxAnswerBytes?: number;
}

/** Headers that go to the cluster; whoever the caller claims to be is not among them. */
const SENT = ['accept', 'content-type', 'user-agent'] as const;
/** Headers of the cluster's answer that go back. */
const GIVEN = ['content-type', 'cache-control', 'warning', 'retry-after'] as const;
/** The request never reached the cluster. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const READS = new Set(['GET', 'HEAD']);
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;

/** Sends a request on to the cluster, once, under the master's own identity. Throws ApiError when there is no answer. */
export async function forward(request: ApiRequest, options: ForwardOptions): Promise<ApiResponse> {
  const { session, maxAnswerBytes = MAX_ANSWER_BYTES } = options;
  const answer = await exchange(request, options);
  // What the kubeconfig gave may have run out before its time.
  if (answer.statusCode === 401) session.expire();
  const headers: Record<string, string> = {};
  for (const name of GIVEN) {
    const value = answer.headers[name];
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const streams = isStream(request) && answer.statusCode === 200;
  const body = streams ? chunksOf(answer.body) : await whole(answer.body, maxAnswerBytes, request);
  return { status: answer.statusCode, headers, body };
}

async function exchange(request: ApiRequest, options: ForwardOptions): Promise<Dispatcher.ResponseData> {
  const { method, path, query, body, signal, requestId, user } = request;
  const headers: Record<string, string | string[]> = {};
  for (const name of SENT) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  // The cluster's audit log and the chain then know the request under one id.
  if (requestId !== '') headers['audit-id'] = requestId;
  const isOwn = user.groups.includes('system:masters') || user.groups.includes('system:nodes');
  if (options.impersonate && !isOwn) {
    headers['impersonate-user'] = user.name;
    headers['impersonate-group'] = [...user.groups];
  }
  const { server, dispatcher, headers: identity } = await options.session.access();
  try {
    return await send(`${server}${path}${query === '' ? '' : `?${query}`}`, {
      method: method as Dispatcher.HttpMethod,
      headers: { ...headers, ...identity },
      body: body.length === 0 ? null : body,
      dispatcher,
      signal,
    });
  } catch (error) {
    throw unanswered(error, request);
  }
}

/** A write whose answer is missing may have taken effect: it is never sent again. */
function unanswered(error: unknown, { method, signal }: ApiRequest): ApiError {
  const code = codeOf(error);
  if (READS.has(method) || NOT_SENT.has(code) || signal.aborted) {
    const message = `the cluster behind the master cannot be reached (${code})`;
    return new ApiError(503, 'ServiceUnavailable', message, { retryAfterSeconds: 2 });
  }
  return new ApiError(
    504,
    'Timeout',
    `the cluster behind the master did not answer (${code}); look at the object before trying again`,
  );
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return String(code ?? name ?? 'unknown error');
}

/** Answers that may stay open. */
function isStream({ query, method }: ApiRequest): boolean {
  const asked = new URLSearchParams(query);
  const on = (name: string): boolean => !['', 'false', '0'].includes(asked.get(name) ?? '');
  return method === 'GET' && (on('watch') || on('follow'));
}

async function* chunksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) yield chunk;
  } catch {
    // The client or the cluster has gone; a watch that ends is asked for again.
  }
}

async function whole(
  body: AsyncIterable<Uint8Array>,
  limit: number,
  request: ApiRequest,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > limit) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw unanswered(error, request);
  }
  if (size > limit)
    throw new ApiError(
      500,
      'InternalError',
      `the cluster's answer is larger than ${limit} bytes; ask with limit=`,
    );
  return Buffer.concat(chunks);
}
