import { decodeBase64url } from './base64url.ts';
import { isId } from './ids.ts';
import { parseStrictJson } from './strict-json.ts';

/** Longest credential that is looked at, in characters. */
export const MAX_CREDENTIAL_LENGTH = 4096;
/** Longest life of a credential, in seconds. */
export const MAX_CREDENTIAL_LIFE = 300;

/** The request a one-shot credential was minted for. */
export interface CredentialBinding {
  /** Method. */
  htm: string;
  /** Path and query as on the request line. */
  htu: string;
  /** base64url SHA-256 of the body. */
  bod: string;
}

/** The signed statement inside a credential. */
export interface CredentialClaims {
  /** SealToken's (or GatewayCap's) id. */
  token: string;
  /** Wallet address. */
  sub: string;
  /** Cluster's id. */
  aud: string;
  /** 16 bytes, base64url. */
  nonce: string;
  /** Unix seconds. */
  iat: number;
  /** Unix seconds. */
  exp: number;
  /** Present on a one-shot credential alone. */
  binding?: CredentialBinding;
}

/** A credential of the right shape; nothing about it is proven yet. */
export interface Credential {
  claims: CredentialClaims;
  /** The ASCII payload segment, which is what the wallet signed. */
  payload: string;
  /** Sui serialized signature: flag, signature, public key. */
  signature: Uint8Array;
}

const REQUIRED = ['v', 'token', 'sub', 'aud', 'nonce', 'iat', 'exp'] as const;
const BINDING = ['htm', 'htu', 'bod'] as const;
const METHOD = /^[A-Z]{1,16}$/;
/** Origin form, visible ASCII, no fragment. */
const TARGET = /^\/[\x21\x22\x24-\x7e]{0,2047}$/;
const PLAIN_INTEGER = /^(?:0|[1-9][0-9]{0,15})$/;

/** Takes a credential apart. Never throws; undefined for anything that is not exactly the format. */
export function parseCredential(text: string): Credential | undefined {
  if (text.length > MAX_CREDENTIAL_LENGTH) return undefined;
  const [scheme, payload, tail, more] = text.split('.', 4);
  if (scheme !== 'seal1' || payload === undefined || tail === undefined || more !== undefined)
    return undefined;
  const bytes = decodeBase64url(payload);
  const signature = decodeBase64url(tail);
  if (bytes === undefined || signature === undefined || signature.length === 0) return undefined;
  const claims = parseClaims(bytes);
  return claims && { claims, payload, signature };
}

/** Parses the JSON payload of a credential, with every field checked. */
function parseClaims(bytes: Uint8Array): CredentialClaims | undefined {
  // The spelling of a number is part of the format: 1e3, 1.0 and -0 have no place in a signed statement.
  const json = parseStrictJson(bytes, { maxDepth: 1, number: PLAIN_INTEGER });
  if (!json.ok || !(json.value instanceof Map)) return undefined;
  const fields: ReadonlyMap<string, unknown> = json.value;
  const bound = fields.has('htm');
  const expected = bound ? [...REQUIRED, ...BINDING] : REQUIRED;
  if (fields.size !== expected.length || !expected.every((key) => fields.has(key))) return undefined;
  const { token, sub, aud, nonce } = {
    token: fields.get('token'),
    sub: fields.get('sub'),
    aud: fields.get('aud'),
    nonce: fields.get('nonce'),
  };
  if (fields.get('v') !== 1 || !isId(token) || !isId(sub) || !isId(aud)) return undefined;
  if (!isBytes(nonce, 16)) return undefined;
  const iat = fields.get('iat');
  const exp = fields.get('exp');
  if (!isTime(iat) || !isTime(exp) || exp <= iat || exp - iat > MAX_CREDENTIAL_LIFE) return undefined;
  const claims = { token, sub, aud, nonce, iat, exp };
  if (!bound) return claims;
  const htm = fields.get('htm');
  const htu = fields.get('htu');
  const bod = fields.get('bod');
  if (typeof htm !== 'string' || !METHOD.test(htm)) return undefined;
  if (typeof htu !== 'string' || !TARGET.test(htu)) return undefined;
  if (!isBytes(bod, 32)) return undefined;
  return { ...claims, binding: { htm, htu, bod } };
}

function isBytes(value: unknown, length: number): value is string {
  return typeof value === 'string' && decodeBase64url(value)?.length === length;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
