/**
 * Every reason for which a request is refused, with its HTTP status and the Kubernetes reason that
 * kubectl understands. Gateway, master and worker answer from this one table.
 */
export const REASONS = {
  MalformedCredential: { http: 401, kubernetes: 'Unauthorized' },
  CredentialExpired: { http: 401, kubernetes: 'Unauthorized' },
  CredentialNotYetValid: { http: 401, kubernetes: 'Unauthorized' },
  AudienceMismatch: { http: 401, kubernetes: 'Unauthorized' },
  BadSignature: { http: 401, kubernetes: 'Unauthorized' },
  UnknownToken: { http: 401, kubernetes: 'Unauthorized' },
  TokenRevoked: { http: 401, kubernetes: 'Unauthorized' },
  TokenExpired: { http: 401, kubernetes: 'Unauthorized' },
  StakeInactive: { http: 401, kubernetes: 'Unauthorized' },
  BindingMismatch: { http: 401, kubernetes: 'Unauthorized' },
  ReplayDetected: { http: 401, kubernetes: 'Unauthorized' },
  Forbidden: { http: 403, kubernetes: 'Forbidden' },
  NodeIdMismatch: { http: 403, kubernetes: 'Forbidden' },
  BadRequest: { http: 400, kubernetes: 'BadRequest' },
  InvalidNodeId: { http: 400, kubernetes: 'BadRequest' },
  TimestampOutOfRange: { http: 400, kubernetes: 'BadRequest' },
  NotFound: { http: 404, kubernetes: 'NotFound' },
  UnknownNode: { http: 404, kubernetes: 'NotFound' },
  MethodNotAllowed: { http: 405, kubernetes: 'MethodNotAllowed' },
  NodeIdTaken: { http: 409, kubernetes: 'Conflict' },
  DigestMismatch: { http: 409, kubernetes: 'Conflict' },
  RequestExpired: { http: 410, kubernetes: 'Expired' },
  PayloadTooLarge: { http: 413, kubernetes: 'RequestEntityTooLarge' },
  UnsupportedMediaType: { http: 415, kubernetes: 'UnsupportedMediaType' },
  TooManyRequests: { http: 429, kubernetes: 'TooManyRequests' },
  InternalError: { http: 500, kubernetes: 'InternalError' },
  ChainUnavailable: { http: 503, kubernetes: 'ServiceUnavailable' },
  NotLeading: { http: 503, kubernetes: 'ServiceUnavailable' },
  CacheFull: { http: 503, kubernetes: 'ServiceUnavailable' },
  Timeout: { http: 504, kubernetes: 'Timeout' },
  StoreFull: { http: 507, kubernetes: 'InsufficientStorage' },
} as const satisfies Record<string, { http: number; kubernetes: string }>;

/** Name of one refusal. */
export type Reason = keyof typeof REASONS;

/** HTTP status of a reason. */
export function httpOf(reason: Reason): number {
  return REASONS[reason].http;
}

/** True for a string that names a reason of the table. */
export function isReason(text: string): text is Reason {
  return Object.hasOwn(REASONS, text);
}
