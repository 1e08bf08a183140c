import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server, ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { singleHeader } from '../../protocol/bearer.ts';
import { canonicalTarget } from '../../protocol/canonical-path.ts';
import { ProtocolError } from '../../protocol/status.ts';
import { GracefulClose } from '../../protocol/graceful-close.ts';
import { readBody } from './body.ts';
import { Failure, failureReply } from './reply.ts';
import type { GatewayRequest, Reply } from './types.ts';

export interface GatewayServerOptions {
  tls: { key: string; cert: string };
  bodyBytes: number;
  newRequestId: () => string;
  /** Changes how connections are taken. */
  listen?: (options: ServerOptions) => ServerOptions;
  /** Answers a request; rejections become a Status. */
  handle: (request: GatewayRequest) => Promise<Reply>;
  /** Told about each answered request; `error` is what was not a refusal of ours. */
  onAnswered?: (request: GatewayRequest | undefined, status: number, error: unknown) => void;
}

/** The HTTPS side: TLS 1.3 only, and a bound on everything a client may send or hold open. */
export class GatewayServer {
  readonly #server: Server;
  readonly #options: GatewayServerOptions;
  readonly #closer: GracefulClose;

  constructor(options: GatewayServerOptions) {
    this.#options = options;
    const own: ServerOptions = {
      key: options.tls.key,
      cert: options.tls.cert,
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['http/1.1'],
      maxHeaderSize: 16_384,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      // Longer than load balancers and Go's client (90 s) keep theirs, so that they close first.
      keepAliveTimeout: 95_000,
      // Checked below, since node's own answer would be no Status.
      requireHostHeader: false,
      insecureHTTPParser: false,
      noDelay: true,
      connectionsCheckingInterval: 2_000,
    };
    this.#server = createServer(
      options.listen?.(own) ?? own,
      (message, response) => void this.#serve(message, response),
    );
    this.#closer = new GracefulClose(this.#server);
    this.#server.on('clientError', answerClientError);
    this.#server.on('secureConnection', (socket: Socket) => {
      socket.on('error', () => socket.destroy());
    });
  }

  /** Resolves to the port. */
  async listen(host: string, port: number): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Stops accepting, lets running answers end for `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void> {
    return this.#closer.close(graceMs);
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { handle, onAnswered } = this.#options;
    const id = this.#options.newRequestId();
    const gone = new AbortController();
    // The response's close, not the request's, which comes as soon as the body was read.
    response.on('close', () => {
      if (!response.writableFinished) gone.abort(new Error('the client went away'));
    });
    let request: GatewayRequest | undefined;
    let reply: Reply;
    let unexpected: unknown;
    try {
      request = this.#request(message, id, gone.signal);
      reply = await handle(request);
    } catch (error) {
      if (!(error instanceof Failure) && !(error instanceof ProtocolError)) unexpected = error;
      reply = failureReply(error);
    }
    onAnswered?.(request, reply.status, unexpected);
    await send(message, response, id, reply, gone.signal);
  }

  #request(message: IncomingMessage, id: string, signal: AbortSignal): GatewayRequest {
    if (singleHeader(message.rawHeaders, 'host').status !== 'one') {
      throw new ProtocolError('BadRequest', 'a request has exactly one Host header');
    }
    const target = canonicalTarget(message.url ?? '');
    if (!target.ok) throw new ProtocolError('BadRequest', `the request target is refused: ${target.error}`);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(message.headers)) {
      if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
    }
    return {
      id,
      method: message.method ?? '',
      path: target.path,
      query: target.query,
      headers,
      rawHeaders: message.rawHeaders,
      signal,
      readBody: () => readBody(message, this.#options.bodyBytes),
    };
  }
}

async function send(
  message: IncomingMessage,
  response: ServerResponse,
  id: string,
  reply: Reply,
  signal: AbortSignal,
): Promise<void> {
  const { status, body } = reply;
  const headers: Record<string, string> = { ...reply.headers, 'audit-id': id };
  try {
    // An unread body would be taken for the next request, so the connection ends with this answer.
    if (!message.complete) headers['connection'] = 'close';
    if (body instanceof Uint8Array) {
      response.writeHead(status, { ...headers, 'content-length': String(body.length) });
      response.end(message.method === 'HEAD' ? undefined : body);
      return;
    }
    response.writeHead(status, headers);
    // A watch may stay silent for minutes; the client waits for the headers now.
    response.flushHeaders();
    for await (const chunk of body) {
      if (signal.aborted) break;
      if (!response.write(chunk)) await once(response, 'drain', { signal });
    }
    response.end();
  } catch {
    // Cutting the connection is the only way left to tell the client that the body is not whole.
    response.destroy();
  }
}

const CLIENT_ERRORS: Readonly<
  Record<string, { http: number; kubernetes: string; reason: string; message: string }>
> = {
  HPE_HEADER_OVERFLOW: {
    http: 431,
    kubernetes: 'RequestHeaderFieldsTooLarge',
    reason: 'RequestHeaderFieldsTooLarge',
    message: 'the header fields are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    http: 408,
    kubernetes: 'Timeout',
    reason: 'RequestTimeout',
    message: 'the request did not arrive in time',
  },
};

/** What node itself refuses never becomes a request; it still gets a Status. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const known = CLIENT_ERRORS[error.code ?? ''];
  const reply = failureReply(
    known === undefined ? new ProtocolError('BadRequest', 'the request cannot be read') : new Failure(known),
  );
  const body = reply.body instanceof Uint8Array ? reply.body : new Uint8Array();
  const lines = Object.entries({
    ...reply.headers,
    'content-length': String(body.length),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ''}\r\n${lines.join('')}\r\n`);
  socket.end(body);
}
