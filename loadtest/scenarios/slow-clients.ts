import { connect, type TLSSocket } from 'node:tls';
import type { Scenario } from './scenario.ts';
import { resultOf } from './scenario.ts';
import { readTraffic } from './reads.ts';

/** Each sends a byte this often, which keeps an honest timeout for whole requests from being fooled. */
const BYTE_EVERY_MS = 500;
const HEAD = 'GET /api/v1/namespaces/default HTTP/1.1\r\nHost: slow\r\nX-Padding: ';

export const slowClients: Scenario = {
  name: 'slow-clients',
  title: 'Clients that never end their request, beside ordinary ones',
  // k6 sends whole requests only.
  engines: ['builtin'],
  run: async (stage, scale, play) => {
    const clients = scale.size(50, 500);
    await using crowd = new SlowClients(stage.world.info.master!, clients);
    await crowd.connected;
    const traffics = await play(
      stage.plan([readTraffic(scale.rate(100, 200), scale.seconds(2, 15))], [stage.reader]),
    );
    const reads = resultOf(traffics, 'reads');
    const note = `beside ${clients} connections that send a byte every ${BYTE_EVERY_MS} ms, of which the server had closed ${crowd.closed} at the end`;
    return { traffics, measures: [{ metric: 'api_read_p99', value: reads.p99_ms, note }] };
  },
};

/** Connections that begin a request and go on with it for ever, a byte at a time. */
class SlowClients implements AsyncDisposable {
  readonly #sockets: TLSSocket[];
  readonly #timer: NodeJS.Timeout;
  /** Resolves when each is connected or refused. */
  readonly connected: Promise<unknown>;
  closed = 0;

  constructor(server: { url: string; ca?: string }, count: number) {
    const { hostname, port } = new URL(server.url);
    const opening: Promise<void>[] = [];
    this.#sockets = Array.from({ length: count }, () => {
      const socket = connect({ host: hostname, port: Number(port), ...(server.ca && { ca: server.ca }) });
      opening.push(
        new Promise((resolve) => {
          socket.once('secureConnect', () => {
            socket.write(HEAD);
            resolve();
          });
          socket.once('close', () => {
            this.closed += 1;
            resolve();
          });
        }),
      );
      socket.on('error', () => undefined);
      socket.resume();
      return socket;
    });
    this.connected = Promise.all(opening);
    this.#timer = setInterval(() => {
      for (const socket of this.#sockets) if (socket.writable) socket.write('x');
    }, BYTE_EVERY_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    await Promise.resolve();
  }
}
