import type { ProtocolError } from '../../protocol/status.ts';
import { apiErrorBody, refusalHeaders, statusBody } from '../../protocol/status.ts';

/** An answer; a body of several chunks is sent chunk by chunk as they come. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array | AsyncIterable<Uint8Array>;
}

/** A reply of JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** A refusal in the shape of the master's own endpoints. */
export function failureOf(error: ProtocolError): Reply {
  const body = apiErrorBody(error.reason, error.message);
  return json(error.http, body, refusalHeaders(error.reason, error.retryAfter));
}

/** A refusal as metav1.Status, for the Kubernetes API. */
export function statusOf(error: ProtocolError): Reply {
  const retry = error.retryAfter === undefined ? {} : { retryAfter: error.retryAfter };
  const body = statusBody(error.reason, { message: error.message, ...retry });
  return json(error.http, body, refusalHeaders(error.reason, error.retryAfter));
}
