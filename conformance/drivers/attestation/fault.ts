import { TargetError } from '../../errors.ts';

/** Why an attestation document is not believed, in the order of the checks. */
const ATTESTATION_REASONS = [
  'Oversize',
  'MalformedCbor',
  'MalformedCose',
  'UnsupportedAlgorithm',
  'MalformedDocument',
  'MalformedCertificate',
  'WrongRoot',
  'BrokenChain',
  'CertificateExpired',
  'CertificateNotYetValid',
  'CertificateUnfit',
  'BadSignature',
  'Stale',
  'FromTheFuture',
  'PcrMissing',
  'DebugPcrs',
  'PcrMismatch',
  'NonceMissing',
  'NonceMismatch',
  'NonceSpent',
  'PublicKeyMissing',
  'PublicKeyMismatch',
  'PublicKeyWeak',
] as const;

export type AttestationReason = (typeof ATTESTATION_REASONS)[number];

/** A document that failed one check; exit code 1, since it is the attested side that is wrong. */
export class AttestationFault extends TargetError {
  readonly reason: AttestationReason;
  constructor(reason: AttestationReason, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.reason = reason;
  }
}
