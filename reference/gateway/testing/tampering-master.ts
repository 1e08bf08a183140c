import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Agent, request } from 'undici';

export interface Passing {
  method: string;
  /** Path and query. */
  target: string;
  headers: Record<string, string>;
  status: number;
  /** JSON of the master's answer. */
  json: Record<string, unknown>;
}

/** Stands between gateway and master, and lies as it is told to. */
export class TamperingMaster {
  readonly #server: Server;
  readonly #agent: Agent;
  readonly #real: string;
  /** Changes an answer on its way back. */
  tamper: (passing: Passing) => void | Promise<void> = () => {};
  readonly seen: Passing[] = [];

  constructor(real: string, tls: { key: string; cert: string; ca: string }) {
    this.#real = real;
    this.#agent = new Agent({ connect: { ca: tls.ca } });
    this.#server = createServer(tls, (message, response) => void this.#pass(message, response));
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await this.#agent.destroy();
  }

  async #pass(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { host: _host, connection: _connection, ...headers } = message.headers as Record<string, string>;
      const chunks: Buffer[] = [];
      for await (const chunk of message) chunks.push(chunk as Buffer);
      const answer = await request(this.#real + (message.url ?? ''), {
        dispatcher: this.#agent,
        method: message.method as 'GET',
        headers,
        body: chunks.length === 0 ? null : Buffer.concat(chunks),
      });
      const text = await answer.body.text();
      const passing: Passing = {
        method: message.method ?? '',
        target: message.url ?? '',
        headers,
        status: answer.statusCode,
        json: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {},
      };
      this.seen.push(passing);
      await this.tamper(passing);
      response.writeHead(passing.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(passing.json));
    } catch {
      response.destroy();
    }
  }
}
