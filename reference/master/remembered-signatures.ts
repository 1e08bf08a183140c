import { LRUCache } from 'lru-cache';
import { sha256Base64url } from '../protocol/digest.ts';
import type { SignatureVerifier } from '../protocol/sui-signature.ts';

/**
 * A signature verifier that does the same sum only once. What is remembered is that exactly these
 * bytes carry exactly this signature of exactly this address, which can never become untrue; whether
 * the credential still holds is for the other checks to say, each time anew.
 */
export function rememberingSignatures(verify: SignatureVerifier, capacity = 10_000): SignatureVerifier {
  const good = new LRUCache<string, true>({ max: capacity });
  return async (payload, signature, address) => {
    const key = sha256Base64url(`${address}.${payload}.${Buffer.from(signature).toString('base64')}`);
    if (good.has(key)) return true;
    const verified = await verify(payload, signature, address);
    if (verified) good.set(key, true);
    return verified;
  };
}
