import { REASONS } from '../../protocol/reasons.ts';
import type { RefusedError } from './refused-error.ts';

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
export function failureOf(error: RefusedError): Reply {
  const { http } = REASONS[error.reason];
  return json(http, { error: { reason: error.reason, message: error.message, code: http } }, retry(error));
}

/** A refusal as metav1.Status, for the Kubernetes API. */
export function statusOf(error: RefusedError): Reply {
  const { http, kubernetes } = REASONS[error.reason];
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: error.message,
    reason: kubernetes,
    details: {
      causes: [{ reason: error.reason, message: error.message }],
      ...(error.retryAfter === undefined ? {} : { retryAfterSeconds: error.retryAfter }),
    },
    code: http,
  };
  const challenge = http === 401 ? { 'www-authenticate': 'Bearer' } : {};
  return json(http, status, { ...challenge, ...retry(error) });
}

function retry(error: RefusedError): Record<string, string> {
  return error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) };
}
