import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { KubeClient } from './kube-client.ts';

test('a watch that fell silent is given up, so that its follower lists anew', async () => {
  const asked: string[] = [];
  // Says one thing and no more, as a master behind a line that was cut.
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(200);
    response.write(`${JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'a' } } })}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new KubeClient(
    { server: url, token: 't', ca: undefined },
    { watchSeconds: 1, graceSeconds: 0 },
  );
  const seen: unknown[] = [];
  const follow = async (): Promise<void> => {
    for await (const { type } of client.watch('/pods?watch=true', new AbortController().signal))
      seen.push(type);
  };
  await expect(follow()).rejects.toThrow(/timeout/i);
  expect(seen).toEqual(['ADDED']);
  expect(asked[0]).toMatch(/^\/pods\?watch=true&timeoutSeconds=1$/);
  await client.close();
  server.closeAllConnections();
  server.close();
});
