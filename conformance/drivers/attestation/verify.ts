import { verify, type X509Certificate } from 'node:crypto';
import { verifyChain, type PinnedRoot } from './chain.ts';
import { readDocument, type AttestationDocument, type SignedDocument } from './document.ts';
import { AttestationFault } from './fault.ts';
import { isWeakEd25519 } from './weak-key.ts';

/** What a document must agree with. */
export interface AttestationPolicy {
  root: PinnedRoot;
  /** Unix milliseconds at which the document is judged. */
  nowMs: number;
  /** Expected PCR0, PCR1, PCR2: 48 bytes each. */
  pcrs: readonly [Uint8Array, Uint8Array, Uint8Array];
  /** The verifier's own nonce. Without one nothing keeps old documents out but their age. */
  nonce?: Uint8Array | undefined;
  /**
   * Nonces that documents were accepted with, hex; an accepted one is added. A replay is known by its nonce and never
   * by its bytes: an ECDSA signature has a second spelling that verifies as well.
   */
  spentNonces?: Set<string>;
  /** The enclave's registered Ed25519 key, 32 bytes. */
  publicKey?: Uint8Array | undefined;
  /** Oldest document that is believed; 300 unless told. */
  maxAgeSeconds?: number;
  /** How far the enclave's clock may be ahead; 30 unless told. */
  skewSeconds?: number;
}

/** Judges a document by every check, form first, origin second, content last. Throws an AttestationFault for the first that fails. */
export function verifyAttestation(bytes: Uint8Array, policy: AttestationPolicy): AttestationDocument {
  const signed = readDocument(bytes);
  const { document } = signed;
  const leaf = verifyChain(document.certificate, document.cabundle, policy.root, policy.nowMs);
  if (!isSignedBy(leaf, signed))
    throw new AttestationFault('BadSignature', 'the leaf did not sign this document');
  requireFresh(document, policy);
  requirePcrs(document, policy);
  requirePublicKey(document, policy);
  // Last, since only a document that holds in everything else may use a nonce up.
  requireNonce(document, policy);
  return document;
}

/** What is wrong with a certificate chain from a pinned root to the document's certificate; empty when nothing is. */
export function chainFaults({ document }: SignedDocument, rootPem: string, nowMs: number): string[] {
  try {
    verifyChain(document.certificate, document.cabundle, { pem: rootPem }, nowMs);
    return [];
  } catch (error) {
    if (error instanceof AttestationFault) return [`${error.reason}: ${error.message}`];
    throw error;
  }
}

/** Whether this certificate's key made the document's signature, with ES384. */
export function isSignedBy(leaf: X509Certificate, { signed, signature }: SignedDocument): boolean {
  return verify('sha384', signed, { key: leaf.publicKey, dsaEncoding: 'ieee-p1363' }, signature);
}

function requireFresh({ timestamp }: AttestationDocument, policy: AttestationPolicy): void {
  const { nowMs, maxAgeSeconds = 300, skewSeconds = 30 } = policy;
  const ageMs = nowMs - timestamp;
  if (ageMs > maxAgeSeconds * 1000) {
    throw new AttestationFault(
      'Stale',
      `it is ${Math.ceil(ageMs / 1000)} s old; ${maxAgeSeconds} s are allowed`,
    );
  }
  if (-ageMs > skewSeconds * 1000) {
    const ahead = Math.ceil(-ageMs / 1000);
    throw new AttestationFault('FromTheFuture', `it is ${ahead} s ahead; ${skewSeconds} s are allowed`);
  }
}

function requirePcrs({ pcrs }: AttestationDocument, policy: AttestationPolicy): void {
  policy.pcrs.forEach((expected, index) => {
    const actual = pcrs.get(index);
    if (!actual) throw new AttestationFault('PcrMissing', `PCR${index} is missing`);
    // An enclave in debug mode reports zeros, and a policy that nobody filled in expects them.
    if (actual.every((byte) => byte === 0)) {
      throw new AttestationFault('DebugPcrs', `PCR${index} is all zero: the enclave runs in debug mode`);
    }
    if (!same(actual, expected)) {
      throw new AttestationFault('PcrMismatch', `PCR${index} is ${hex(actual)}, not ${hex(expected)}`);
    }
  });
}

function requireNonce({ nonce }: AttestationDocument, policy: AttestationPolicy): void {
  if (!policy.nonce && !policy.spentNonces) return;
  if (!nonce || nonce.length === 0) throw new AttestationFault('NonceMissing', 'it carries no nonce');
  if (policy.nonce && !same(nonce, policy.nonce)) {
    throw new AttestationFault('NonceMismatch', `its nonce is ${hex(nonce)}, not ${hex(policy.nonce)}`);
  }
  if (policy.spentNonces?.has(hex(nonce))) {
    throw new AttestationFault('NonceSpent', 'a document with this nonce was accepted before');
  }
  policy.spentNonces?.add(hex(nonce));
}

function requirePublicKey({ public_key: key }: AttestationDocument, policy: AttestationPolicy): void {
  if (!policy.publicKey) return;
  if (!key) throw new AttestationFault('PublicKeyMissing', 'it carries no public key');
  if (!same(key, policy.publicKey)) {
    throw new AttestationFault('PublicKeyMismatch', `its key is ${hex(key)}, not ${hex(policy.publicKey)}`);
  }
  if (isWeakEd25519(key)) {
    throw new AttestationFault('PublicKeyWeak', 'its key is of small order: anybody can sign for it');
  }
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
