import { beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../protocol/clock.ts';
import { ChainError } from './errors.ts';
import { TokenCache } from './token-cache.ts';
import type { TokenCacheOptions } from './token-cache.ts';
import type { ChainReader, SealToken, StakeRecord } from './types.ts';

const id = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`;
const NOW_S = 1_800_000_000;

/** A chain of a few tokens, which counts how often it is asked. */
class FakeReader {
  readonly tokens = new Map<string, { token: SealToken; stake: StakeRecord }>();
  asked = 0;
  failure: ChainError | undefined;
  /** Held answers, when set. */
  gate: Promise<void> | undefined;

  add(n: number, change: Partial<SealToken> = {}, stake: Partial<StakeRecord> = {}): string {
    const token: SealToken = {
      id: id(n),
      owner: id(n + 1_000),
      stakeRecord: id(n + 2_000),
      nodeId: '',
      stakeAmount: 1n,
      stakeType: 'user',
      permissions: ['pods:read'],
      issuedAt: NOW_S,
      expiresAt: NOW_S + 86_400,
      revoked: false,
      nautilusEndpoint: id(9_999),
      ...change,
    };
    const record: StakeRecord = {
      id: token.stakeRecord,
      staker: token.owner,
      amount: 1n,
      stakedAt: 0n,
      lockedUntil: 10n,
      status: 'active',
      nodeId: '',
      stakeType: 'user',
      ...stake,
    };
    this.tokens.set(token.id, { token, stake: record });
    return token.id;
  }

  async tokenWithStake(tokenId: string): Promise<{ token: SealToken; stake: StakeRecord }> {
    this.asked += 1;
    const found = this.tokens.get(tokenId);
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    if (found === undefined) throw new ChainError('not_found', 'no such token');
    return found;
  }
}

let reader: FakeReader;
let clock: ManualClock;
const cacheOf = (options: Partial<TokenCacheOptions> = {}): TokenCache =>
  new TokenCache({ reader: reader as unknown as ChainReader, clock, ttlSeconds: 300, ...options });
beforeEach(() => {
  reader = new FakeReader();
  clock = new ManualClock(NOW_S * 1_000);
});

describe('remembering', () => {
  test('a token is asked for once in its time, however many want it at once', async () => {
    const cache = cacheOf();
    const token = reader.add(1);
    const answers = await Promise.all(Array.from({ length: 50 }, () => cache.lookup(token, 'seal')));
    expect(answers.every(({ status }) => status === 'found')).toBe(true);
    clock.advance(299_999);
    await cache.lookup(token, 'seal');
    expect(reader.asked).toBe(1);
    clock.advance(1);
    await cache.lookup(token, 'seal');
    expect(reader.asked).toBe(2);
  });

  test('a longer life than 300 s is not to be had', async () => {
    const cache = cacheOf({ ttlSeconds: 86_400 });
    const token = reader.add(1);
    await cache.lookup(token, 'seal');
    clock.advance(300_000);
    await cache.lookup(token, 'seal');
    expect(reader.asked).toBe(2);
  });

  test('unknown and unusable tokens are remembered for a second', async () => {
    const cache = cacheOf();
    const revoked = reader.add(2, { revoked: true });
    for (const token of [id(77), revoked]) {
      reader.asked = 0;
      await cache.lookup(token, 'seal');
      await cache.lookup(token, 'seal');
      expect(reader.asked).toBe(1);
      clock.advance(1_000);
      await cache.lookup(token, 'seal');
      expect(reader.asked).toBe(2);
    }
    expect(cache.size).toBe(0);
  });
});

describe('dropping', () => {
  test.each([
    ['SealTokenRevoked', { token: id(1) }],
    ['SealTokenShortened', { token: id(1) }],
    ['SlashEvent', { record: id(2_001) }],
    ['UnstakeEvent', { record: id(2_001) }],
  ])('%s drops the token it is about and no other', async (name, data) => {
    const cache = cacheOf();
    await cache.lookup(reader.add(1), 'seal');
    await cache.lookup(reader.add(5), 'seal');
    cache.observe({ name, data });
    expect(cache.size).toBe(1);
    await cache.lookup(id(5), 'seal');
    expect(reader.asked).toBe(2);
    await cache.lookup(id(1), 'seal');
    expect(reader.asked).toBe(3);
  });

  test('an answer that an event overtook is read again', async () => {
    const cache = cacheOf();
    const token = reader.add(1);
    const gate = Promise.withResolvers<void>();
    reader.gate = gate.promise;
    const answer = cache.lookup(token, 'seal');
    reader.add(1, { revoked: true });
    cache.observe({ name: 'SealTokenRevoked', data: { token } });
    gate.resolve();
    expect(await answer).toMatchObject({ status: 'found', revoked: true });
    expect(reader.asked).toBe(2);
  });

  test('a token that was asked for too early is found once it is issued', async () => {
    const cache = cacheOf();
    expect(await cache.lookup(id(1), 'seal')).toEqual({ status: 'unknown' });
    reader.add(1);
    cache.observe({ name: 'SealTokenIssued', data: { token: id(1) } });
    expect(await cache.lookup(id(1), 'seal')).toMatchObject({ status: 'found' });
  });
});

describe('a chain that is away', () => {
  test('known tokens stay, unknown ones are unavailable and asked for again at once', async () => {
    const cache = cacheOf();
    const token = reader.add(1);
    await cache.lookup(token, 'seal');
    reader.failure = new ChainError('unavailable', 'away');
    expect(await cache.lookup(token, 'seal')).toMatchObject({ status: 'found' });
    reader.add(2);
    expect(await cache.lookup(id(2), 'seal')).toMatchObject({ status: 'unavailable' });
    reader.failure = undefined;
    expect(await cache.lookup(id(2), 'seal')).toMatchObject({ status: 'found' });
    clock.advance(300_000);
    reader.failure = new ChainError('unavailable', 'away');
    expect(await cache.lookup(token, 'seal')).toMatchObject({ status: 'unavailable' });
  });
});

describe('the bound', () => {
  test('new tokens are refused until one leaves; nobody is put out early', async () => {
    const cache = cacheOf({ capacity: 2 });
    for (const n of [1, 2, 3]) reader.add(n);
    await cache.lookup(id(1), 'seal');
    clock.advance(100_000);
    await cache.lookup(id(2), 'seal');
    expect(await cache.lookup(id(3), 'seal')).toEqual({ status: 'cache-full', retryAfterSeconds: 200 });
    expect(reader.asked).toBe(2);
    expect(await cache.lookup(id(1), 'seal')).toMatchObject({ status: 'found' });
    clock.advance(200_000);
    expect(await cache.lookup(id(3), 'seal')).toMatchObject({ status: 'found' });
    expect(cache.size).toBe(2);
  });

  test('a flood of unknown ids leaves no mark on tokens in use', async () => {
    const cache = cacheOf({ capacity: 3 });
    await cache.lookup(reader.add(1), 'seal');
    for (let n = 100; n < 200; n++) await cache.lookup(id(n), 'seal');
    reader.asked = 0;
    expect(await cache.lookup(id(1), 'seal')).toMatchObject({ status: 'found' });
    expect(reader.asked).toBe(0);
    expect(cache.size).toBe(1);
  });
});
