import { createHash } from 'node:crypto';
import { bcs } from '@mysten/sui/bcs';

const Payload = bcs.struct('Payload', {
  method: bcs.string(),
  path: bcs.string(),
  query: bcs.string(),
  content_type: bcs.string(),
  body: bcs.byteVector(),
});

export interface RequestPayload {
  method: string;
  /** Canonical, without the query. */
  path: string;
  /** Raw, without the question mark. */
  query: string;
  contentType: string;
  body: Uint8Array;
}

/** What K8sAPIRequest.payload_digest must be for a request. */
export function payloadDigest(payload: RequestPayload): Buffer {
  const { contentType, ...rest } = payload;
  return createHash('sha256')
    .update(Payload.serialize({ ...rest, content_type: contentType }).toBytes())
    .digest();
}
