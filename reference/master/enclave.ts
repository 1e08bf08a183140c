/** The enclave's Ed25519 key, as handlers use it. */
export interface Enclave {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** Version under which the chain knows the key. */
  keyVersion(): bigint;
  /** Signature over a request's recorded answer, 64 bytes. */
  signResponse(response: SignedResponse): Uint8Array;
  /** Signature over what a worker needs to join, 64 bytes. */
  signJoin(join: SignedJoin): Uint8Array;
}

export interface SignedResponse {
  requestId: string;
  statusCode: number;
  /** SHA-256 of the body, 32 bytes. */
  bodyDigest: Uint8Array;
  timestampMs: number;
}

export interface SignedJoin {
  nodeId: string;
  server: string;
  /** SHA-256 of the join token's characters, 32 bytes. */
  joinTokenDigest: Uint8Array;
  timestampMs: number;
}
