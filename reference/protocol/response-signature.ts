import { bcs } from '@mysten/sui/bcs';
import { verifyEd25519 } from './ed25519.ts';

/** What the enclave says about one response. */
export interface ResponseStatement {
  requestId: string;
  statusCode: number;
  /** SHA-256 of the body, 32 bytes. */
  bodyDigest: Uint8Array;
  keyVersion: bigint;
}

/** What the enclave says about the join data it gave a worker. */
export interface JoinStatement {
  nodeId: string;
  server: string;
  /** SHA-256 of the join token, 32 bytes. */
  joinTokenDigest: Uint8Array;
  keyVersion: bigint;
}

/** Ed25519 over bytes, as an enclave key does it. */
export type SignBytes = (message: Uint8Array) => Uint8Array;

/** Intents keep a signature made for one purpose from passing for another. */
const INTENT_RESPONSE = 1;
const INTENT_JOIN = 2;

const ResponseLayout = intentMessage('Response', {
  request_id: bcs.string(),
  status_code: bcs.u16(),
  body_digest: bcs.byteVector(),
  key_version: bcs.u64(),
});

const JoinLayout = intentMessage('Join', {
  node_id: bcs.string(),
  server: bcs.string(),
  join_token_digest: bcs.byteVector(),
  key_version: bcs.u64(),
});

function intentMessage<T extends Parameters<typeof bcs.struct>[1]>(name: string, data: T) {
  return bcs.struct(`${name}Message`, {
    intent: bcs.u8(),
    timestamp_ms: bcs.u64(),
    data: bcs.struct(name, data),
  });
}

/** Bytes that are signed for a response. */
export function responseMessage(statement: ResponseStatement, timestampMs: number): Uint8Array {
  const { requestId, statusCode, bodyDigest, keyVersion } = statement;
  const data = {
    request_id: requestId,
    status_code: statusCode,
    body_digest: bodyDigest,
    key_version: keyVersion,
  };
  return ResponseLayout.serialize({ intent: INTENT_RESPONSE, timestamp_ms: timestampMs, data }).toBytes();
}

/** Bytes that are signed for join data. */
export function joinMessage(statement: JoinStatement, timestampMs: number): Uint8Array {
  const { nodeId, server, joinTokenDigest, keyVersion } = statement;
  const data = { node_id: nodeId, server, join_token_digest: joinTokenDigest, key_version: keyVersion };
  return JoinLayout.serialize({ intent: INTENT_JOIN, timestamp_ms: timestampMs, data }).toBytes();
}

/** Signs a response, 64 bytes. */
export function signResponse(sign: SignBytes, statement: ResponseStatement, timestampMs: number): Uint8Array {
  return sign(responseMessage(statement, timestampMs));
}

/** Signs join data, 64 bytes. */
export function signJoin(sign: SignBytes, statement: JoinStatement, timestampMs: number): Uint8Array {
  return sign(joinMessage(statement, timestampMs));
}

/** True when the enclave key `publicKey` (32 bytes) signed exactly this. Never throws. */
export function verifyResponse(
  publicKey: Uint8Array,
  statement: ResponseStatement,
  timestampMs: number,
  signature: Uint8Array,
): boolean {
  return verifies(publicKey, () => responseMessage(statement, timestampMs), signature);
}

/** True when the enclave key `publicKey` (32 bytes) signed exactly this. Never throws. */
export function verifyJoin(
  publicKey: Uint8Array,
  statement: JoinStatement,
  timestampMs: number,
  signature: Uint8Array,
): boolean {
  return verifies(publicKey, () => joinMessage(statement, timestampMs), signature);
}

/** Numbers out of range have no encoding, so nothing can have been signed over them. */
function verifies(publicKey: Uint8Array, message: () => Uint8Array, signature: Uint8Array): boolean {
  try {
    return verifyEd25519(publicKey, message(), signature);
  } catch {
    return false;
  }
}
