import { createHash, createPublicKey, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Address } from '../vm/index.ts';
import { bytesToAddress } from './bytes.ts';
import { blake2b256, signingDigest } from './digest.ts';
import { TransactionRejected } from './errors.ts';

interface Scheme {
  readonly keyBytes: number;
  /** DER of the SubjectPublicKeyInfo up to the key itself. */
  readonly spkiPrefix: Buffer;
  /** Half of the curve's order; signatures with a greater s are refused as malleable. */
  readonly halfOrder?: bigint;
}

const SCHEMES: ReadonlyMap<number, Scheme> = new Map([
  [0, { keyBytes: 32, spkiPrefix: Buffer.from('302a300506032b6570032100', 'hex') }],
  [
    1,
    {
      keyBytes: 33,
      spkiPrefix: Buffer.from('3036301006072a8648ce3d020106052b8104000a032200', 'hex'),
      halfOrder: 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n,
    },
  ],
  [
    2,
    {
      keyBytes: 33,
      spkiPrefix: Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex'),
      halfOrder: 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n,
    },
  ],
]);
const MULTISIG = 3;
const SIGNATURE_BYTES = 64;
const KEY_CACHE_LIMIT = 4096;

const keys = new Map<string, { key: KeyObject; address: Address }>();

/** The address of a single-key serialized signature (flag, signature, public key); undefined for other schemes. */
function signer(signature: Uint8Array): { key: KeyObject; address: Address; scheme: Scheme } | undefined {
  const scheme = SCHEMES.get(signature[0] ?? -1);
  if (scheme === undefined || signature.length !== 1 + SIGNATURE_BYTES + scheme.keyBytes) return undefined;
  const publicKey = signature.subarray(1 + SIGNATURE_BYTES);
  const name = `${signature[0]}${Buffer.from(publicKey).toString('hex')}`;
  let known = keys.get(name);
  if (known === undefined) {
    try {
      known = {
        key: createPublicKey({
          key: Buffer.concat([scheme.spkiPrefix, publicKey]),
          format: 'der',
          type: 'spki',
        }),
        address: bytesToAddress(blake2b256(Uint8Array.of(signature[0] as number, ...publicKey))),
      };
    } catch {
      return undefined;
    }
    if (keys.size >= KEY_CACHE_LIMIT) keys.clear();
    keys.set(name, known);
  }
  return { ...known, scheme };
}

function verifySingle(signature: Uint8Array, message: Uint8Array): Address | undefined {
  const found = signer(signature);
  if (found === undefined) return undefined;
  const bytes = signature.subarray(1, 1 + SIGNATURE_BYTES);
  const { scheme, key, address } = found;
  if (scheme.halfOrder === undefined) return verify(null, message, key, bytes) ? address : undefined;
  const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).toString('hex')}`);
  if (s > scheme.halfOrder) return undefined;
  return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, bytes) ? address : undefined;
}

/**
 * Checks that a transaction carries exactly one valid signature of each signer, in any order.
 * @param transaction BCS of the transaction data.
 * @param signatures Serialized signatures: Ed25519, secp256k1, secp256r1 or multisig of those.
 * Throws TransactionRejected `signature`.
 */
export async function verifySignatures(
  transaction: Uint8Array,
  signatures: readonly Uint8Array[],
  signers: readonly Address[],
): Promise<void> {
  const wanted = new Set(signers);
  if (signatures.length !== wanted.size) {
    throw new TransactionRejected(
      'signature',
      `Invalid user signature: expected ${wanted.size} signer signatures but got ${signatures.length}`,
    );
  }
  const message = signingDigest(transaction);
  const found = new Set<Address>();
  for (const signature of signatures) {
    const address =
      signature[0] === MULTISIG
        ? await verifyMultisig(signature, transaction)
        : verifySingle(signature, message);
    if (address === undefined)
      throw new TransactionRejected('signature', 'Invalid user signature: Signature is not valid');
    found.add(address);
  }
  for (const address of wanted) {
    if (!found.has(address)) {
      throw new TransactionRejected(
        'signature',
        `Invalid user signature: Required Signature from ${address} is absent [${[...found].join(', ')}]`,
      );
    }
  }
}

async function verifyMultisig(signature: Uint8Array, transaction: Uint8Array): Promise<Address | undefined> {
  try {
    // Loaded when needed: it takes a third of the time in which a network starts, and multisigs are rare.
    const { verifyTransactionSignature } = await import('@mysten/sui/verify');
    const key = await verifyTransactionSignature(transaction, Buffer.from(signature).toString('base64'));
    return key.toSuiAddress();
  } catch {
    return undefined;
  }
}

/** Checks one signature over arbitrary signed bytes; used by the verification service. */
export function verifyMessage(signature: Uint8Array, intentMessage: Uint8Array): Address | undefined {
  return verifySingle(signature, blake2b256(intentMessage));
}

/** SHA-256, for identifiers that are local to the process. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
