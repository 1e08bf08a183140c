import type { Clock } from '../protocol/clock.ts';
import type { TokenKind, TokenLookup, TokenRecord, TokenSource } from '../protocol/tokens.ts';
import { ChainError } from './errors.ts';
import type { ChainEvent, ChainReader } from './types.ts';

/** Longest life of an entry in seconds, whatever the configuration says. */
export const MAX_TTL_SECONDS = 300;

export interface TokenCacheOptions {
  reader: ChainReader;
  clock: Clock;
  /** Seconds, at most 300. */
  ttlSeconds: number;
  /** Live tokens remembered; at this bound unknown ones are refused. Default 10000. */
  capacity?: number;
  /** Milliseconds for which a refusal (unknown, revoked, slashed) is remembered. Default 1000. */
  negativeTtlMs?: number;
  /** Milliseconds a look-up may wait for the node. Default 2000. */
  deadlineMs?: number;
  /** Told about every look-up, for metrics. */
  onLookup?: (result: 'hit' | 'miss' | 'unavailable' | 'full') => void;
}

interface Entry {
  lookup: TokenLookup;
  untilMs: number;
}

/** What the stream said while a look-up was under way: its answer may be older than that. */
type Flight = { promise: Promise<TokenLookup>; dropped: Set<string> };

/**
 * Answers about tokens from memory, keyed by the token's id and never by a wallet. Entries leave
 * when their time is over or as soon as `observe` sees an event that touches them, never earlier:
 * at the bound, unknown tokens are refused. Refusals live for a second in a small memory of their
 * own, so that a flood of bad tokens neither reaches the chain each time nor fills this one.
 */
export class TokenCache implements TokenSource {
  readonly #options: Required<TokenCacheOptions>;
  readonly #live = new Map<string, Entry>();
  readonly #refused = new Map<string, Entry>();
  readonly #flights = new Map<string, Flight>();

