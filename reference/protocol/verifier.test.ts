import { describe, expect, test } from 'vitest';
import { encodeBase64url } from './base64url.ts';
import { Bench, CLUSTER, idOf, keypairOf, START_SECONDS } from './testing/fixtures.ts';
import { replaceStep, VERIFICATION_STEPS } from './verification-steps.ts';
import type { NonceStore } from './nonce-store.ts';
import type { StepName, Verdict } from './verifier-types.ts';

const REQUEST = { method: 'POST', target: '/api/v1/heartbeat', body: Buffer.from('{}') };

function reasonOf(verdict: Verdict): string {
  return verdict.ok ? 'ok' : verdict.reason;
}

async function signed(bench: Bench, change: Record<string, unknown>): Promise<string> {
  const [, payload = ''] = (await bench.mint()).split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const text = encodeBase64url(Buffer.from(JSON.stringify({ ...(claims as object), ...change })));
  const { signature } = await bench.wallet.signPersonalMessage(Buffer.from(text));
  return `seal1.${text}.${encodeBase64url(Buffer.from(signature, 'base64'))}`;
}

describe('a good session', () => {
  test('passes and says whom it speaks for', async () => {
    const bench = new Bench();
    const verdict = await bench.verifier().verifySession(await bench.mint());
    expect(verdict).toMatchObject({
      ok: true,
      principal: {
        owner: bench.wallet.toSuiAddress(),
        tokenId: bench.userToken,
        kind: 'user',
        permissions: ['pods:read', 'services:read'],
        credentialEndsMs: (START_SECONDS + 330) * 1000,
      },
    });
  });

  test('passes again until it ends, and then has expired', async () => {
    const bench = new Bench();
    const verifier = bench.verifier();
    const credential = await bench.mint();
    for (const ms of [0, 299_999]) {
      bench.clock.set(START_SECONDS * 1000 + ms);
      expect(reasonOf(await verifier.verifySession(credential))).toBe('ok');
    }
    bench.clock.set((START_SECONDS + 300) * 1000);
    expect(reasonOf(await verifier.verifySession(credential))).toBe('ReplayDetected');
    bench.clock.set((START_SECONDS + 330) * 1000);
    expect(reasonOf(await verifier.verifySession(credential))).toBe('CredentialExpired');
  });

  test('passes within the skew after its end when it was not used before', async () => {
    const bench = new Bench();
    const credential = await bench.mint();
    bench.clock.set((START_SECONDS + 330) * 1000 - 1);
    expect(reasonOf(await bench.verifier().verifySession(credential))).toBe('ok');
  });

  test('passes once with OneShotKubectl', async () => {
    const bench = new Bench();
    const verifier = bench.verifier({ oneShotSessions: true });
    const credential = await bench.mint();
    expect(reasonOf(await verifier.verifySession(credential))).toBe('ok');
    expect(reasonOf(await verifier.verifySession(credential))).toBe('ReplayDetected');
  });
});

