import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request as ask } from 'node:https';
import type { Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selfSigned } from './certificates.ts';
import { listening, urlOf } from './fake-listener.ts';

/** One request as it went by, and what it was answered. */
export interface Captured {
  method: string;
  /** Path and query. */
  target: string;
  /** In the order and spelling of the wire. */
  headers: readonly (readonly [string, string])[];
  body: Buffer;
  /** Undefined until it is answered. */
  status?: number;
}

/**
 * Stands between two parts as somebody who has broken into the line: it ends TLS with a certificate of its own, which
 * the client must have been told to trust, and keeps all requests in the clear as they pass. Protocol upgrades are
 * refused.
 */
export class CapturingProxy implements AsyncDisposable {
  readonly captured: Captured[] = [];
  /** Where its certificate lies, which its clients must trust. */
  readonly caFile: string;
  readonly #server: Server;
  readonly #dir: string;
  #behind: { url: URL; agent: Agent } | undefined;

  private constructor(server: Server, dir: string) {
    this.#server = server;
    this.#dir = dir;
    this.caFile = join(dir, 'ca.crt');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#pass(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<CapturingProxy> {
    const tls = await selfSigned();
    const dir = await mkdtemp(join(tmpdir(), 'daas-capture-'));
    const proxy = new CapturingProxy(await listening(tls), dir);
    await writeFile(proxy.caFile, tls.cert);
    return proxy;
  }

  get url(): string {
    return urlOf(this.#server);
  }

  /** Sets where requests are passed on to; until then they are broken off. `ca` is PEM. */
  leadTo(server: { url: string; ca?: string | undefined }): void {
    this.#behind?.agent.destroy();
    const agent = new Agent({ keepAlive: true, ...(server.ca !== undefined && { ca: server.ca }) });
    this.#behind = { url: new URL(server.url), agent };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#behind?.agent.destroy();
    await rm(this.#dir, { recursive: true, force: true });
  }

  async #pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#behind) throw new Error('the proxy leads nowhere yet');
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = 'GET', url: target = '/' } = incoming;
    const captured: Captured = {
      method,
      target,
      headers: pairsOf(incoming.rawHeaders),
      body: Buffer.concat(chunks),
    };
    this.captured.push(captured);
    const { url, agent } = this.#behind;
    const headers = captured.headers.filter(([name]) => !OF_ONE_HOP.has(name.toLowerCase())).flat();
    const further = ask({ host: url.hostname, port: url.port, method, path: target, headers, agent });
    further.on('error', () => response.destroy());
    response.on('close', () => further.destroy());
    further.end(captured.body);
    const [answer] = (await once(further, 'response')) as [IncomingMessage];
    captured.status = answer.statusCode ?? 0;
    response.writeHead(captured.status, answer.rawHeaders);
    // A watch's headers must not wait for its first event.
    response.flushHeaders();
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  }
}

/** Headers that belong to one connection and are not repeated on the next. */
const OF_ONE_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

function pairsOf(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, i) => [raw[2 * i] ?? '', raw[2 * i + 1] ?? '']);
}
