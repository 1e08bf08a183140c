import type { Reply } from '../../http/reply.ts';
import { json, statusReply } from '../../http/reply.ts';
import type { FailureParts } from '../../protocol/status.ts';
import { failureStatus, ProtocolError } from '../../protocol/status.ts';

export { json };

export interface FailureOptions extends FailureParts {
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

/** Any failure as metav1.Status. What is not a refusal of ours says nothing but 500. */
export function failureReply(error: unknown): Reply {
  if (error instanceof Failure) {
    const { http, retryAfter } = error.options;
    return json(http, failureStatus(error.options), {
      ...(http === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    });
  }
  return statusReply(error instanceof ProtocolError ? error : new ProtocolError('InternalError'));
}
