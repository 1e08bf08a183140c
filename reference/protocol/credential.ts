import { encodeBase64url } from './base64url.ts';
import type { Clock } from './clock.ts';
import { sha256Base64url } from './digest.ts';
import { MAX_CREDENTIAL_LIFE } from './parse-credential.ts';
import { Secret } from './secret.ts';
import type { RequestBinding } from './verifier-types.ts';

/** The part of a Sui key pair that minting needs; every `Signer` of @mysten/sui has it. */
export interface CredentialSigner {
  toSuiAddress(): string;
  /** Resolves to the base64 serialized signature. */
  signPersonalMessage(bytes: Uint8Array): Promise<{ signature: string }>;
}

export interface MintOptions {
  /** SealToken's or GatewayCap's id. */
  token: string;
  /** Cluster's id. */
  audience: string;
  clock: Clock;
  /** Source of nonces. */
  randomBytes(size: number): Uint8Array;
  /** Seconds until it expires, 1 to 300; default 300. */
  lifeSeconds?: number;
  /** Makes a one-shot credential for this request. */
  request?: RequestBinding;
}

export interface MintedCredential {
  credential: Secret;
  /** Unix seconds. */
  expiresAt: number;
}

/** Mints a credential with a fresh nonce. Rejects with RangeError for a life that verifiers refuse. */
export async function mint(signer: CredentialSigner, options: MintOptions): Promise<MintedCredential> {
  const { token, audience, clock, randomBytes, lifeSeconds = MAX_CREDENTIAL_LIFE, request } = options;
  if (!Number.isInteger(lifeSeconds) || lifeSeconds < 1 || lifeSeconds > MAX_CREDENTIAL_LIFE) {
    throw new RangeError(`lifeSeconds is 1 to ${MAX_CREDENTIAL_LIFE}, not ${lifeSeconds}`);
  }
  const iat = Math.floor(clock.nowMs() / 1000);
  const exp = iat + lifeSeconds;
  const nonce = encodeBase64url(randomBytes(16));
  const claims = { v: 1, token, sub: signer.toSuiAddress(), aud: audience, nonce, iat, exp };
  const bound = request && {
    htm: request.method,
    htu: request.target,
    bod: sha256Base64url(request.body),
  };
  const payload = Buffer.from(JSON.stringify({ ...claims, ...bound })).toString('base64url');
  const { signature } = await signer.signPersonalMessage(Buffer.from(payload, 'ascii'));
  const tail = Buffer.from(signature, 'base64').toString('base64url');
  return { credential: new Secret(`seal1.${payload}.${tail}`), expiresAt: exp };
}
