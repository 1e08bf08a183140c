import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { AttestationRequest, Tee } from '../../attestation/tee.ts';
import { openSimulatedTee } from '../../attestation/simulated-tee.ts';
import { sha256 } from '../../protocol/digest.ts';
import { systemClock } from '../../protocol/clock.ts';
import { enclaveKey } from '../../protocol/enclave-key.ts';
import type { JoinStatement } from '../../protocol/response-signature.ts';
import { signJoin } from '../../protocol/response-signature.ts';
import { ensureServerCertificate } from '../../tls/index.ts';

export interface Asked {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  atMs: number;
  /** Port of the client's side, to tell connections apart. */
  connection: number;
}

/** An answer; undefined lets the request hang. */
export type Told = { status: number; body?: object; headers?: Record<string, string> } | undefined;

/** A master that does as a test tells it. */
export class ScriptedMaster implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly key = enclaveKey(randomBytes(32));
  readonly tee: Tee;
  readonly ca: string;
  readonly #server: Server;
  /** Each may be replaced. */
  attest: (request: AttestationRequest) => AttestationRequest = (request) => request;
  join: (join: object) => object | undefined = (join) => join;
  statement: (statement: JoinStatement) => JoinStatement = (statement) => statement;
  heartbeat: (count: number) => Told = () => ({
    status: 200,
    body: { status: 'acknowledged', node_id: 'n', timestamp: 1 },
  });
  register: (count: number) => Told | 'as usual' = () => 'as usual';

  private constructor(tee: Tee, server: Server, ca: string) {
    this.tee = tee;
    this.#server = server;
    this.ca = ca;
    server.on('request', (message, response) => void this.#answer(message, response));
  }

  static async start(directory: string): Promise<ScriptedMaster> {
    const tls = await ensureServerCertificate(directory, ['127.0.0.1']);
    const tee = await openSimulatedTee({ directory, clock: systemClock, randomBytes });
    const server = createServer({ key: tls.key, cert: tls.cert, minVersion: 'TLSv1.3' });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return new ScriptedMaster(tee, server, tls.ca);
  }

  get url(): string {
    return `https://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  count(path: string): number {
    return this.asked.filter((asked) => asked.path === path).length;
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(message.url ?? '', this.url);
    this.asked.push({
      method: message.method ?? '',
      path: pathname,
      headers: message.headers,
      body: Buffer.concat(chunks).toString('utf8'),
      atMs: Date.now(),
      connection: message.socket.remotePort ?? 0,
    });
    const told = await this.#tell(pathname, searchParams);
    if (told === undefined) return;
    response.writeHead(told.status, { 'content-type': 'application/json', ...told.headers });
    response.end(JSON.stringify(told.body ?? {}));
  }

  async #tell(path: string, query: URLSearchParams): Promise<Told> {
    switch (path) {
      case '/api/v1/attestation': {
        const nonce = Buffer.from(query.get('nonce') ?? '', 'base64url');
        const document = await this.tee.attest(this.attest({ nonce, publicKey: this.key.publicKey }));
        return { status: 200, body: { document: Buffer.from(document).toString('base64url') } };
      }
      case '/api/v1/register-worker': {
        const told = this.register(this.count(path));
        return told === 'as usual' ? { status: 200, body: this.#registered() } : told;
      }
      case '/api/v1/heartbeat':
        return this.heartbeat(this.count(path));
      default:
        return { status: 404 };
    }
  }

  #registered(): object {
    const token = `k3s-join.${randomBytes(8).toString('hex')}`;
    const { node_id: nodeId } = JSON.parse(this.asked.at(-1)?.body ?? '{}') as { node_id: string };
    const statement = { nodeId, server: this.url, joinTokenDigest: sha256(token), keyVersion: 1n };
    const timestampMs = Date.now();
    const signature = signJoin(this.key.sign, this.statement(statement), timestampMs);
    const join = this.join({
      server: this.url,
      token,
      timestamp_ms: timestampMs,
      key_version: 1,
      signature: Buffer.from(signature).toString('base64url'),
    });
    return { status: 'registered', node_id: nodeId, message: 'm', ...(join === undefined ? {} : { join }) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }
}
