import { hash } from 'node:crypto';
import { bcs } from '@mysten/sui/bcs';

/** SHA-256 as 32 bytes. */
export function sha256(data: Uint8Array | string): Uint8Array {
  return hash('sha256', data, 'buffer');
}

/** SHA-256 as base64url without padding, 43 characters. */
export function sha256Base64url(data: Uint8Array | string): string {
  return hash('sha256', data, 'base64url');
}

/** The parts of a request that go on chain as one digest. */
export interface RequestPayload {
  /** Upper-case method. */
  method: string;
  /** Canonical path. */
  path: string;
  /** Raw query without `?`, empty if there is none. */
  query: string;
  /** Content-Type as sent, empty if there is none. */
  contentType: string;
  body: Uint8Array;
}

const PayloadLayout = bcs.struct('RequestPayload', {
  method: bcs.string(),
  path: bcs.string(),
  query: bcs.string(),
  content_type: bcs.string(),
  body: bcs.byteVector(),
});

/** Digest of a request as `K8sAPIRequest.payload_digest` carries it, 32 bytes. */
export function payloadDigest(payload: RequestPayload): Uint8Array {
  const { contentType, ...rest } = payload;
  const size = payload.body.length + payload.path.length * 3 + payload.query.length * 3 + 1024;
  return sha256(
    PayloadLayout.serialize({ ...rest, content_type: contentType }, { initialSize: size }).toBytes(),
  );
}

/** Digest of a response body, 32 bytes. */
export function bodyDigest(body: Uint8Array): Uint8Array {
  return sha256(body);
}

/** Compares two digests. Digests are public, so this need not run in constant time. */
export function sameDigest(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