  constructor(options: TokenCacheOptions) {
    this.#options = {
      capacity: 10_000,
      negativeTtlMs: 1_000,
      deadlineMs: 2_000,
      onLookup: () => {},
      ...options,
    };
  }

  /** Live entries, for metrics. */
  get size(): number {
    return this.#live.size;
  }

  async lookup(tokenId: string, kind: TokenKind): Promise<TokenLookup> {
    const key = `${kind}:${tokenId}`;
    const now = this.#options.clock.nowMs();
    const known = fresh(this.#live, key, now) ?? fresh(this.#refused, key, now);
    if (known !== undefined) {
      this.#options.onLookup('hit');
      return known;
    }
    const flying = this.#flights.get(key);
    if (flying !== undefined) return flying.promise;
    const wait = this.#secondsUntilRoom(now);
    if (wait > 0) {
      this.#options.onLookup('full');
      return { status: 'cache-full', retryAfterSeconds: wait };
    }
    const dropped = new Set<string>();
    const promise = this.#load(key, tokenId, kind, dropped).finally(() => this.#flights.delete(key));
    this.#flights.set(key, { promise, dropped });
    return promise;
  }

  /** Takes in one event of the stream; whatever it may have changed is forgotten at once. */
  observe(event: Pick<ChainEvent, 'name' | 'data'>): void {
    switch (event.name) {
      case 'SealTokenRevoked':
      case 'SealTokenShortened':
        this.#drop(String(event.data['token']));
        break;
      case 'SlashEvent':
      case 'UnstakeEvent':
        this.#drop(String(event.data['record']));
        break;
      case 'GatewayRetired':
        this.#drop(String(event.data['gateway_cap']));
        break;
      case 'SealTokenIssued':
        // It may have been asked for a moment too early.
        this.#refused.delete(`seal:${String(event.data['token'])}`);
        break;
    }
  }

  /** Forgets everything, for a stream that had to jump. */
  clear(): void {
    for (const flight of this.#flights.values()) flight.dropped.add('*');
    this.#live.clear();
    this.#refused.clear();
  }

  /** `id` is a token's, a capability's or a stake record's. */
  #drop(id: string): void {
    for (const flight of this.#flights.values()) flight.dropped.add(id);
    for (const memory of [this.#live, this.#refused]) {
      for (const [key, { lookup }] of memory) {
        if (lookup.status === 'found' && (lookup.tokenId === id || lookup.stakeRecord === id))
          memory.delete(key);
      }
    }
  }

  async #load(key: string, tokenId: string, kind: TokenKind, dropped: Set<string>): Promise<TokenLookup> {
    for (;;) {
      dropped.clear();
      const lookup = await this.#read(tokenId, kind);
      // An event overtook the answer: read again. Each turn costs the chain an event, so this ends.
      if (lookup.status === 'found' && overtaken(lookup, dropped)) continue;
      this.#options.onLookup(lookup.status === 'unavailable' ? 'unavailable' : 'miss');
      return this.#remember(key, lookup);
    }
  }

  #remember(key: string, lookup: TokenLookup): TokenLookup {
    const { clock, ttlSeconds, negativeTtlMs, capacity } = this.#options;
    const now = clock.nowMs();
    if (lookup.status === 'unavailable' || lookup.status === 'cache-full') return lookup;
    if (lookup.status === 'found' && isUsable(lookup, now)) {
      // Room was there when the look-up began; others may have taken it since.
      const wait = this.#secondsUntilRoom(now);
      if (wait > 0) return { status: 'cache-full', retryAfterSeconds: wait };
      this.#live.delete(key);
      this.#live.set(key, { lookup, untilMs: now + Math.min(ttlSeconds, MAX_TTL_SECONDS) * 1_000 });
      return lookup;
    }
    // Forgetting a refusal early is safe, so this memory makes room.
    if (this.#refused.size >= Math.min(capacity, 10_000)) {
      const oldest = this.#refused.keys().next();
      if (oldest.done !== true) this.#refused.delete(oldest.value);
    }
    this.#refused.delete(key);
    this.#refused.set(key, { lookup, untilMs: now + negativeTtlMs });
    return lookup;
  }

  async #read(tokenId: string, kind: TokenKind): Promise<TokenLookup> {
    const { reader, deadlineMs } = this.#options;
    try {
      const record =
        kind === 'seal'
          ? await readSeal(reader, tokenId, deadlineMs)
          : await readCap(reader, tokenId, deadlineMs);
      return { status: 'found', ...record };
    } catch (error) {
      if (error instanceof ChainError && (error.kind === 'not_found' || error.kind === 'wrong_type')) {
        return { status: 'unknown' };
      }
      // Whatever else went wrong, nothing was learnt about the token: fail closed.
      return { status: 'unavailable', retryAfterSeconds: 2 };
    }
  }

  /** 0 when there is room. Entries all live equally long, so the oldest is the next to leave. */
  #secondsUntilRoom(now: number): number {
    for (const [key, entry] of this.#live) {
      if (entry.untilMs > now) {
        if (this.#live.size < this.#options.capacity) return 0;
        return Math.max(1, Math.ceil((entry.untilMs - now) / 1_000));
      }
      this.#live.delete(key);
    }
    return 0;
  }
}

function fresh(memory: Map<string, Entry>, key: string, now: number): TokenLookup | undefined {
  const entry = memory.get(key);
  if (entry === undefined) return undefined;
  if (entry.untilMs > now) return entry.lookup;
  memory.delete(key);
  return undefined;
}

function isUsable(record: TokenRecord, nowMs: number): boolean {
  return !record.revoked && record.stakeStatus === 'active' && record.expiresAt * 1_000 > nowMs;
}

function overtaken(record: TokenRecord, dropped: ReadonlySet<string>): boolean {
  return dropped.has(record.tokenId) || dropped.has(record.stakeRecord) || dropped.has('*');
}

async function readSeal(reader: ChainReader, id: string, deadlineMs: number): Promise<TokenRecord> {
  const { token, stake } = await reader.tokenWithStake(id, { deadlineMs });
  return {
    tokenId: token.id,
    owner: token.owner,
    stakeType: token.stakeType,
    stakeStatus: stake.status,
    stakeRecord: token.stakeRecord,
    stakeAmount: stake.amount,
    permissions: token.permissions,
    nodeId: token.nodeId,
    expiresAt: token.expiresAt,
    revoked: token.revoked,
    endpoint: token.nautilusEndpoint,
  };
}

async function readCap(reader: ChainReader, id: string, deadlineMs: number): Promise<TokenRecord> {
  const [cap, retired] = await Promise.all([
    reader.gatewayCap(id, { deadlineMs }),
    reader.gatewayRetired(id, { deadlineMs }),
  ]);
  return {
    tokenId: cap.id,
    owner: cap.owner,
    stakeType: 'admin',
    stakeStatus: 'active',
    stakeRecord: '',
    stakeAmount: 0n,
    permissions: [],
    nodeId: '',
    expiresAt: Number.POSITIVE_INFINITY,
    revoked: retired,
    endpoint: '',
  };
}
