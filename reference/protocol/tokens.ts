/** What the stake behind a token was for. */
export type StakeType = 'user' | 'node' | 'admin';

/** State of a stake record on chain. */
export type StakeStatus = 'active' | 'slashed' | 'withdrawn';

/** Which object a credential's `token` names: a SealToken, or a gateway's GatewayCap. */
export type TokenKind = 'seal' | 'gateway';

/**
 * A token as the chain has it. A GatewayCap is shown in the same shape: stakeType 'admin',
 * stakeStatus 'active', no permissions, an empty node id and no expiry (`Infinity`); `revoked` says
 * that it was retired.
 */
export interface TokenRecord {
  /** Object id, 0x and 64 lower-case hex digits. */
  tokenId: string;
  /** Wallet address that owns the token. */
  owner: string;
  stakeType: StakeType;
  stakeStatus: StakeStatus;
  /** Id of the StakeRecord, empty for a GatewayCap. */
  stakeRecord: string;
  /** MIST. */
  stakeAmount: bigint;
  /** `<resource>:<read|write>` or `*:*`. */
  permissions: readonly string[];
  /** Empty unless the stake is a node's. */
  nodeId: string;
  /** Unix seconds. */
  expiresAt: number;
  revoked: boolean;
  /** Id of the NautilusEndpoint the token is assigned to, empty for a GatewayCap. */
  endpoint: string;
}

/** Answer of a token look-up. `unavailable`: the chain cannot be asked and the cache does not know. */
export type TokenLookup =
  | ({ status: 'found' } & TokenRecord)
  | { status: 'unknown' }
  | { status: 'unavailable'; retryAfterSeconds: number }
  | { status: 'cache-full'; retryAfterSeconds: number };

/**
 * Where the verifier learns about tokens. Implementations cache by token id, never by wallet, drop
 * entries within 5 s of a revocation, slashing or withdrawal, and never reject.
 */
export interface TokenSource {
  lookup(tokenId: string, kind: TokenKind): Promise<TokenLookup>;
}
