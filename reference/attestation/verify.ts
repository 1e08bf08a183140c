import { verify as verifySignature, X509Certificate } from 'node:crypto';
import { verifyChain, type ChainFault } from './certificate-chain.ts';
import { decodeCoseSign1, signedBytes, type CoseSign1 } from './cose.ts';
import { decodeDocument, PCR_LENGTH, type AttestationDocument } from './document.ts';

/** Why an attestation document is not believed. */
export type AttestationReason =
  | 'Oversize'
  | 'MalformedCbor'
  | 'MalformedCose'
  | 'UnsupportedAlgorithm'
  | 'MalformedDocument'
  | ChainFault
  | 'BadSignature'
  | 'Stale'
  | 'FromTheFuture'
  | 'PcrMissing'
  | 'DebugPcrs'
  | 'PcrMismatch'
  | 'NonceMissing'
  | 'NonceMismatch'
  | 'PublicKeyMissing'
  | 'PublicKeyMismatch';

/** What the document must agree with. */
export interface AttestationPolicy {
  /** The pinned root certificate, PEM or DER. */
  root: string | Uint8Array;
  /** Unix milliseconds. */
  now: number;
  /** Expected PCR0 to PCR2 (further ones if given), 48 bytes each. */
  pcrs: readonly Uint8Array[];
  /** The verifier's own nonce, made for this one verification: that is what keeps old documents out. */
  nonce: Uint8Array;
  /** The enclave key registered on chain; left out only by the one who registers it. */
  publicKey?: Uint8Array;
  /** Oldest document that is believed, in seconds. Default 300. */
  freshnessSeconds?: number;
  /** How far the enclave's clock may be ahead, in seconds. Default 30. */
  clockSkewSeconds?: number;
}

export type AttestationVerdict =
  | { ok: true; document: AttestationDocument; publicKey: Uint8Array }
  | { ok: false; reason: AttestationReason; message: string };

export type AttestationRefusal = Extract<AttestationVerdict, { ok: false }>;

/** What the steps see; earlier ones fill in what later ones need. */
export interface AttestationContext {
  readonly bytes: Uint8Array;
  readonly policy: AttestationPolicy;
  cose?: CoseSign1;
  document?: AttestationDocument;
  leaf?: X509Certificate;
}

export interface AttestationStep {
  readonly name:
    'size' | 'cose' | 'document' | 'chain' | 'signature' | 'time' | 'pcrs' | 'nonce' | 'public-key';
  run(context: AttestationContext): AttestationRefusal | undefined;
}

const MAX_DOCUMENT = 20_000;

/** The checks in order: form first, then origin, then what it says. */
export const ATTESTATION_STEPS: readonly AttestationStep[] = [
  { name: 'size', run: checkSize },
  { name: 'cose', run: checkCose },
  { name: 'document', run: checkDocument },
  { name: 'chain', run: checkChain },
  { name: 'signature', run: checkSignature },
  { name: 'time', run: checkTime },
  { name: 'pcrs', run: checkPcrs },
  { name: 'nonce', run: checkNonce },
  { name: 'public-key', run: checkPublicKey },
];

/**
 * Decides whether an attestation document is to be believed. Never throws for a bad document; throws
 * TypeError when the policy itself cannot be used.
 *
 * A replay is recognised by the nonce alone. The bytes and the signature of a document would not do:
 * an ECDSA signature has a second spelling that verifies as well.
 */
export function verifyAttestation(
  document: Uint8Array,
  policy: AttestationPolicy,
  steps: readonly AttestationStep[] = ATTESTATION_STEPS,
): AttestationVerdict {
  requireUsable(policy);
  const context: AttestationContext = { bytes: document, policy };
  for (const step of steps) {
    const refusal = step.run(context);
    if (refusal) return refusal;
  }
  const believed = found(context.document);
  return { ok: true, document: believed, publicKey: found(believed.publicKey) };
}

