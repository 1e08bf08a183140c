import { createHash, createPublicKey, verify } from 'node:crypto';
import { bcs } from '@mysten/sui/bcs';

const message = (name: string, fields: Parameters<typeof bcs.struct>[1]) =>
  bcs.struct(name, {
    intent: bcs.u8(),
    timestamp_ms: bcs.u64(),
    data: bcs.struct(`${name}Data`, fields),
  });

const ResponseMessage = message('Response', {
  request_id: bcs.string(),
  status_code: bcs.u16(),
  body_digest: bcs.byteVector(),
  key_version: bcs.u64(),
});
const JoinMessage = message('Join', {
  node_id: bcs.string(),
  server: bcs.string(),
  join_token_digest: bcs.byteVector(),
  key_version: bcs.u64(),
});

/** What the enclave signs about a response. */
export interface SignedResponse {
  requestId: string;
  status: number;
  body: Uint8Array;
  keyVersion: number;
  timestampMs: number;
}

/** What the enclave signs about the join data of a registration. */
export interface SignedJoin {
  nodeId: string;
  server: string;
  token: string;
  keyVersion: number;
  timestampMs: number;
}

/** The bytes under the signature of a response. */
export function responseMessage({
  requestId,
  status,
  body,
  keyVersion,
  timestampMs,
}: SignedResponse): Buffer {
  const data = {
    request_id: requestId,
    status_code: status,
    body_digest: sha256(body),
    key_version: keyVersion,
  };
  return Buffer.from(ResponseMessage.serialize({ intent: 1, timestamp_ms: timestampMs, data }).toBytes());
}

/** The bytes under the signature of join data. */
export function joinMessage({ nodeId, server, token, keyVersion, timestampMs }: SignedJoin): Buffer {
  const data = { node_id: nodeId, server, join_token_digest: sha256(token), key_version: keyVersion };
  return Buffer.from(JoinMessage.serialize({ intent: 2, timestamp_ms: timestampMs, data }).toBytes());
}

/** Whether a raw Ed25519 key made this signature. False for keys and signatures of a wrong length, too. */
export function signedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, bytes, key, signature);
}

function sha256(bytes: Uint8Array | string): Buffer {
  return createHash('sha256').update(bytes).digest();
}
