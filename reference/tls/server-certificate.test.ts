import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Agent, request } from 'undici';
import { ensureServerCertificate } from './index.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tls-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('a client that trusts the CA alone reaches the server by name and by address', async () => {
  const { ca, cert, key } = await ensureServerCertificate(dir, ['localhost', '127.0.0.1']);
  const server = createServer({ cert, key, minVersion: 'TLSv1.3' }, (_, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const dispatcher = new Agent({ connect: { ca } });
  for (const host of ['localhost', '127.0.0.1']) {
    const { body } = await request(`https://${host}:${port}/`, { dispatcher });
    expect(await body.text()).toBe('ok');
  }
  await expect(request(`https://127.0.0.1:${port}/`)).rejects.toThrow(/certificate/);
  await dispatcher.destroy();
  server.closeAllConnections();
  server.close();
});

test('the files are reused, and keys are for the owner only', async () => {
  const first = await ensureServerCertificate(dir, ['localhost']);
  const second = await ensureServerCertificate(dir, ['localhost']);
  expect(second).toEqual(first);
  for (const name of ['ca.key', 'tls.key']) expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
});

test('another host name or a nearly expired certificate means a new one from the same CA', async () => {
  const first = await ensureServerCertificate(dir, ['localhost']);
  const wider = await ensureServerCertificate(dir, ['localhost', 'gateway.example']);
  expect(wider.ca).toBe(first.ca);
  expect(wider.cert).not.toBe(first.cert);
  const later = Date.now() + 340 * 86_400_000;
  const renewed = await ensureServerCertificate(dir, ['localhost', 'gateway.example'], () => later);
  expect(renewed.cert).not.toBe(wider.cert);
  expect(Date.parse(new X509Certificate(renewed.cert).validTo)).toBeGreaterThan(later);
  expect(await readFile(renewed.caPath, 'utf8')).toBe(first.ca);
});
