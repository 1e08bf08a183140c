import { createHash } from 'node:crypto';
import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import { ManualClock } from '../clock.ts';
import { mint, type CredentialSigner, type MintOptions } from '../credential.ts';
import { MemoryNonceStore } from '../memory-nonce-store.ts';
import type { TokenKind, TokenLookup, TokenRecord, TokenSource } from '../tokens.ts';
import { CredentialVerifier, type VerifierOptions } from '../verifier.ts';

/** An id that is the same in every run. */
export function idOf(name: string): string {
  return `0x${createHash('sha256').update(name).digest('hex')}`;
}

/** Reproducible bytes: each call gives the next ones. */
export function countingBytes(): (size: number) => Uint8Array {
  let call = 0;
  return (size) => createHash('shake256', { outputLength: size }).update(`bytes ${call++}`).digest();
}

/** Key pair that is the same in every run. */
export function keypairOf(name: string): Ed25519Keypair {
  return Ed25519Keypair.fromSecretKey(createHash('sha256').update(name).digest());
}

export const START_SECONDS = 1_800_000_000;
export const CLUSTER = idOf('cluster');

/** A wallet, its tokens and a verifier, all under the test's control. */
export class Bench implements TokenSource {
  readonly clock = new ManualClock(START_SECONDS * 1000);
  readonly wallet = keypairOf('wallet');
  readonly nonces = new MemoryNonceStore({ clock: this.clock, capacity: 1000 });
  readonly tokens = new Map<string, TokenRecord>();
  readonly lookups: string[] = [];
  readonly randomBytes = countingBytes();
  chain: 'up' | 'down' | 'full' = 'up';
  readonly userToken: string;
  readonly nodeToken: string;

  constructor() {
    this.userToken = this.addToken('user token', {});
    this.nodeToken = this.addToken('node token', { stakeType: 'node', nodeId: 'node-1' });
  }

  addToken(name: string, change: Partial<TokenRecord>): string {
    const tokenId = idOf(name);
    this.tokens.set(tokenId, {
      tokenId,
      owner: this.wallet.toSuiAddress(),
      stakeType: 'user',
      stakeStatus: 'active',
      stakeRecord: idOf(`${name} record`),
      stakeAmount: 500_000_000n,
      permissions: ['pods:read', 'services:read'],
      nodeId: '',
      expiresAt: START_SECONDS + 86_400,
      revoked: false,
      endpoint: idOf('endpoint'),
      ...change,
    });
    return tokenId;
  }

  async lookup(tokenId: string, _kind: TokenKind): Promise<TokenLookup> {
    this.lookups.push(tokenId);
    if (this.chain === 'down') return { status: 'unavailable', retryAfterSeconds: 7 };
    if (this.chain === 'full') return { status: 'cache-full', retryAfterSeconds: 3 };
    const token = this.tokens.get(tokenId);
    return token ? { status: 'found', ...token } : { status: 'unknown' };
  }

  verifier(options: Partial<VerifierOptions> = {}): CredentialVerifier {
    const { clock, nonces } = this;
    return new CredentialVerifier({ audience: CLUSTER, clock, nonces, tokens: this, ...options });
  }

  async mint(options: Partial<MintOptions> = {}, signer: CredentialSigner = this.wallet): Promise<string> {
    const { clock, randomBytes } = this;
    const { credential } = await mint(signer, {
      token: this.userToken,
      audience: CLUSTER,
      clock,
      randomBytes,
      ...options,
    });
    return credential.reveal();
  }
}
