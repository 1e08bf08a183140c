import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GrpcEndpoint } from './endpoint.ts';
import { MAX_MESSAGE_BYTES } from './grpc-web.ts';
import type { JsonAnswer } from './management.ts';

export interface HttpServerOptions {
  readonly endpoint: GrpcEndpoint;
  readonly management: (method: string, path: string, body: Uint8Array) => JsonAnswer;
  readonly onError: (where: string, error: unknown) => void;
}

// A message of the greatest size in base64, with its frame.
const MAX_BODY_BYTES = (MAX_MESSAGE_BYTES * 4) / 3 + 64;
// What is sent beyond that is thrown away as it comes, so that the client stays to hear the answer.
const MAX_DISCARDED_BYTES = 64 * 1024 * 1024;

/** gRPC-web, faucet and management on one port. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #closed = new AbortController();

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#server = createServer({ keepAliveTimeout: 30_000 }, (request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        options.onError(request.url ?? '', error);
        response.destroy();
      });
    });
  }

  /** Starts to listen and gives the base URL. Port 0 takes a free one. */
  async listen(port: number, host: string): Promise<string> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const { port: bound, family, address } = this.#server.address() as AddressInfo;
    return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
  }

  /** Breaks off what is under way and waits until every connection is closed. */
  async close(): Promise<void> {
    this.#closed.abort();
    const done = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await done;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    const body = await readBody(request);
    const contentType = request.headers['content-type'];
    const isGrpc = request.method === 'POST' && this.#options.endpoint.accepts(contentType);
    // The frame at the beginning of a gRPC body tells its size, which is all that is needed to refuse it.
    if (body === undefined || (body.cut && !isGrpc)) {
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    if (isGrpc) {
      await this.#serveGrpc(request, response, path, contentType, body.bytes);
      return;
    }
    const answer = this.#options.management(request.method ?? 'GET', path, body.bytes);
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(`${JSON.stringify(answer.body)}\n`);
  }

  async #serveGrpc(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    contentType: string | undefined,
    body: Uint8Array,
  ): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const timeout = request.headers['grpc-timeout'];
    const answer = this.#options.endpoint.handle({
      path,
      contentType,
      timeout: typeof timeout === 'string' ? timeout : undefined,
      body,
      signals: [gone.signal, this.#closed.signal],
    });
    response.writeHead(answer.status, { 'content-type': answer.contentType, 'cache-control': 'no-store' });
    response.flushHeaders();
    for await (const chunk of answer.body) {
      if (response.destroyed) return;
      if (!response.write(chunk)) await drained(response);
    }
    response.end();
  }
}

/** Waits for room, or for the end of the connection. */
async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('drain', resolve);
  response.once('close', resolve);
  await promise;
  response.off('drain', resolve);
  response.off('close', resolve);
}

interface Body {
  readonly bytes: Uint8Array;
  /** There was more. */
  readonly cut: boolean;
}

/** Undefined when there is no end of it. */
async function readBody(request: IncomingMessage): Promise<Body | undefined> {
  const chunks: Buffer[] = [];
  let [size, kept] = [0, 0];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_DISCARDED_BYTES) return undefined;
    if (size > MAX_BODY_BYTES) continue;
    kept = size;
    chunks.push(chunk);
  }
  return { bytes: Buffer.concat(chunks), cut: kept < size };
}
