/** What goes into an attestation document. */
export interface AttestationRequest {
  /** 16 to 64 bytes from whoever wants to be convinced. */
  nonce?: Uint8Array;
  /** The enclave's Ed25519 public key, 32 bytes. */
  publicKey?: Uint8Array;
  /** At most 512 bytes. */
  userData?: Uint8Array;
}

/** The trusted environment the process runs in, or what stands for it. */
export interface Tee {
  readonly mode: 'simulated' | 'nitro';
  /** PCR0 to PCR2 of this enclave, 48 bytes each. */
  readonly pcrs: readonly Uint8Array[];
  /** The certificate that verifiers pin, as PEM. */
  readonly rootCertificate: string;
  /** A fresh attestation document (COSE_Sign1). */
  attest(request: AttestationRequest): Promise<Uint8Array>;
  /**
   * 32 bytes that only an enclave of the same measurement on the same platform gets for `purpose`,
   * also after a restart. Rejects with SealingError when the platform will not give them.
   */
  sealingKey(purpose: string): Promise<Uint8Array>;
}

/** There is no trusted environment here, or not the one that is asked for. */
export class TeeUnavailableError extends Error {
  override readonly name = 'TeeUnavailableError';
}

/** The platform does not give the sealing key. */
export class SealingError extends Error {
  override readonly name = 'SealingError';
}
