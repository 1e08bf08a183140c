import { once } from 'node:events';
import { STATUS_CODES } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Reply } from './reply.ts';

/** Answers a request; never rejects. A body in chunks ends early when the signal aborts. */
export async function send(
  message: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  signal: AbortSignal,
): Promise<void> {
  const { status, headers, body } = reply;
  try {
    // An unread body would be taken for the next request, so the connection ends with this answer.
    if (!message.complete) response.setHeader('connection', 'close');
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

/** Answers on a bare socket and ends it. */
export function sendRaw(socket: Duplex, { status, headers, body }: Reply): void {
  if (!socket.writable) return;
  const bytes = body instanceof Uint8Array ? body : new Uint8Array();
  const all = { ...headers, 'content-length': String(bytes.length), connection: 'close' };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n`);
  socket.end(bytes);
}