describe('one-shot', () => {
  test('passes once, ever', async () => {
    const bench = new Bench();
    const verifier = bench.verifier();
    const credential = await bench.mint({ token: bench.nodeToken, request: REQUEST });
    const verdict = await verifier.verifyOneShot(credential, REQUEST);
    expect(verdict.ok && verdict.principal.nodeId).toBe('node-1');
    expect(reasonOf(await verifier.verifyOneShot(credential, REQUEST))).toBe('ReplayDetected');
  });

  test('is remembered for a skew longer than it lasts, as the clock may be set back', async () => {
    const bench = new Bench();
    const kept: number[] = [];
    const nonces: NonceStore = {
      putIfAbsent: (_key, _value, untilMs) => {
        kept.push(untilMs);
        return Promise.resolve({ status: 'stored' });
      },
    };
    const credential = await bench.mint({ token: bench.nodeToken, request: REQUEST });
    await bench.verifier({ nonces }).verifyOneShot(credential, REQUEST);
    expect(kept).toEqual([(START_SECONDS + 300 + 30 + 30) * 1000]);
  });

  test.each([
    ['method', { method: 'PUT' }],
    ['path', { target: '/api/v1/register-worker' }],
    ['query', { target: '/api/v1/heartbeat?x=1' }],
    ['body', { body: Buffer.from('{} ') }],
  ])('is refused for another %s, which does not use it up', async (_, change) => {
    const bench = new Bench();
    const verifier = bench.verifier();
    const credential = await bench.mint({ token: bench.nodeToken, request: REQUEST });
    const refused = await verifier.verifyOneShot(credential, { ...REQUEST, ...change });
    expect(reasonOf(refused)).toBe('BindingMismatch');
    expect(reasonOf(await verifier.verifyOneShot(credential, REQUEST))).toBe('ok');
  });

  test('a session does not pass for it, nor the reverse', async () => {
    const bench = new Bench();
    const verifier = bench.verifier();
    const session = await bench.mint({ token: bench.nodeToken });
    expect(reasonOf(await verifier.verifyOneShot(session, REQUEST))).toBe('BindingMismatch');
    const oneShot = await bench.mint({ request: REQUEST });
    expect(reasonOf(await verifier.verifySession(oneShot))).toBe('BindingMismatch');
  });
});

/** Each case is wrong in its own way and in every later one that can be combined with it. */
describe('the first failed check is the one that is told', () => {
  const cases: [string, (bench: Bench) => Promise<string>][] = [
    ['MalformedCredential', async () => 'anything'],
    [
      'CredentialExpired',
      (bench) => signed(bench, { iat: START_SECONDS - 330, exp: START_SECONDS - 30, aud: idOf('x') }),
    ],
    [
      'CredentialNotYetValid',
      (bench) => signed(bench, { iat: START_SECONDS + 31, exp: START_SECONDS + 99, aud: idOf('x') }),
    ],
    ['AudienceMismatch', (bench) => bench.mint({ audience: idOf('other') }, other)],
    ['BadSignature', async (bench) => (await signed(bench, {})).slice(0, -2)],
    ['BadSignature', (bench) => signed(bench, { sub: other.toSuiAddress(), token: idOf('none') })],
    ['UnknownToken', (bench) => bench.mint({ token: idOf('none') })],
    [
      'UnknownToken',
      (bench) =>
        bench.mint({ token: bench.addToken('theirs', { owner: other.toSuiAddress(), revoked: true }) }),
    ],
    [
      'TokenRevoked',
      (bench) =>
        bench.mint({ token: bench.addToken('t', { revoked: true, expiresAt: 1, stakeStatus: 'slashed' }) }),
    ],
    [
      'TokenExpired',
      (bench) =>
        bench.mint({ token: bench.addToken('t', { expiresAt: START_SECONDS, stakeStatus: 'slashed' }) }),
    ],
    [
      'StakeInactive',
      (bench) => bench.mint({ token: bench.addToken('t', { stakeStatus: 'slashed' }), request: REQUEST }),
    ],
    ['StakeInactive', (bench) => bench.mint({ token: bench.addToken('t', { stakeStatus: 'withdrawn' }) })],
    ['BindingMismatch', (bench) => bench.mint({ token: bench.nodeToken, request: REQUEST })],
    ['Forbidden', (bench) => bench.mint({ token: bench.nodeToken })],
  ];
  const other = keypairOf('other');

  test.each(cases)('%s', async (reason, make) => {
    const bench = new Bench();
    const verdict = await bench.verifier().verifySession(await make(bench));
    expect(verdict).toEqual({ ok: false, reason, http: reason === 'Forbidden' ? 403 : 401 });
    // Only what passed all of the credential's own checks has used its nonce up.
    expect(bench.nonces.size).toBe(reason === 'Forbidden' ? 1 : 0);
  });

  test('a user token on the worker API is forbidden', async () => {
    const bench = new Bench();
    const credential = await bench.mint({ request: REQUEST });
    expect(reasonOf(await bench.verifier().verifyOneShot(credential, REQUEST))).toBe('Forbidden');
  });

  test('nothing is looked up or remembered before the signature has been checked', async () => {
    const bench = new Bench();
    await bench.verifier().verifySession(await bench.mint());
    const forged = `${(await bench.mint()).slice(0, -20)}${'A'.repeat(20)}`;
    expect(reasonOf(await bench.verifier().verifySession(forged))).toBe('BadSignature');
    expect({ lookups: bench.lookups.length, nonces: bench.nonces.size }).toEqual({ lookups: 1, nonces: 1 });
  });
});

