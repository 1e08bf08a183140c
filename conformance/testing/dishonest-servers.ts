import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { once } from 'node:events';
import { selfSigned } from '../world/certificates.ts';

/** A server that pretends to be an implementation, with the authority that a client needs to trust it. */
export interface DishonestServer extends AsyncDisposable {
  url: string;
  caPem: string;
}

type Handler = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void;

/** Serves over TLS on a free port of loopback. */
export async function dishonestServer(handler: Handler): Promise<DishonestServer> {
  const { key, cert } = await selfSigned();
  const server: Server = createServer({ key, cert }, (request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      handler(request, Buffer.concat(chunks), response);
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `https://127.0.0.1:${port}`,
    caPem: cert,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** 200 and an empty object, whatever is asked. */
export const dumb: Handler = (_request, _body, response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
};

/** 200 and whatever was sent. */
export const echo: Handler = (request, body, response) => {
  response
    .writeHead(200, { 'content-type': request.headers['content-type'] ?? 'text/plain' })
    .end(body.length > 0 ? body : request.url);
};

/** Answers of the right shape that are never true: it keeps nothing, asks nobody and lets everybody in. */
export const plausible: Handler = (request, body, response) => {
  const [path = ''] = (request.url ?? '').split('?');
  const send = (status: number, value: unknown): void => {
    response
      .writeHead(status, { 'content-type': 'application/json', 'audit-id': 'a'.repeat(32) })
      .end(JSON.stringify(value));
  };
  const sent = parse(body);
  if (/^\/(healthz|readyz|livez)$/.test(path)) response.writeHead(200).end('ok');
  else if (path === '/health') send(200, { status: 'ok', timestamp: Math.floor(Date.now() / 1000) });
  else if (path === '/api/v1/register-worker')
    send(200, { status: 'registered', node_id: sent['node_id'], message: 'welcome' });
  else if (path === '/api/v1/heartbeat')
    send(200, { status: 'acknowledged', node_id: sent['node_id'], timestamp: Math.floor(Date.now() / 1000) });
  else if (request.method === 'POST')
    send(201, { ...sent, metadata: { ...(sent['metadata'] as object), uid: 'u', resourceVersion: '1' } });
  else if (request.method === 'GET')
    send(200, { kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [] });
  else send(200, { kind: 'Status', apiVersion: 'v1', status: 'Success' });
};

/** Takes the connection and never answers. */
export const silent: Handler = () => undefined;

function parse(body: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
