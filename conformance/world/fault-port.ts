import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../errors.ts';
import type { FakeRequest } from './fake-messages.ts';
import type { FaultHit } from './fault-engine.ts';
import { parseFaultPlan, type FaultPlan } from './fault-plan.ts';

/** What the port commands: a fake master. */
export interface Faulty {
  readonly plan: FaultPlan | undefined;
  readonly hits: readonly FaultHit[];
  readonly requests: readonly FakeRequest[];
  obey(plan: FaultPlan | undefined): void;
}

const MAX_BODY = 1 << 20;

/**
 * The management port of a fake master, HTTP on 127.0.0.1: `PUT /plan` (YAML or JSON) puts a fault plan into force,
 * `DELETE /plan` ends it, `GET /plan` tells the plan and what it did, `GET /requests` what the master was asked.
 */
export class FaultPort implements AsyncDisposable {
  readonly #server: Server;
  readonly #master: Faulty;

  private constructor(server: Server, master: Faulty) {
    this.#server = server;
    this.#master = master;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      void this.#take(request, response).catch((error: unknown) => {
        const status = error instanceof UsageError ? 400 : 500;
        const message = error instanceof Error ? error.message : String(error);
        send(response, status, { error: { message } });
      });
    });
  }

  /** `port` 0 takes a free one. */
  static async start(master: Faulty, port = 0): Promise<FaultPort> {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new FaultPort(server, master);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const master = this.#master;
    switch (`${request.method} ${request.url}`) {
      case 'PUT /plan':
        master.obey(parseFaultPlan(await bodyOf(request)));
        return send(response, 200, { plan: master.plan });
      case 'DELETE /plan':
        master.obey(undefined);
        return send(response, 200, {});
      case 'GET /plan':
        return send(response, 200, { plan: master.plan, hits: master.hits });
      case 'GET /requests':
        return send(response, 200, { requests: master.requests.map(shown) });
      default:
        return send(response, 404, {
          error: { message: 'there are PUT, GET and DELETE /plan, and GET /requests' },
        });
    }
  }
}

/** A request as the port shows it: no credential, no body. */
const shown = ({ route, method, target, at, answered, givenUpAt }: FakeRequest): object => ({
  route,
  method,
  target,
  at,
  ...(answered && { answered }),
  ...(givenUpAt !== undefined && { given_up_at: givenUpAt }),
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_BODY) throw new UsageError(`the fault plan is larger than ${MAX_BODY} bytes`);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
