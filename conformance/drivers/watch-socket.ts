import { WebSocket } from 'ws';
import { TargetError } from '../errors.ts';

export interface WatchSocketOptions {
  /** https:// or wss:// */
  url: string;
  ca?: string | undefined;
  headers: Record<string, string>;
  timeoutMs?: number;
}

/** A watch over WebSocket; every message that came is in `messages`. */
export class WatchSocket {
  readonly messages: { text: string; binary: boolean }[] = [];
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, binary) => {
      this.messages.push({ text: (data as Buffer).toString('utf8'), binary });
    });
    socket.on('error', () => undefined);
  }

  /** Resolves when the connection stands, or to the status of the answer that refused it. Rejects with TargetError. */
  static open({ url, ca, headers, timeoutMs = 5_000 }: WatchSocketOptions): Promise<WatchSocket | number> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'), {
      headers,
      handshakeTimeout: timeoutMs,
      ...(ca !== undefined && { ca }),
    });
    const watch = new WatchSocket(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(watch));
      socket.once('unexpected-response', (request, response) => {
        request.destroy();
        resolve(response.statusCode ?? 0);
      });
      socket.once('error', (cause) =>
        reject(new TargetError(`no WebSocket at ${url}: ${cause.message}`, { cause })),
      );
    });
  }

  close(): void {
    this.#socket.terminate();
  }
}
