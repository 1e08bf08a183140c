import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { readBody } from '../../http/body.ts';
import { endsConnection } from '../../http/reply.ts';
import type { HttpsServerOptions } from '../../http/server.ts';
import { HttpsServer } from '../../http/server.ts';
import { sendRaw } from '../../http/send.ts';
import { ProtocolError } from '../../protocol/status.ts';
import type { Reply } from './reply.ts';
import { json } from './reply.ts';
import type { HttpRequest } from './request.ts';
import { toHttpRequest } from './request.ts';

export interface MasterServerOptions extends Pick<HttpsServerOptions, 'tls' | 'listen'> {
  /** Answers every request; must not reject. */
  handle: (request: HttpRequest) => Promise<Reply>;
  /** Takes over a WebSocket handshake. */
  upgrade: (request: HttpRequest, message: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Shape of a refusal for this path, for requests that never reach `handle`. */
  refuse: (path: string, error: ProtocolError) => Reply;
}

/** The HTTPS side of the master. */
export function masterServer({ tls, listen, handle, upgrade, refuse }: MasterServerOptions): HttpsServer {
  return new HttpsServer({
    tls,
    listen,
    requireHostHeader: true,
    answer: async (message, signal) => {
      let request: HttpRequest | undefined;
      try {
        request = toHttpRequest(message, signal, (limit) => readBody(message, limit));
        return await handle(request);
      } catch (error) {
        const reply = refuse(message.url ?? '', asRefusal(error));
        return request === undefined ? endsConnection(reply) : reply;
      }
    },
    upgrade: (message, signal, socket, head) => {
      try {
        const request = toHttpRequest(message, signal, () => Promise.resolve(new Uint8Array()));
        upgrade(request, message, socket, head);
      } catch (error) {
        sendRaw(socket, refuse(message.url ?? '', asRefusal(error)));
      }
    },
    unreadable: (code) => {
      const { reason, message } = new ProtocolError('BadRequest', 'the request cannot be read');
      return json(code, { error: { reason, message, code } });
    },
  });
}

function asRefusal(error: unknown): ProtocolError {
  return error instanceof ProtocolError ? error : new ProtocolError('InternalError', 'internal error');
}
