import { bodyDigest, sameDigest } from '../protocol/digest.ts';
import { verifyResponse } from '../protocol/response-signature.ts';
import type { RecordedResponse } from '../protocol/wire-responses.ts';

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
  response: RecordedResponse,
  recorded: RecordedResult,
  enclave: EnclaveIdentity,
) => string | undefined;

/** Compares the answer with the chain's record and with the enclave's signature. */
export const checkResponse: ResponseCheck = (response, recorded, enclave) => {
  if (response.request_id !== recorded.requestId) return 'request id';
  if (recorded.endpoint !== enclave.endpoint) return 'endpoint';
  if (response.status_code !== recorded.statusCode) return 'status code';
  const digest = bodyDigest(response.body);
  if (!sameDigest(digest, recorded.bodyDigest)) return 'body digest';
  // An older key may have leaked since it was retired, so it proves nothing any more.
  if (response.key_version !== recorded.keyVersion || response.key_version !== enclave.keyVersion)
    return 'key version';
  const statement = {
    requestId: recorded.requestId,
    statusCode: recorded.statusCode,
    bodyDigest: digest,
    keyVersion: recorded.keyVersion,
  };
  return verifyResponse(enclave.publicKey, statement, response.timestamp_ms, response.signature)
    ? undefined
    : 'signature';
};
