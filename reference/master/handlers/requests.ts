import * as v from 'valibot';
import { decodeBase64url, encodeBase64url } from '../../protocol/base64url.ts';
import { payloadDigest } from '../../protocol/digest.ts';
import { isRequestId } from '../../protocol/ids.ts';
import { matching, text } from '../../protocol/schema.ts';
import { ProtocolError } from '../../protocol/status.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Reply } from '../http/reply.ts';
import { json } from '../http/reply.ts';
import type { RequestBook } from '../request-book.ts';
import { RequestRefusedError } from '../request-book.ts';
import type { GatewayIdentityDeps } from './gateway-identity.ts';
import { verifyGateway } from './gateway-identity.ts';
import { parseBody, SMALL_BODY } from './worker-request.ts';

export interface RequestsDeps extends GatewayIdentityDeps {
  book: RequestBook;
  /** Longest body of a request to Kubernetes, bytes. */
  bodyBytes: number;
}

const line = text(16_384);
const payloadSchema = v.strictObject({
  method: matching(/^[A-Z]{1,16}$/, 'must be a method'),
  path: v.pipe(line, v.startsWith('/')),
  query: line,
  content_type: line,
  accept: line,
  body: v.pipe(
    v.string(),
    v.check((value) => decodeBase64url(value) !== undefined, 'must be base64url'),
  ),
});

/** Longest long poll, seconds. */
const MAX_WAIT_SECONDS = 30;

/** PUT /api/v1/requests/{id}. Throws ProtocolError. */
export async function putRequest(request: HttpRequest, id: string, deps: RequestsDeps): Promise<Reply> {
  // base64 makes four characters of three bytes.
  const body = await request.readBody(Math.ceil(deps.bodyBytes / 3) * 4 + SMALL_BODY);
  const gateway = await verifyGateway(request, body, deps);
  requireRequestId(id);
  const payload = parseBody(payloadSchema, body);
  const digest = payloadDigest({
    method: payload.method,
    path: payload.path,
    query: payload.query,
    contentType: payload.content_type,
    body: decodeBase64url(payload.body) ?? new Uint8Array(),
  });
  await deps.book.offer(id, gateway.tokenId, payload, encodeBase64url(digest)).catch((error: unknown) => {
    if (!(error instanceof RequestRefusedError)) throw error;
    const options = error.reason === 'TooManyRequests' ? { retryAfter: 1 } : {};
    throw new ProtocolError(error.reason, error.message, options);
  });
  return json(202, { status: 'accepted' });
}

/** GET /api/v1/responses/{id}?timeout_seconds=N. Throws ProtocolError. */
export async function getResponse(request: HttpRequest, id: string, deps: RequestsDeps): Promise<Reply> {
  const gateway = await verifyGateway(request, await request.readBody(SMALL_BODY), deps);
  requireRequestId(id);
  const timeoutMs = waitOf(request.query) * 1000;
  const outcome = await deps.book.wait(id, gateway.tokenId, timeoutMs, request.signal);
  switch (outcome.kind) {
    case 'done':
      return json(200, outcome.result);
    case 'pending':
      return json(202, { status: 'pending' });
    case 'unknown':
      throw new ProtocolError('NotFound', `there is no request ${id}`);
    case 'expired':
      throw new ProtocolError('RequestExpired', `request ${id} is over`);
    case 'mismatch':
      throw new ProtocolError('DigestMismatch', 'the payload is not the one that the chain announced');
  }
}

function requireRequestId(id: string): void {
  if (!isRequestId(id)) throw new ProtocolError('BadRequest', 'a request id is 32 lower-case hex digits');
}

function waitOf(query: string): number {
  const value = new URLSearchParams(query).get('timeout_seconds') ?? '0';
  if (!/^\d{1,3}$/.test(value) || Number(value) > MAX_WAIT_SECONDS) {
    throw new ProtocolError('BadRequest', `timeout_seconds is 0 to ${MAX_WAIT_SECONDS}`);
  }
  return Number(value);
}
