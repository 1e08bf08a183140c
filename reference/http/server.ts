import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server, ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { GracefulClose } from '../protocol/graceful-close.ts';
import type { Reply } from './reply.ts';
import { send, sendRaw } from './send.ts';

export interface HttpsServerOptions {
  /** `clientCa` (PEM): every client must present a certificate of it. */
  tls: { key: string; cert: string; clientCa?: string | undefined };
  /** Whether node refuses a request without Host, in words of its own. */
  requireHostHeader: boolean;
  /** Makes node's server; for whoever changes how connections are taken. */
  listen?: ((options: ServerOptions) => Server) | undefined;
  /** Answers a request; must not reject. The signal aborts when the client has gone or has its answer. */
  answer: (message: IncomingMessage, signal: AbortSignal) => Promise<Reply>;
  /** Takes over a WebSocket handshake; without it the request is answered like any other. */
  upgrade?: (message: IncomingMessage, signal: AbortSignal, socket: Duplex, head: Buffer) => void;
  /** For what node itself refuses: 431 for too large headers, 408 for too slow a request, 400 for the rest. */
  unreadable: (status: 400 | 408 | 431) => Reply;
}

/** Made once: an error with a stack for each request would cost more than the request. */
const CLIENT_GONE = new Error('the client has gone');

/** HTTPS, TLS 1.3 only, with a bound on everything a client may send or hold open. */
export class HttpsServer {
  readonly #server: Server;
  readonly #closer: GracefulClose;

  constructor({ tls, requireHostHeader, listen, answer, upgrade, unreadable }: HttpsServerOptions) {
    const own: ServerOptions = {
      key: tls.key,
      cert: tls.cert,
      ...(tls.clientCa !== undefined && { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
      minVersion: 'TLSv1.3',
      maxHeaderSize: 16_384,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      connectionsCheckingInterval: 2_000,
      // Longer than load balancers and Go's client (90 s) keep theirs, so that they close first.
      keepAliveTimeout: 95_000,
      requireHostHeader,
      insecureHTTPParser: false,
    };
    this.#server = (listen ?? createServer)(own);
    this.#closer = new GracefulClose(this.#server);
    this.#server.on('request', (message, response) => void serve(message, response, answer));
    if (upgrade) {
      this.#server.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
        socket.on('error', () => socket.destroy());
        upgrade(message, untilClosed(socket), socket, head);
      });
    }
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
      // What node refuses never becomes a request, so there is only the error's code to go by.
      if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy();
      else sendRaw(socket, unreadable(statusOf(error.code)));
    });
    this.#server.on('secureConnection', (socket) => {
      socket.on('error', () => socket.destroy());
    });
  }

  /** Resolves to the port. */
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
  message: IncomingMessage,
  response: ServerResponse,
  answer: HttpsServerOptions['answer'],
): Promise<void> {
  // The response's close, not the request's, which comes as soon as the body was read.
  const gone = untilClosed(response);
  await send(message, response, await answer(message, gone), gone);
}

function untilClosed(stream: ServerResponse | Duplex): AbortSignal {
  const gone = new AbortController();
  stream.on('close', () => gone.abort(CLIENT_GONE));
  return gone.signal;
}

function statusOf(code: string | undefined): 400 | 408 | 431 {
  if (code === 'HPE_HEADER_OVERFLOW') return 431;
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
}
