import { blake2b } from '../../../node_modules/@noble/hashes/blake2.js';
import { sha512 } from '../../../node_modules/@noble/hashes/sha2.js';
import encoding from 'k6/encoding';
import { INPUT, type Wallet } from './input.ts';

// k6's own WebCrypto has no Ed25519: sessions are signed in JavaScript, some 10 ms each, and then used for minutes.
// It is required, not imported: the package's types are its own sources, which are not written for our checks.
const ed = require('../../../node_modules/@noble/ed25519/index.js') as Ed25519;
ed.hashes.sha512 = sha512;

interface Ed25519 {
  hashes: { sha512: (message: Uint8Array) => Uint8Array };
  sign: (message: Uint8Array, secret: Uint8Array) => Uint8Array;
  getPublicKey: (secret: Uint8Array) => Uint8Array;
}

const LIFETIME_S = 290;
const RENEW_AFTER_MS = 200_000;
/** Of a Sui personal message: scope 3, version 0, application 0. */
const INTENT = [3, 0, 0];
const ED25519_FLAG = 0;

/** Sessions of all wallets in their order, and when they were signed, in Unix milliseconds. */
export interface Signed {
  credentials: string[];
  at: number;
}

export function signAll(): Signed {
  return { credentials: INPUT.wallets.map(mint), at: Date.now() };
}

const renewed = new Map<number, { credential: string; at: number }>();

/** The credential of the wallet at this place of the input: what was signed before the load, renewed before it ends. */
export function sessionOf(index: number, signed: Signed): string {
  const own = renewed.get(index);
  if (own && Date.now() - own.at < RENEW_AFTER_MS) return own.credential;
  const first = signed.credentials[index];
  if (first !== undefined && Date.now() - signed.at < RENEW_AFTER_MS) return first;
  const wallet = INPUT.wallets[index];
  if (!wallet) throw new Error(`no wallet ${index} in the input`);
  const credential = mint(wallet);
  renewed.set(index, { credential, at: Date.now() });
  return credential;
}

function mint({ seed, token, address, audience }: Wallet): string {
  const secret = bytesOfHex(seed);
  const iat = Math.floor(Date.now() / 1000);
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const payload = { v: 1, token, sub: address, aud: audience, nonce, iat, exp: iat + LIFETIME_S };
  const segment = encoding.b64encode(JSON.stringify(payload), 'rawurl');
  const message = bytesOfText(segment);
  const digest = blake2b(new Uint8Array([...INTENT, ...uleb(message.length), ...message]), { dkLen: 32 });
  const serialized = [ED25519_FLAG, ...ed.sign(digest, secret), ...ed.getPublicKey(secret)];
  return `seal1.${segment}.${base64url(new Uint8Array(serialized))}`;
}

function base64url(bytes: Uint8Array): string {
  return encoding.b64encode(bytes.buffer as ArrayBuffer, 'rawurl');
}

function bytesOfHex(text: string): Uint8Array {
  return new Uint8Array((text.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));
}

/** Of ASCII. */
function bytesOfText(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}

/** A length as BCS writes it. */
function uleb(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}
