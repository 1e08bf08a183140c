import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket, WebSocketServer } from 'ws';
import { sendRaw } from '../../http/send.ts';
import type { Reply } from './reply.ts';
import type { HttpRequest } from './request.ts';

/** Bytes a slow reader may leave unread before it is cut off. */
const MAX_BUFFERED = 8 * 1024 * 1024;

/** Watches over WebSocket: each JSON line of the answer becomes one text message. */
export class WatchSockets {
  #opened: Promise<WebSocketServer> | undefined;

  /** `answer` gives the reply that the same GET would get; anything but a stream is answered as plain HTTP. */
  async take(
    request: HttpRequest,
    message: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    answer: (request: HttpRequest) => Promise<Reply>,
  ): Promise<void> {
    const reply = await answer(request);
    const { body } = reply;
    if (reply.status !== 200 || body instanceof Uint8Array) {
      const status = reply.status === 200 ? 400 : reply.status;
      sendRaw(socket, { ...reply, status });
      return;
    }
    this.#opened ??= openServer();
    const server = await this.#opened;
    server.handleUpgrade(message, socket, head, (client) => void pump(body, client));
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    const server = await this.#opened;
    for (const client of server?.clients ?? []) client.close(1001, 'the master is going down');
    server?.close();
  }
}

/** Loaded with the first watch of its kind: most masters never see one. */
async function openServer(): Promise<WebSocketServer> {
  const ws = await import('ws');
  return new ws.WebSocketServer({
    noServer: true,
    maxPayload: 4096,
    perMessageDeflate: false,
    handleProtocols: (protocols) => protocols.values().next().value ?? false,
  });
}

async function pump(body: AsyncIterable<Uint8Array>, client: WebSocket): Promise<void> {
  client.on('error', () => client.terminate());
  try {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      if (client.readyState !== client.OPEN) return;
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') client.send(line);
      if (client.bufferedAmount > MAX_BUFFERED) {
        client.terminate();
        return;
      }
    }
    if (rest !== '') client.send(rest);
    client.close(1000);
  } catch {
    client.close(1011);
  }
}
