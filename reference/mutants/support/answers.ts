import { failureReply } from '../../gateway/http/reply.ts';
import type { Reply } from '../../gateway/http/types.ts';
import type { Serve } from '../../gateway/seams.ts';
import type { KubernetesHandle } from '../../master/seams.ts';
import type { ApiRequest, ApiResponse } from '../../kubernetes/types.ts';
import type { MutantHooks } from '../types.ts';

/** A gateway that changes its answers, refusals among them. */
export function answering(
  change: (reply: Reply, request: Parameters<Serve>[0]) => Reply,
): NonNullable<MutantHooks['gateway']> {
  return (seams) => ({
    ...seams,
    serve: (serve) => async (request) =>
      change(await seams.serve(serve)(request).catch(failureReply), request),
  });
}

/** A gateway that changes requests before it looks at them. */
export function asked(
  change: (request: Parameters<Serve>[0]) => Parameters<Serve>[0],
): NonNullable<MutantHooks['gateway']> {
  return (seams) => ({ ...seams, serve: (serve) => (request) => seams.serve(serve)(change(request)) });
}

/** A master whose Kubernetes API goes about its requests in another way. */
export function kubernetes(
  wrap: (handle: KubernetesHandle) => KubernetesHandle,
): NonNullable<MutantHooks['master']> {
  return (seams) => ({ ...seams, kubernetes: (handle) => wrap(seams.kubernetes(handle)) });
}

/** A master whose Kubernetes API is asked for something else than the client asked for. */
export function rewritten(change: (request: ApiRequest) => ApiRequest): NonNullable<MutantHooks['master']> {
  return kubernetes((handle) => (request) => handle(change(request)));
}

/** A request without these parameters of its query. */
export function withoutQuery(request: ApiRequest, ...names: readonly string[]): ApiRequest {
  const query = new URLSearchParams(request.query);
  for (const name of names) query.delete(name);
  return { ...request, query: query.toString() };
}

/** A request with a parameter of its query set, whatever it was. */
export function withQuery(request: ApiRequest, name: string, value: string): ApiRequest {
  const query = new URLSearchParams(request.query);
  query.set(name, value);
  return { ...request, query: query.toString() };
}

export type Editable = Record<string, unknown>;

/** A request whose JSON body was edited; any other body is left as it is. */
export function withBody(request: ApiRequest, edit: (body: Editable) => void): ApiRequest {
  return { ...request, body: edited(request.body, edit) };
}

/** An answer whose JSON body was edited. */
export function withAnswer<A extends ApiResponse | Reply>(answer: A, edit: (body: Editable) => void): A {
  if (!(answer.body instanceof Uint8Array)) return answer;
  const body = edited(answer.body, edit);
  const { 'content-length': _, ...headers } = answer.headers;
  return { ...answer, headers, body };
}

/** A master whose Kubernetes API has something wrong in its answers. */
export function misanswered(
  edit: (body: Editable, request: ApiRequest, response: ApiResponse) => void,
): NonNullable<MutantHooks['master']> {
  return kubernetes((handle) => async (request) => {
    const response = await handle(request);
    return withAnswer(response, (body) => edit(body, request, response));
  });
}

/** A master whose watches send other events: `change` gets one and says which are sent instead. */
export function misreported(
  change: (event: Editable, request: ApiRequest) => readonly Editable[],
  before: readonly Editable[] = [],
): NonNullable<MutantHooks['master']> {
  return kubernetes((handle) => async (request) => {
    const response = await handle(request);
    const { body } = response;
    if (body instanceof Uint8Array || !isWatch(request)) return response;
    return { ...response, body: lines(body, request, change, before) };
  });
}

export const isWatch = ({ query }: ApiRequest): boolean => /(?:^|&)watch=(?:true|1)(?:&|$)/.test(query);

async function* lines(
  chunks: AsyncIterable<Uint8Array>,
  request: ApiRequest,
  change: (event: Editable, request: ApiRequest) => readonly Editable[],
  before: readonly Editable[],
): AsyncGenerator<Uint8Array> {
  for (const event of before) yield Buffer.from(`${JSON.stringify(event)}\n`);
  for await (const chunk of chunks) {
    if (chunk.length === 0) yield chunk;
    // The API gives one event a chunk.
    else
      for (const event of change(JSON.parse(Buffer.from(chunk).toString('utf8')) as Editable, request))
        yield Buffer.from(`${JSON.stringify(event)}\n`);
  }
}

function edited(bytes: Uint8Array, edit: (body: Editable) => void): Uint8Array {
  let body: Editable;
  try {
    body = JSON.parse(Buffer.from(bytes).toString('utf8')) as Editable;
  } catch {
    return bytes;
  }
  edit(body);
  return Buffer.from(JSON.stringify(body));
}

/** The member of this name as something that can be edited; a new one when there is none. */
export function inside(body: Editable, ...path: readonly string[]): Editable {
  let current = body;
  for (const name of path) {
    if (typeof current[name] !== 'object' || current[name] === null) current[name] = {};
    current = current[name] as Editable;
  }
  return current;
}
