import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createLogger, silentLogger } from './logger.ts';
import { redactText, redactValue } from './redact.ts';
import { Secret } from './secret.ts';
import { Bench } from './testing/fixtures.ts';

function capture(): { lines: string[]; stream: { write(line: string): void } } {
  const lines: string[] = [];
  return { lines, stream: { write: (line) => void lines.push(line) } };
}

test('no way of logging it shows a credential', async () => {
  const bench = new Bench();
  const credential = await bench.mint();
  const secret = new Secret(credential);
  const { lines, stream } = capture();
  const log = createLogger({ name: 'test', level: 'trace', stream });
  log.info({ credential }, 'field');
  log.info({ deep: { headers: { authorization: `Bearer ${credential}` } } }, 'nested');
  log.info(`in the text: ${credential}`);
  log.info({ list: [credential, { x: credential }], secret }, String(secret));
  log.error(new Error(`failed with ${credential}`, { cause: new Error(credential) }));
  log.error({ err: new Error(credential) }, 'with an error');
  log.child({ token: credential }).warn('child');
  log.info('formatted %s %j', credential, { credential });
  log.info({ [credential]: 1 }, 'as a key');
  const all = lines.join('');
  const [, payload = '', signature = ''] = credential.split('.');
  expect(lines).toHaveLength(9);
  for (const part of [payload.slice(0, 5), payload.slice(-8), signature.slice(0, 8)])
    expect(all).not.toContain(part);
});

test('every line is an object with time, level, name and the fields given', () => {
  const { lines, stream } = capture();
  createLogger({ name: 'test', stream }).info({ request_id: 'abc', count: 2n, none: undefined }, 'hello');
  const line: unknown = JSON.parse(lines[0] ?? '');
  expect(line).toMatchObject({ level: 'info', name: 'test', msg: 'hello', request_id: 'abc', count: '2' });
});

test('the log file is for its owner alone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'log-'));
  const file = join(directory, 'sub', 'test.log');
  createLogger({ name: 'test', file, stream: capture().stream }).info('hello');
  expect(await readFile(file, 'utf8')).toContain('hello');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await rm(directory, { recursive: true });
});

test('levels are kept, and silence is silent', () => {
  const { lines, stream } = capture();
  createLogger({ name: 'test', level: 'warn', stream }).info('quiet');
  silentLogger().error('quiet');
  expect(lines).toEqual([]);
});

test.each([
  ['suiprivkey1qqqsyqcyq5rqwzqf', 'sui'],
  ['Authorization: Bearer abcdef.ghi', 'abcdef'],
  ['join1.abc-def', 'abc-def'],
  ['K10abc123::server:deadbeef', 'deadbeef'],
  ['-----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----', 'MIG'],
  ['cut off: -----BEGIN EC PRIVATE KEY-----\nMIG', 'MIG'],
])('%s is redacted inside other text', (text, part) => {
  expect(redactText(`before ${text} after`)).not.toContain(part);
});

test('values: bytes, depth, names and cycles', () => {
  const loop: Record<string, unknown> = { private_key: 'x', X_Seal_Token: 'y', bytes: new Uint8Array(3) };
  loop['self'] = loop;
  const text = JSON.stringify(redactValue(loop));
  expect(text).toContain('"private_key":"[redacted]","X_Seal_Token":"[redacted]","bytes":"[3 bytes]"');
  expect(text).toContain('[deep]');
});

test('a Secret shows itself to nobody but who asks', () => {
  const secret = new Secret('hidden');
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret),
    Object.values(secret),
  ];
  expect(shown.join()).not.toContain('hidden');
  expect(secret.reveal()).toBe('hidden');
});
