import { describe, expect, test } from 'vitest';
import { verifySuiSignature } from './sui-signature.ts';
import { Bench, START_SECONDS } from './testing/fixtures.ts';
import type { Verdict } from './verifier-types.ts';

const REQUEST = { method: 'POST', target: '/api/v1/heartbeat', body: Buffer.from('{}') };

const zeros = (size: number): Uint8Array => new Uint8Array(size);
const reasonOf = (verdict: Verdict): string => (verdict.ok ? 'ok' : verdict.reason);

describe('nonces', () => {
  test('the same one in another payload is a replay', async () => {
    const bench = new Bench();
    const verifier = bench.verifier();
    expect(reasonOf(await verifier.verifySession(await bench.mint({ randomBytes: zeros })))).toBe('ok');
    bench.clock.advance(1000);
    expect(reasonOf(await verifier.verifySession(await bench.mint({ randomBytes: zeros })))).toBe(
      'ReplayDetected',
    );
  });

  test('the same one under another token is its own', async () => {
    const bench = new Bench();
    const token = bench.addToken('second', { stakeType: 'admin' });
    const verifier = bench.verifier();
    expect(reasonOf(await verifier.verifySession(await bench.mint({ randomBytes: zeros })))).toBe('ok');
    expect(reasonOf(await verifier.verifySession(await bench.mint({ randomBytes: zeros, token })))).toBe(
      'ok',
    );
  });

  test('a one-shot whose nonce a session had is a replay', async () => {
    const bench = new Bench();
    const verifier = bench.verifier({ accepts: { session: ['node'], oneShot: ['node'] } });
    const options = { randomBytes: zeros, token: bench.nodeToken };
    await verifier.verifySession(await bench.mint(options));
    const oneShot = await bench.mint({ ...options, request: REQUEST });
    expect(reasonOf(await verifier.verifyOneShot(oneShot, REQUEST))).toBe('ReplayDetected');
  });

  test('no room for one more: 503, and those that are in go on', async () => {
    const bench = new Bench();
    const verifier = bench.verifier();
    const first = await bench.mint();
    await verifier.verifySession(first);
    for (let i = 1; i < 1000; i++) await bench.nonces.putIfAbsent(`${i}`, '', (START_SECONDS + 330) * 1000);
    const refused = await verifier.verifySession(await bench.mint());
    expect(refused).toEqual({ ok: false, reason: 'CacheFull', http: 503, retryAfter: 330 });
    expect(reasonOf(await verifier.verifySession(first))).toBe('ok');
  });
});

describe('a credential that was good before', () => {
  test('has its signature checked once, and every other check each time', async () => {
    const bench = new Bench();
    let signatures = 0;
    const verifier = bench.verifier({
      remembers: 10,
      verifySignature: (...wanted) => {
        signatures += 1;
        return verifySuiSignature(...wanted);
      },
    });
    const credential = await bench.mint();
    expect(reasonOf(await verifier.verifySession(credential))).toBe('ok');
    expect(reasonOf(await verifier.verifySession(credential))).toBe('ok');
    expect(signatures).toBe(1);
    bench.addToken('user token', { revoked: true });
    expect(reasonOf(await verifier.verifySession(credential))).toBe('TokenRevoked');
    bench.clock.advance(400_000);
    expect(reasonOf(await verifier.verifySession(credential))).toBe('CredentialExpired');
  });

  test('is refused as a copy where it was bound to a request', async () => {
    const bench = new Bench();
    const token = bench.addToken('node token', { stakeType: 'node' });
    const verifier = bench.verifier({ remembers: 10 });
    const credential = await bench.mint({ token, request: REQUEST });
    expect(reasonOf(await verifier.verifyOneShot(credential, REQUEST))).toBe('ok');
    expect(reasonOf(await verifier.verifyOneShot(credential, REQUEST))).toBe('ReplayDetected');
    expect(reasonOf(await verifier.verifyOneShot(credential, { ...REQUEST, target: '/else' }))).toBe(
      'BindingMismatch',
    );
  });

  test('does not lend its good name to another text', async () => {
    const bench = new Bench();
    const verifier = bench.verifier({ remembers: 10 });
    const credential = await bench.mint();
    expect(reasonOf(await verifier.verifySession(credential))).toBe('ok');
    const [scheme, payload, signature = ''] = credential.split('.');
    const other = signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'));
    expect(reasonOf(await verifier.verifySession(`${scheme}.${payload}.${other}`))).not.toBe('ok');
    expect(reasonOf(await verifier.verifySession(`${credential} `))).toBe('MalformedCredential');
  });
});
