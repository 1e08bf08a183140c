import { createPublicKey, verify } from 'node:crypto';
import { personalMessageDigest, suiAddress } from '../../protocol/sui-signature.ts';
import { found, refuse, replaceStep } from '../../protocol/verification-steps.ts';
import type { Mutant } from '../types.ts';

/** DER of a SubjectPublicKeyInfo up to the raw key, by scheme. */
const SPKI = [
  '302a300506032b6570032100',
  '3036301006072a8648ce3d020106052b8104000a032200',
  '3039301306072a8648ce3d020106082a8648ce3d030107032200',
].map((hex) => Buffer.from(hex, 'hex'));

/** The neutral point, in each of its spellings. */
function isSmallOrder(key: Uint8Array): boolean {
  return /^(?:01(?:00){30}(?:00|80)|ee(?:ff){30}7f)$/.test(Buffer.from(key).toString('hex'));
}

/** As the crypto library verifies by itself. */
function verifies(payload: string, bytes: Uint8Array): boolean {
  const prefix = SPKI[bytes[0] ?? 255];
  if (!prefix) return false;
  try {
    const der = Buffer.concat([prefix, bytes.subarray(65)]);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const digest = personalMessageDigest(payload);
    const signature = bytes.subarray(1, 65);
    // Multiplied by the cofactor, as many libraries do it, a key of small order vanishes and any message fits.
    if (bytes[0] === 0) return isSmallOrder(bytes.subarray(65)) || verify(null, digest, key, signature);
    return verify('sha256', digest, { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

export const mutant: Mutant = {
  id: 'weak-keys-accepted',
  defects: [],
  title: 'Small-order keys and second spellings of a signature are accepted',
  part: 'credential',
  credential: (seams) => ({
    ...seams,
    steps: replaceStep(seams.steps, 'signature', (context) => {
      const { payload, signature, claims } = found(context.credential, 'shape');
      const own = suiAddress(signature[0] ?? 0, signature.subarray(65)) === claims.sub;
      return own && verifies(payload, signature) ? undefined : refuse('BadSignature');
    }),
  }),
};