describe('time', () => {
  test.each([
    [-30_000, 'ok'],
    [-30_001, 'CredentialNotYetValid'],
    [329_999, 'ok'],
    [330_000, 'CredentialExpired'],
  ])('%i ms after issue: %s', async (ms, reason) => {
    const bench = new Bench();
    const credential = await bench.mint();
    bench.clock.advance(ms);
    expect(reasonOf(await bench.verifier().verifySession(credential))).toBe(reason);
  });

  test('a clock set back does not make a used credential fresh', async () => {
    const bench = new Bench();
    const verifier = bench.verifier({ oneShotSessions: true });
    const credential = await bench.mint();
    await verifier.verifySession(credential);
    bench.clock.advance(400_000);
    await verifier.verifySession(await bench.mint());
    bench.clock.advance(-400_000);
    expect(reasonOf(await verifier.verifySession(credential))).toBe('ReplayDetected');
  });
});

test.each([
  ['down', 'ChainUnavailable', 7],
  ['full', 'CacheFull', 3],
] as const)('chain %s: %s with Retry-After', async (chain, reason, retryAfter) => {
  const bench = new Bench();
  bench.chain = chain;
  expect(await bench.verifier().verifySession(await bench.mint())).toEqual({
    ok: false,
    reason,
    http: 503,
    retryAfter,
  });
});

test('a gateway passes by its own kind of token, whatever the use', async () => {
  const bench = new Bench();
  const token = bench.addToken('cap', { stakeType: 'admin', expiresAt: Infinity, permissions: [] });
  const verifier = bench.verifier({ tokenKind: 'gateway' });
  const session = await verifier.verifySession(await bench.mint({ token }));
  expect(session.ok && session.principal.kind).toBe('gateway');
  const oneShot = await bench.mint({ token, request: REQUEST });
  expect(reasonOf(await verifier.verifyOneShot(oneShot, REQUEST))).toBe('ok');
});

test('a token assigned to another cluster’s endpoint is none here', async () => {
  const bench = new Bench();
  const token = bench.addToken('elsewhere', { endpoint: idOf('another endpoint') });
  const verifier = bench.verifier({ endpoint: idOf('endpoint') });
  expect(reasonOf(await verifier.verifySession(await bench.mint()))).toBe('ok');
  expect(reasonOf(await verifier.verifySession(await bench.mint({ token })))).toBe('UnknownToken');
});

describe('steps', () => {
  test('stand in the order of the protocol', () => {
    expect(VERIFICATION_STEPS.map(({ name }) => name)).toEqual([
      'shape',
      'expiry',
      'not-yet-valid',
      'audience',
      'signature',
      'token',
      'token-revoked',
      'token-expired',
      'stake',
      'binding',
      'replay',
      'kind',
    ] satisfies StepName[]);
  });

  test('one of them can be replaced', async () => {
    const bench = new Bench();
    const steps = replaceStep(VERIFICATION_STEPS, 'audience', () => undefined);
    const credential = await bench.mint({ audience: idOf('other') });
    expect(reasonOf(await bench.verifier({ steps }).verifySession(credential))).toBe('ok');
    expect(() => replaceStep(VERIFICATION_STEPS.slice(1), 'shape', () => undefined)).toThrow('shape');
  });
});

test('minting refuses a life that verifiers refuse', async () => {
  const bench = new Bench();
  for (const lifeSeconds of [0, 301, 1.5]) {
    await expect(bench.mint({ lifeSeconds })).rejects.toThrow(RangeError);
  }
  expect(CLUSTER).toHaveLength(66);
});
