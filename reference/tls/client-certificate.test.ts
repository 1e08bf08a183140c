import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readClientCa, readClientCertificate } from './client-certificate.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'client-certificate-'));
});
afterEach(() => rm(dir, { recursive: true }));

test('certificate and key are read together', async () => {
  const files = { cert: join(dir, 'a.crt'), key: join(dir, 'a.key') };
  await Promise.all([writeFile(files.cert, 'certificate'), writeFile(files.key, 'key')]);
  expect(readClientCertificate(files)).toEqual({ cert: 'certificate', key: 'key' });
});

test('no files are no certificate', () => {
  expect(readClientCertificate(undefined)).toBeUndefined();
  expect(readClientCertificate({ cert: '', key: '' })).toBeUndefined();
  expect(readClientCa(undefined)).toBeUndefined();
  expect(readClientCa('')).toBeUndefined();
});

test('one without the other, or a file that is not there, stops the start', () => {
  const missing = join(dir, 'none');
  expect(() => readClientCertificate({ cert: missing, key: '' })).toThrow(/cert and key/);
  expect(() => readClientCertificate({ cert: '', key: missing })).toThrow(/cert and key/);
  expect(() => readClientCertificate({ cert: missing, key: missing })).toThrow(/ENOENT/);
  expect(() => readClientCa(missing)).toThrow(/ENOENT/);
});
