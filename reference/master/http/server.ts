import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server, ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { readBody } from './body.ts';
import { ProtocolError } from '../../protocol/status.ts';
import { GracefulClose } from '../../protocol/graceful-close.ts';
import type { HttpRequest } from './request.ts';
import { toHttpRequest } from './request.ts';
import type { Reply } from './reply.ts';
import { failureOf } from './reply.ts';

export interface HttpServerOptions {
  /** `clientCa` (PEM): every client must present a certificate of it. */
  tls: { key: string; cert: string; clientCa?: string | undefined };
  /** Changes how connections are taken. */
  listen?: (options: ServerOptions) => ServerOptions;
  /** Answers every request; must not reject. */
  handle: (request: HttpRequest) => Promise<Reply>;
  /** Takes over a WebSocket handshake. */
  upgrade: (request: HttpRequest, message: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Shape of a refusal for this path, for requests that never reach `handle`. */
  refuse: (path: string, error: ProtocolError) => Reply;
}

/** Made once: an error with a stack for each request would cost more than the request. */
const CLIENT_GONE = new Error('the client has gone');

/** HTTPS server, TLS 1.3 only, with bounds on everything a peer may send. */
export class HttpServer {
  readonly #server: Server;
  readonly #closer: GracefulClose;

  constructor(options: HttpServerOptions) {
    const own: ServerOptions = {
      key: options.tls.key,
      cert: options.tls.cert,
      ...(options.tls.clientCa !== undefined && {
        ca: options.tls.clientCa,
        requestCert: true,
        rejectUnauthorized: true,
      }),
      minVersion: 'TLSv1.3',
      maxHeaderSize: 16_384,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 2_000,
      keepAliveTimeout: 65_000,
      insecureHTTPParser: false,
      requireHostHeader: true,
    };
    this.#server = createServer(options.listen?.(own) ?? own);
    this.#closer = new GracefulClose(this.#server);
    this.#server.maxRequestsPerSocket = 0;
    this.#server.on('request', (message, response) => void serve(options, message, response));
    this.#server.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) =>
      upgrade(options, message, socket, head),
    );
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) =>
      answerClientError(error, socket),
    );
    this.#server.on('secureConnection', (socket) => {
      socket.on('error', () => socket.destroy());
    });
  }

  async listen(host: string, port: number): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops accepting, gives running answers `graceMs` to end, then cuts what is left. */
  close(graceMs: number): Promise<void> {
    return this.#closer.close(graceMs);
  }
}

async function serve(
  options: HttpServerOptions,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  // The response's close, not the request's: that one fires as soon as the body was read.
  response.on('close', () => gone.abort(CLIENT_GONE));
  let reply: Reply;
  try {
    const request = toHttpRequest(message, gone.signal, (limit) => readBody(message, limit));
    reply = await options.handle(request);
  } catch (error) {
    const refusal =
      error instanceof ProtocolError ? error : new ProtocolError('InternalError', 'internal error');
    reply = options.refuse(message.url ?? '', refusal);
  }
  await send(message, response, reply, gone.signal);
}

async function send(
  message: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  signal: AbortSignal,
): Promise<void> {
  const { status, headers, body } = reply;
  try {
    // An unread body would be taken for the next request's start, so the connection ends with this one.
    if (!message.complete) response.setHeader('connection', 'close');
    if (body instanceof Uint8Array) {
      response.writeHead(status, { ...headers, 'content-length': String(body.length) });
      response.end(message.method === 'HEAD' ? undefined : body);
      return;
    }
    response.writeHead(status, headers);
    // A watch may be silent for long: the client must see the headers now.
    response.flushHeaders();
    for await (const chunk of body) {
      if (signal.aborted) break;
      if (!response.write(chunk)) await once(response, 'drain', { signal });
    }
    response.end();
  } catch {
    response.destroy();
  }
}

function upgrade(options: HttpServerOptions, message: IncomingMessage, socket: Duplex, head: Buffer): void {
  const gone = new AbortController();
  socket.on('close', () => gone.abort(CLIENT_GONE));
  socket.on('error', () => socket.destroy());
  try {
    const request = toHttpRequest(message, gone.signal, () => Promise.resolve(new Uint8Array()));
    options.upgrade(request, message, socket, head);
  } catch (error) {
    const refusal =
      error instanceof ProtocolError ? error : new ProtocolError('InternalError', 'internal error');
    writeRaw(socket, options.refuse(message.url ?? '', refusal));
  }
}

/** Answers on a bare socket and ends it. */
export function writeRaw(socket: Duplex, reply: Reply): void {
  if (!socket.writable) return;
  const body = reply.body instanceof Uint8Array ? reply.body : new Uint8Array();
  const headers = { ...reply.headers, 'content-length': String(body.length), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${reply.status} Refused\r\n${lines.join('')}\r\n`);
  socket.end(body);
}

/** What node itself refuses is no request yet, so there is only the error's code to go by. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const reply = failureOf(new ProtocolError('BadRequest', 'the request cannot be read'));
  const status = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 }[error.code ?? ''] ?? 400;
  const body = JSON.parse(Buffer.from(reply.body as Uint8Array).toString('utf8')) as {
    error: { code: number };
  };
  body.error.code = status;
  writeRaw(socket, { ...reply, status, body: Buffer.from(JSON.stringify(body)) });
}
