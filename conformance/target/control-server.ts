import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { OF_THE_TARGET } from '../drivers/control-client.ts';
import { TargetError, describeError } from '../errors.ts';

export type ControlMethods = Record<string, (params: never) => Promise<unknown>>;

/**
 * Lets the processes that run checks ask the run's owner for what must happen in one place. Loopback only, one
 * secret a run: the methods can spend the operator's coins.
 */
export class ControlServer implements AsyncDisposable {
  readonly token = randomBytes(24).toString('base64url');
  readonly #server: Server;
  #url = '';

  constructor(methods: ControlMethods) {
    this.#server = createServer((request, response) => void serve(request, response, this.token, methods));
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address !== null && typeof address === 'object') this.#url = `http://127.0.0.1:${address.port}`;
  }

  get url(): string {
    return this.#url;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
  methods: ControlMethods,
): Promise<void> {
  const { status, body } = await answer(request, token, methods);
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body ?? null));
}

async function answer(
  request: IncomingMessage,
  token: string,
  methods: ControlMethods,
): Promise<{ status: number; body: unknown }> {
  const sent = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  if (sent.length !== wanted.length || !timingSafeEqual(sent, wanted))
    return { status: 401, body: { error: 'wrong token' } };
  const method = methods[(request.url ?? '').slice(1)];
  if (!method) return { status: 404, body: { error: `no method ${request.url}` } };
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const params: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}');
    return { status: 200, body: await method(params as never) };
  } catch (error) {
    return {
      status: error instanceof TargetError ? OF_THE_TARGET : 500,
      body: { error: describeError(error) },
    };
  }
}
