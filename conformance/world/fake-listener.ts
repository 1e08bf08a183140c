import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SelfSigned } from './certificates.ts';

/** A TLS server on a free port of 127.0.0.1. */
export async function listening(tls: SelfSigned): Promise<Server> {
  const server = createServer({ ...tls, minVersion: 'TLSv1.2' });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export function urlOf(server: Server): string {
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