/** A policy that could not refuse anything is a mistake of the caller's, not a lenient policy. */
function requireUsable(policy: AttestationPolicy): void {
  if (policy.pcrs.length < 3 || policy.pcrs.some((pcr) => pcr.length !== PCR_LENGTH)) {
    throw new TypeError('an attestation policy needs PCR0 to PCR2, 48 bytes each');
  }
  if (policy.nonce.length < 16)
    throw new TypeError('an attestation policy needs a nonce of 16 bytes at least');
}

function refuse(reason: AttestationReason, message: string): AttestationRefusal {
  return { ok: false, reason, message };
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('an attestation step needs what an earlier one leaves');
  return value;
}

function checkSize({ bytes }: AttestationContext): AttestationRefusal | undefined {
  return bytes.length > MAX_DOCUMENT
    ? refuse('Oversize', `${bytes.length} bytes, at most ${MAX_DOCUMENT}`)
    : undefined;
}

function checkCose(context: AttestationContext): AttestationRefusal | undefined {
  const cose = decodeCoseSign1(context.bytes);
  if (!cose.ok) return refuse(cose.fault, cose.error);
  context.cose = cose.value;
  return undefined;
}

function checkDocument(context: AttestationContext): AttestationRefusal | undefined {
  const document = decodeDocument(found(context.cose).payload);
  if (!document.ok) return refuse(document.fault, document.error);
  context.document = document.value;
  return undefined;
}

function checkChain(context: AttestationContext): AttestationRefusal | undefined {
  const { certificate, cabundle } = found(context.document);
  const root = new X509Certificate(context.policy.root);
  const chain = verifyChain(certificate, cabundle, root, context.policy.now);
  if (!chain.ok) return refuse(chain.fault, chain.error);
  context.leaf = chain.leaf;
  return undefined;
}

function checkSignature(context: AttestationContext): AttestationRefusal | undefined {
  const cose = found(context.cose);
  const key = found(context.leaf).publicKey;
  const good = verifySignature(
    'sha384',
    signedBytes(cose),
    { key, dsaEncoding: 'ieee-p1363' },
    cose.signature,
  );
  return good ? undefined : refuse('BadSignature', 'the leaf did not sign this document');
}

function checkTime(context: AttestationContext): AttestationRefusal | undefined {
  const { now, freshnessSeconds = 300, clockSkewSeconds = 30 } = context.policy;
  const age = now - found(context.document).timestampMs;
  if (age > freshnessSeconds * 1000) return refuse('Stale', `${Math.floor(age / 1000)} s old`);
  if (age < -clockSkewSeconds * 1000) return refuse('FromTheFuture', `${Math.ceil(-age / 1000)} s ahead`);
  return undefined;
}

function checkPcrs(context: AttestationContext): AttestationRefusal | undefined {
  const { pcrs } = found(context.document);
  for (const [index, expected] of context.policy.pcrs.entries()) {
    const actual = pcrs.get(index);
    if (!actual) return refuse('PcrMissing', `PCR${index} is missing`);
    // An enclave in debug mode reports zeros, and a policy that was never set expects them.
    if (actual.every((byte) => byte === 0)) return refuse('DebugPcrs', `PCR${index} is zero: debug mode`);
    if (Buffer.compare(actual, expected) !== 0) return refuse('PcrMismatch', `PCR${index} is another one`);
  }
  return undefined;
}

function checkNonce(context: AttestationContext): AttestationRefusal | undefined {
  const { nonce } = found(context.document);
  if (!nonce) return refuse('NonceMissing', 'the document carries no nonce');
  const same = Buffer.compare(nonce, context.policy.nonce) === 0;
  return same ? undefined : refuse('NonceMismatch', 'the nonce is another one');
}

function checkPublicKey(context: AttestationContext): AttestationRefusal | undefined {
  const { publicKey } = found(context.document);
  const { publicKey: expected } = context.policy;
  if (!publicKey) return refuse('PublicKeyMissing', 'the document carries no public key');
  if (!expected || Buffer.compare(publicKey, expected) === 0) return undefined;
  return refuse('PublicKeyMismatch', 'the public key is not the registered one');
}
