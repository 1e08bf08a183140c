import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Knows the connections of an HTTP(S) server, so that it can end without cutting an answer short or waiting for the idle. */
export class GracefulClose {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #closing = false;

  constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('request', (_: IncomingMessage, response: ServerResponse) => {
      response.on('close', () => {
        // This connection was busy when the end began: now it is idle, and its client may keep it for long.
        if (this.#closing) setImmediate(() => server.closeIdleConnections());
      });
    });
  }

  /** Stops accepting, gives running answers `graceMs` to end, then cuts what is left. */
  async close(graceMs: number): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    this.#closing = true;
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }
}
