import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { CuttableLink } from './cuttable-link.ts';
import { poll } from './wait.ts';

async function echo() {
  const server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function client(url: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
  const seen = { text: '', closed: false };
  socket.on('data', (chunk) => (seen.text += chunk.toString()));
  socket.on('close', () => (seen.closed = true));
  return { socket, seen };
}

const came = (seen: { text: string }, text: string): Promise<boolean | undefined> =>
  poll(() => (seen.text.includes(text) ? true : undefined), { timeoutMs: 2000, intervalMs: 5 });

it('passes bytes, is silent while cut, and passes them again on new connections', async () => {
  const { url, server } = await echo();
  await using link = await CuttableLink.start(url);
  const before = client(link.url);
  before.socket.write('one');
  expect(await came(before.seen, 'one')).toBe(true);

  link.cut();
  before.socket.write('two');
  const during = client(link.url);
  during.socket.write('three');
  await once(during.socket, 'connect');
  // A round trip to the server itself takes less time than the bytes would have needed.
  const direct = client(url);
  direct.socket.write('there');
  expect(await came(direct.seen, 'there')).toBe(true);
  expect(before.seen).toEqual({ text: 'one', closed: false });
  expect(during.seen).toEqual({ text: '', closed: false });

  link.heal();
  expect(await poll(() => before.seen.closed || undefined, { timeoutMs: 2000, intervalMs: 5 })).toBe(true);
  expect(before.seen.text).toBe('one');
  const after = client(link.url);
  after.socket.write('four');
  expect(await came(after.seen, 'four')).toBe(true);
  for (const { socket } of [after, direct]) socket.destroy();
  server.close();
});
