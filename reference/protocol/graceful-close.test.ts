import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { Agent } from 'undici';
import { GracefulClose } from './graceful-close.ts';

/** Longer than a test may take: what ends before that did not wait for it. */
const FOR_EVER_MS = 10 * 60_000;

async function serving() {
  const waiting: ServerResponse[] = [];
  const server = createServer((_, response) => void waiting.push(response));
  const closer = new GracefulClose(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = new Agent({ keepAliveTimeout: FOR_EVER_MS });
  const asked = agent.request({ origin, path: '/', method: 'GET' });
  while (waiting.length === 0) await once(server, 'request');
  return { agent, asked, closer, response: waiting[0]! };
}

test('an answer under way is ended, and the connection that then is idle holds nothing up', async () => {
  const { agent, asked, closer, response } = await serving();
  const closed = closer.close(FOR_EVER_MS);
  response.end('done');
  expect(await (await asked).body.text()).toBe('done');
  await closed;
  await agent.destroy();
});

test('what does not end in time is cut', async () => {
  const { agent, asked, closer } = await serving();
  await Promise.all([expect(asked).rejects.toThrow(), closer.close(1)]);
  await agent.destroy();
});
