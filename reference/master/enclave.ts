import type { EnclaveKey } from '../protocol/enclave-key.ts';

/** The enclave's signing key as the handlers use it. */
export interface Enclave {
  readonly key: EnclaveKey;
  /** Version under which the chain knows the key; 0 before the first registration. */
  keyVersion(): bigint;
}
