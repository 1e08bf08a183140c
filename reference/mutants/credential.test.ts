import { randomBytes } from 'node:crypto';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { beforeEach, describe, expect, test } from 'vitest';
import { ChainError } from '../chain/errors.ts';
import { TokenCache } from '../chain/token-cache.ts';
import type { ChainReader, SealToken, StakeRecord } from '../chain/types.ts';
import { ManualClock } from '../protocol/clock.ts';
import { mint } from '../protocol/credential.ts';
import { MemoryNonceStore } from '../protocol/memory-nonce-store.ts';
import { VERIFICATION_STEPS } from '../protocol/verification-steps.ts';
import { CredentialVerifier } from '../protocol/verifier.ts';
import { activeMutant, mutate } from './index.ts';

const ID = `0x${'c'.repeat(64)}`;
const TOKEN = `0x${'a'.repeat(64)}`;

let clock: ManualClock;
let wallet: Ed25519Keypair;
let token: SealToken;
let away: boolean;
let asked: number;
beforeEach(() => {
  clock = new ManualClock(1_800_000_000_000);
  wallet = new Ed25519Keypair();
  const owner = wallet.toSuiAddress();
  const expiresAt = clock.nowMs() / 1_000 + 86_400;
  token = {
    id: TOKEN,
    owner,
    stakeRecord: ID,
    stakeType: 'user',
    permissions: [],
    expiresAt,
  } as unknown as SealToken;
  away = false;
  asked = 0;
});

function check(): void {
  if (away) throw new ChainError('unavailable', 'away');
}

function zeros(): Uint8Array {
  return new Uint8Array(16);
}

/** A verifier with this defect, or with none, over a chain of one token. */
async function verifier(
  id?: string,
): Promise<{ verify: (text: string) => Promise<string>; cache: TokenCache }> {
  const reader = {
    tokenWithStake: async (wanted: string) => {
      asked += 1;
      check();
      if (wanted !== TOKEN) throw new ChainError('not_found', 'none');
      return { token, stake: { status: 'active' } as StakeRecord };
    },
    status: async () => check(),
  } as unknown as ChainReader;
  const cache = new TokenCache({ reader, clock, ttlSeconds: 300 });
  const nonces = new MemoryNonceStore({ clock, capacity: 100 });
  const mutant = await activeMutant({ K3S_DAAS_MUTANT: id });
  const seams = mutate(
    { steps: VERIFICATION_STEPS, tokens: cache, nonces, reader },
    mutant?.credential?.bind(mutant),
  );
  const checker = new CredentialVerifier({ ...seams, clock, audience: ID });
  const verify = async (text: string): Promise<string> => {
    const verdict = await checker.verifySession(text);
    return verdict.ok ? 'passes' : verdict.reason;
  };
  return { verify, cache };
}

async function credential(
  options: { token?: string; signer?: Ed25519Keypair; bytes?: () => Uint8Array } = {},
) {
  const minted = await mint(options.signer ?? wallet, {
    token: options.token ?? TOKEN,
    audience: ID,
    clock,
    randomBytes: options.bytes ?? randomBytes,
  });
  return minted.credential.reveal();
}

/** The same statement with a signature of nobody. */
function unsigned(text: string): string {
  const [scheme, payload, signature = ''] = text.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  return `${scheme}.${payload}.${bytes.toString('base64url')}`;
}

type Attack = (verify: (text: string) => Promise<string>, cache: TokenCache) => Promise<string>;

const ATTACKS: Readonly<Record<string, { attack: Attack; correct: string }>> = {
  'any-string-passes': { attack: (verify) => verify('anything'), correct: 'MalformedCredential' },
  'hard-coded-token': { attack: (verify) => verify('test-token'), correct: 'MalformedCredential' },
  'format-only': {
    attack: async (verify) => verify(await credential({ token: ID })),
    correct: 'UnknownToken',
  },
  'expiry-unchecked': {
    attack: async (verify) => {
      const text = await credential();
      clock.advance(3_600_000);
      return verify(text);
    },
    correct: 'CredentialExpired',
  },
  'nonce-forgotten': {
    attack: async (verify) => {
      await verify(await credential({ bytes: zeros }));
      clock.advance(1_000);
      return verify(await credential({ bytes: zeros }));
    },
    correct: 'ReplayDetected',
  },
  'cache-forever': {
    attack: async (verify, cache) => {
      await verify(await credential());
      token = { ...token, revoked: true };
      cache.observe({ name: 'SealTokenRevoked', data: { token: TOKEN } });
      return verify(await credential());
    },
    correct: 'TokenRevoked',
  },
  'fail-open': {
    attack: async (verify) => {
      away = true;
      return verify(await credential());
    },
    correct: 'ChainUnavailable',
  },
  'cache-by-wallet-before-signature': {
    attack: async (verify) => {
      await verify(await credential());
      return verify(unsigned(await credential()));
    },
    correct: 'BadSignature',
  },
};

describe('what the correct verifier refuses passes with the defect', () => {
  test.each(Object.entries(ATTACKS))('%s', async (id, { attack, correct }) => {
    const right = await verifier();
    expect(await attack(right.verify, right.cache)).toBe(correct);
    token = { ...token, revoked: false };
    away = false;
    const wrong = await verifier(id);
    expect(await attack(wrong.verify, wrong.cache)).toBe('passes');
    away = false;
    token = { ...token, revoked: false };
    expect(await wrong.verify(await credential())).toBe('passes');
  });
});

test('fail-closed-for-cached cuts off a cached token', async () => {
  for (const [id, verdict] of [
    [undefined, 'passes'],
    ['fail-closed-for-cached', 'ChainUnavailable'],
  ] as const) {
    away = false;
    const { verify } = await verifier(id);
    const text = await credential();
    expect(await verify(text)).toBe('passes');
    away = true;
    expect(await verify(text)).toBe(verdict);
  }
});

test('cache-none asks the chain each time', async () => {
  for (const [id, times] of [
    [undefined, 1],
    ['cache-none', 5],
  ] as const) {
    asked = 0;
    const { verify } = await verifier(id);
    const text = await credential();
    for (let i = 0; i < 5; i++) expect(await verify(text)).toBe('passes');
    expect(asked).toBe(times);
  }
});
