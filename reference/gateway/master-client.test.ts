import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../protocol/clock.ts';
import { Failure } from './http/reply.ts';
import { MasterClient } from './master-client.ts';

const PATIENCE_MS = 200;

/** A server that takes connections and says nothing, as one that stands still; its URL. */
async function silentServer(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('patience with a master that does not even shake hands ends on time', async () => {
  const client = new MasterClient({
    urls: [await silentServer()],
    ca: '',
    signer: new Ed25519Keypair(),
    gatewayCap: '0x1',
    audience: '0x2',
    clock: systemClock,
    randomBytes: (size) => new Uint8Array(size),
  });
  onTestFinished(() => client.close());
  const started = performance.now();
  const call = { method: 'GET', target: '/health', headersMs: PATIENCE_MS };
  await expect(client.open(call)).rejects.toBeInstanceOf(Failure);
  // Far below the 3 s after which a connection is given up.
  expect(performance.now() - started).toBeLessThan(10 * PATIENCE_MS);
});
