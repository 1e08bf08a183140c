import type { ProtocolError } from '../protocol/status.ts';
import { refusalHeaders, statusBody } from '../protocol/status.ts';

/** An answer; a body of several chunks is sent chunk by chunk as they come. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** An answer of JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** The same, and the connection ends with it: for a request that could mean two things, as may what follows it. */
export function endsConnection(reply: Reply): Reply {
  return { ...reply, headers: { ...reply.headers, connection: 'close' } };
}

/** A refusal as metav1.Status. */
export function statusReply({ reason, http, message, retryAfter }: ProtocolError): Reply {
  const retry = retryAfter === undefined ? {} : { retryAfter: Math.max(1, Math.ceil(retryAfter)) };
  return json(http, statusBody(reason, { message, ...retry }), refusalHeaders(reason, retryAfter));
}
