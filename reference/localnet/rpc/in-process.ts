import { GrpcWebFetchTransport } from '@mysten/sui/grpc';
import type { RpcTransport } from '@mysten/sui/grpc';
import type { GrpcEndpoint } from './endpoint.ts';

// Never resolved: the transport's fetch hands the request straight to the endpoint.
const BASE_URL = 'http://localnet.invalid';

/** A transport that reaches an endpoint of the same process without a socket. */
export function inProcessTransport(endpoint: GrpcEndpoint, closed: AbortSignal): RpcTransport {
  const local = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const signal = init.signal ?? undefined;
    signal?.throwIfAborted();
    const headers = new Headers(init.headers);
    const response = endpoint.handle({
      path: new URL(String(input)).pathname,
      contentType: headers.get('content-type') ?? undefined,
      timeout: headers.get('grpc-timeout') ?? undefined,
      body: init.body as Uint8Array,
      signals: signal === undefined ? [closed] : [signal, closed],
    });
    // A plain iterable in place of a body stream: the transport reads both, and this one costs less.
    return {
      status: response.status,
      statusText: '',
      type: 'default',
      headers: new Headers({ 'content-type': response.contentType }),
      body: abortable(response.body, signal),
    } as unknown as Response;
  };
  return new GrpcWebFetchTransport({ baseUrl: BASE_URL, format: 'binary', fetch: local as typeof fetch });
}

/** Like a network stream: an abort shows at the next read, whatever the sender does. */
async function* abortable(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of body) {
    signal?.throwIfAborted();
    yield chunk;
  }
  signal?.throwIfAborted();
}
