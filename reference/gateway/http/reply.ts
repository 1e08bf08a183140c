import { ProtocolError, refusalHeaders, statusBody } from '../../protocol/status.ts';
import type { Reply } from './types.ts';

export interface FailureOptions {
  http: number;
  /** Reason in Kubernetes' words. */
  kubernetes: string;
  /** Reason in the protocol's words. */
  reason: string;
  message: string;
  /** Seconds. */
  retryAfter?: number;
  /** What the failure is about. */
  object?: { name?: string; group?: string; kind?: string };
  cause?: unknown;
}

/** A refusal that the protocol's table of reasons does not have, or one about a Kubernetes object. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly options: FailureOptions;

  constructor(options: FailureOptions) {
    super(options.message, options.cause === undefined ? {} : { cause: options.cause });
    this.options = options;
  }
}

/** The master cannot be reached or is not attested; nothing was begun, so the client may try again. */
export function masterUnavailable(message: string, cause?: unknown): Failure {
  return new Failure({
    http: 504,
    kubernetes: 'Timeout',
    reason: 'Timeout',
    message,
    retryAfter: 1,
    cause,
  });
}

/** An answer of JSON. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** Any failure as metav1.Status. What is not a refusal of ours says nothing but 500. */
export function failureReply(error: unknown): Reply {
  if (error instanceof Failure) {
    const { http, kubernetes, reason, message, retryAfter, object } = error.options;
    return json(
      http,
      {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message,
        reason: kubernetes,
        details: {
          ...object,
          causes: [{ reason, message }],
          ...(retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter }),
        },
        code: http,
      },
      {
        ...(http === 401 ? { 'www-authenticate': 'Bearer' } : {}),
        ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      },
    );
  }
  const known = error instanceof ProtocolError ? error : new ProtocolError('InternalError');
  const retry =
    known.retryAfter === undefined ? {} : { retryAfter: Math.max(1, Math.ceil(known.retryAfter)) };
  return json(
    known.http,
    statusBody(known.reason, { message: known.message, ...retry }),
    refusalHeaders(known.reason, known.retryAfter),
  );
}
