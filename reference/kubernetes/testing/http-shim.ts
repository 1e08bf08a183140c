import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { KubernetesApi } from '../api.ts';
import type { UserInfo } from '../types.ts';

export interface Shim extends AsyncDisposable {
  url: string;
}

const ADMIN: UserInfo = { name: 'admin', groups: ['system:masters'] };
const UNAUTHORIZED = JSON.stringify({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'Unauthorized',
  reason: 'Unauthorized',
  code: 401,
});

/** Puts an API behind node:http (or https) on a free port of this machine, for tests and trials by hand. */
export async function serveApi(
  api: KubernetesApi,
  options: {
    host?: string;
    port?: number;
    tls?: ServerOptions;
    /** Who asks; undefined for nobody, who gets a 401. Default: an administrator. */
    user?: (request: IncomingMessage) => UserInfo | undefined;
  } = {},
): Promise<Shim> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    const user = options.user ? options.user(request) : ADMIN;
    if (user === undefined) {
      response.writeHead(401, { 'content-type': 'application/json' }).end(UNAUTHORIZED);
      return;
    }
    void answer(api, request, response, user).catch(() => response.destroy());
  };
  const server =
    options.tls === undefined ? createServer(listener) : createSecureServer(options.tls, listener);
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function answer(
  api: KubernetesApi,
  request: IncomingMessage,
  response: ServerResponse,
  user: UserInfo,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://shim');
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  const {
    status,
    headers: out,
    body,
  } = await api.handle({
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.search.slice(1),
    headers,
    body: Buffer.concat(chunks),
    user,
    signal: gone.signal,
    requestId: 'shim',
  });
  response.writeHead(status, out);
  if (body instanceof Uint8Array) {
    response.end(body);
    return;
  }
  response.flushHeaders();
  for await (const chunk of body) {
    if (chunk.length > 0 && !response.write(chunk)) {
      await new Promise((resolve) => {
        response.once('drain', resolve);
        response.once('close', resolve);
      });
    }
  }
  response.end();
}
