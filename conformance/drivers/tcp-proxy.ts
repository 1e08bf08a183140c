import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface TcpProxyOptions {
  /** Where it listens; 127.0.0.1 unless told. */
  host?: string;
  /** URL of the server behind it. */
  target: string;
}

const BYTES_KEPT = 32 * 1024 * 1024;

/** Stands between two parts and passes bytes on as they are: counts connections and keeps what it saw. */
export class TcpProxy implements AsyncDisposable {
  /** Connections taken so far. */
  connections = 0;
  readonly #server: Server;
  #target: URL;
  readonly #sockets = new Set<Socket>();
  readonly #seen: Buffer[] = [];
  readonly #said: Buffer[][] = [];
  #size = 0;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options.target);
    proxy.#server.listen(0, options.host ?? '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** URL at which the target is reached through it. */
  get url(): string {
    const { address, port } = this.#server.address() as AddressInfo;
    return `${this.#target.protocol}//${address}:${port}`;
  }

  /** Leads connections from now on to another server. */
  leadTo(target: string): void {
    this.#target = new URL(target);
  }

  /** Everything that went through in either direction, the first 32 MiB of it. */
  get seen(): Buffer {
    return Buffer.concat(this.#seen);
  }

  /** What the client of each connection sent, as far as it was kept. */
  get said(): Buffer[] {
    return this.#said.map((chunks) => Buffer.concat(chunks));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #join(client: Socket): void {
    this.connections += 1;
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const said: Buffer[] = [];
    this.#said.push(said);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk: Buffer) => {
        if (this.#keep(chunk) && from === client) said.push(chunk);
      });
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }

  /** Whether there was room for it. */
  #keep(chunk: Buffer): boolean {
    if (this.#size + chunk.length > BYTES_KEPT) return false;
    this.#size += chunk.length;
    this.#seen.push(chunk);
    return true;
  }
}
