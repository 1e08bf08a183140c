import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GrpcEndpoint } from './endpoint.ts';
import type { JsonAnswer } from './management.ts';

export interface HttpServerOptions {
  readonly endpoint: GrpcEndpoint;
  readonly management: (method: string, path: string, body: Uint8Array) => JsonAnswer;
  readonly onError: (where: string, error: unknown) => void;
}

// A transaction is at most 128 KiB; base64 and a batch of ids still fit many times over.
const MAX_BODY_BYTES = 4 * 1024 * 1024;

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
    if (body === undefined) {
      response.writeHead(413, { connection: 'close' }).end();
      return;
    }
    const contentType = request.headers['content-type'];
    if (request.method === 'POST' && this.#options.endpoint.accepts(contentType)) {
      await this.#serveGrpc(request, response, path, contentType, body);
      return;
    }
    const answer = this.#options.management(request.method ?? 'GET', path, body);
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

/** Undefined when there is too much of it. */
async function readBody(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
