import { bodyDigest, sameDigest } from '../protocol/digest.ts';
import { verifyResponse } from '../protocol/response-signature.ts';

/** The master's answer to a request, decoded. */
export interface MasterResponse {
  requestId: string;
  statusCode: number;
  contentType: string;
  body: Uint8Array;
  timestampMs: number;
  keyVersion: bigint;
  signature: Uint8Array;
}

/** What the chain recorded about it. */
export interface RecordedResult {
  requestId: string;
  endpoint: string;
  statusCode: number;
  bodyDigest: Uint8Array;
  keyVersion: bigint;
}

/** The key that counts now: registered on chain and attested. */
export interface EnclaveIdentity {
  endpoint: string;
  publicKey: Uint8Array;
  keyVersion: bigint;
}

/** Undefined when all three agree, else which of them does not, in a word. */
export type ResponseCheck = (
  response: MasterResponse,
  recorded: RecordedResult,
  enclave: EnclaveIdentity,
) => string | undefined;

/** Compares the answer with the chain's record and with the enclave's signature. */
export const checkResponse: ResponseCheck = (response, recorded, enclave) => {
  if (response.requestId !== recorded.requestId) return 'request id';
  if (recorded.endpoint !== enclave.endpoint) return 'endpoint';
  if (response.statusCode !== recorded.statusCode) return 'status code';
  const digest = bodyDigest(response.body);
  if (!sameDigest(digest, recorded.bodyDigest)) return 'body digest';
  // An older key may have leaked since it was retired, so it proves nothing any more.
  if (response.keyVersion !== recorded.keyVersion || response.keyVersion !== enclave.keyVersion)
    return 'key version';
  const { requestId, statusCode, keyVersion } = response;
  const statement = { requestId, statusCode, bodyDigest: digest, keyVersion };
  return verifyResponse(enclave.publicKey, statement, response.timestampMs, response.signature)
    ? undefined
    : 'signature';
};
