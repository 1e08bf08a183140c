import { createPrivateKey, createPublicKey, sign } from 'node:crypto';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The Ed25519 key with which an enclave signs its responses. The private part never leaves it. */
export interface EnclaveKey {
  /** 32 bytes, as registered on chain. */
  readonly publicKey: Uint8Array;
  /** 64-byte signature. */
  sign(message: Uint8Array): Uint8Array;
}

/** Makes the key from a 32-byte seed. Throws RangeError for another length. */
export function enclaveKey(seed: Uint8Array): EnclaveKey {
  if (seed.length !== 32) throw new RangeError(`an Ed25519 seed has 32 bytes, not ${seed.length}`);
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    publicKey: Uint8Array.from(spki.subarray(-32)),
    sign: (message) => sign(null, message, privateKey),
  };
}
