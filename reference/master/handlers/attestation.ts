import { decodeBase64url, encodeBase64url } from '../../protocol/base64url.ts';
import { ProtocolError } from '../../protocol/status.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Reply } from '../http/reply.ts';
import { json } from '../http/reply.ts';

export interface AttestationDeps {
  /** Makes a document over the nonce and the enclave's public key: COSE_Sign1 bytes. */
  attest: (nonce: Uint8Array) => Promise<Uint8Array>;
}

/** GET /api/v1/attestation?nonce=…: `{document}`, base64url COSE_Sign1. Throws ProtocolError. */
export async function attestation(request: HttpRequest, deps: AttestationDeps): Promise<Reply> {
  const nonces = new URLSearchParams(request.query).getAll('nonce');
  const nonce = nonces.length === 1 ? decodeBase64url(nonces[0]!) : undefined;
  if (nonce === undefined || nonce.length < 16 || nonce.length > 64) {
    throw new ProtocolError('BadRequest', 'nonce must be 16 to 64 bytes in base64url');
  }
  return json(200, { document: encodeBase64url(await deps.attest(nonce)) });
}
