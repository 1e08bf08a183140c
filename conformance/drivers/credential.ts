import { createHash, randomBytes } from 'node:crypto';
import { fromBase64 } from '@mysten/sui/utils';
import type { CredentialSigner } from './native-signer.ts';

/** Claims of a credential; whatever is given is sent as it is, also when it is wrong on purpose. */
export interface Claims {
  v: number;
  token: string;
  sub: string;
  aud: string;
  nonce: string;
  iat: number;
  exp: number;
  htm?: string;
  htu?: string;
  bod?: string;
}

export interface MintOptions {
  token: string;
  /** Id of the cluster. */
  audience: string;
  /** Overrides single claims, for wrong credentials. */
  claims?: Partial<Record<keyof Claims, unknown>>;
  /** Seconds it is valid, 120 unless told. */
  lifetime?: number;
  /** Unix seconds. */
  now?: number;
}

/** What a one-shot credential is bound to. */
export interface Binding {
  method: string;
  /** Path and query as they stand on the request line. */
  target: string;
  body: string | Uint8Array;
}

export const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

/** 16 fresh random bytes, as the nonce claim wants them. */
export const freshNonce = (): string => base64url(randomBytes(16));

/** A session credential: presented as `Authorization: Bearer`. */
export async function mintSession(signer: CredentialSigner, options: MintOptions): Promise<string> {
  return sealPayload(signer, JSON.stringify(claimsOf(signer, options)));
}

/** A one-shot credential, bound to one request. */
export async function mintOneShot(
  signer: CredentialSigner,
  options: MintOptions,
  binding: Binding,
): Promise<string> {
  const bound = {
    ...claimsOf(signer, options),
    htm: binding.method,
    htu: binding.target,
    bod: base64url(createHash('sha256').update(binding.body).digest()),
    ...options.claims,
  };
  return sealPayload(signer, JSON.stringify(bound));
}

/** Signs any text as a payload segment: for payloads that are malformed on purpose. */
export async function sealPayload(signer: CredentialSigner, payload: string): Promise<string> {
  const segment = base64url(payload);
  const { signature } = await signer.signPersonalMessage(new TextEncoder().encode(segment));
  return `seal1.${segment}.${base64url(fromBase64(signature))}`;
}

function claimsOf(signer: CredentialSigner, options: MintOptions): Record<string, unknown> {
  const now = options.now ?? Math.floor(Date.now() / 1000);
  return {
    v: 1,
    token: options.token,
    sub: signer.toSuiAddress(),
    aud: options.audience,
    nonce: freshNonce(),
    iat: now,
    exp: now + (options.lifetime ?? 120),
    ...options.claims,
  };
}
