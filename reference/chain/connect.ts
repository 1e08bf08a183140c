import { once } from 'node:events';
// Whole modules, as that is where tests put themselves between.
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { SuiGrpcClient } from '@mysten/sui/grpc';

/** A client for a node's URL. The network's name matters to name services only. */
export function connectChain(url: string): SuiGrpcClient {
  return new SuiGrpcClient({ network: 'localnet', baseUrl: url, format: 'binary', fetch: fetchFromNode });
}

const TOO_MANY_REQUESTS = 429;

/**
 * A node answers failed calls with HTTP 200 and a gRPC status. A 404 or 403 is by something in front of it, and must not be
 * taken for the node's word that there is no such object.
 */
async function fetchFromNode(...request: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetchOverHttp(...request);
  const { status } = response;
  if (status >= 400 && status < 500 && status !== TOO_MANY_REQUESTS && !response.headers.has('grpc-status'))
    throw new Error(`HTTP status ${status} from something that is no Sui node`);
  return response;
}

/** What the gRPC transport does with an answer: its body is read as a stream of bytes, and nothing else of it. */
type Answer = Pick<Response, 'status' | 'statusText' | 'headers'> & { body: IncomingMessage };

/** `fetch` as the gRPC transport calls it. Node's own brings an HTTP parser in WebAssembly, 14 MB of memory in each process. */
async function fetchOverHttp(
  url: string | URL | Request,
  { method = 'GET', headers, body, signal }: RequestInit = {},
): Promise<Response> {
  const target = new URL(url instanceof Request ? url.url : url);
  const request = (target.protocol === 'https:' ? https : http).request(target, {
    method,
    headers: Object.fromEntries(new Headers(headers)),
    ...(signal && { signal }),
  });
  request.end(body);
  const [message] = (await once(request, 'response')) as [IncomingMessage];
  const { statusCode: status = 0, statusMessage: statusText = '', headersDistinct } = message;
  const pairs = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const answer: Answer = { status, statusText, headers: new Headers(pairs), body: message };
  return answer as unknown as Response;
}
