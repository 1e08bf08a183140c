import type { Clock } from './clock.ts';
import type { Credential } from './parse-credential.ts';
import type { NonceStore } from './nonce-store.ts';
import type { Reason } from './reasons.ts';
import type { StakeType, TokenKind, TokenRecord, TokenSource } from './tokens.ts';
import type { SignatureVerifier } from './sui-signature.ts';

/** Who a credential was found to speak for. */
export interface Principal {
  /** Wallet address. */
  owner: string;
  tokenId: string;
  kind: StakeType | 'gateway';
  permissions: readonly string[];
  /** Node bound to the token; empty unless `kind` is 'node'. */
  nodeId: string;
  /** The token as the look-up had it. */
  token: TokenRecord;
  /** Unix milliseconds from which the credential itself is refused (its `exp` plus the skew). */
  credentialEndsMs: number;
}

/** A refused credential. */
export interface Refusal {
  ok: false;
  reason: Reason;
  http: number;
  /** Whole seconds for Retry-After; present on 503. */
  retryAfter?: number;
}

export type Verdict = { ok: true; principal: Principal } | Refusal;

/** The request a one-shot credential must be bound to. */
export interface RequestBinding {
  /** Upper-case method. */
  method: string;
  /** Path and query exactly as on the request line. */
  target: string;
  /** The exact bytes of the body. */
  body: Uint8Array;
}

/** What the steps see of one verification; each step may fill in what later ones need. */
export interface VerificationContext {
  readonly text: string;
  readonly nowMs: number;
  /** Absent for a session. */
  readonly binding: RequestBinding | undefined;
  readonly seams: VerifierSeams;
  credential?: Credential;
  token?: TokenRecord;
}

export type StepName =
  | 'shape'
  | 'expiry'
  | 'not-yet-valid'
  | 'audience'
  | 'signature'
  | 'token'
  | 'token-revoked'
  | 'token-expired'
  | 'stake'
  | 'binding'
  | 'replay'
  | 'kind';

/** One check. Resolves to undefined when it passes. */
export interface VerificationStep {
  readonly name: StepName;
  /** What it finds depends on the text alone: what passed once need not be looked at again. */
  readonly isPure?: boolean;
  run(context: VerificationContext): Refusal | undefined | Promise<Refusal | undefined>;
}

/** Everything the verifier takes from outside. */
export interface VerifierSeams {
  clock: Clock;
  /** Cluster id that `aud` must name. */
  audience: string;
  clockSkewSeconds: number;
  verifySignature: SignatureVerifier;
  tokens: TokenSource;
  /** NautilusEndpoint that seal tokens must be assigned to: those of other clusters are none here. Not looked at when absent. */
  endpoint?: string;
  /** What `token` names. */
  tokenKind: TokenKind;
  /** Kinds of stake let in, by use; anything else is Forbidden. Not looked at for gateways. */
  accepts: { session: readonly StakeType[]; oneShot: readonly StakeType[] };
  nonces: NonceStore;
  /** Feature OneShotKubectl: a session credential passes once only. */
  oneShotSessions: boolean;
}
