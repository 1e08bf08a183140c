import { REASONS, type Reason } from './reasons.ts';

/** metav1.Status for a failure, as the gateway and the master's Kubernetes API answer it. */
export interface FailureStatus {
  kind: 'Status';
  apiVersion: 'v1';
  metadata: Record<string, never>;
  status: 'Failure';
  message: string;
  /** Kubernetes reason. */
  reason: string;
  code: number;
  details: {
    name?: string;
    group?: string;
    kind?: string;
    causes: { reason: string; message: string }[];
    retryAfterSeconds?: number;
  };
}

export interface StatusOptions {
  /** What a person reads; default: a sentence that says no more than the reason. */
  message?: string;
  /** Whole seconds; goes into details, the caller sets the header too. */
  retryAfter?: number;
  /** Kubernetes object the failure is about. */
  object?: { name?: string; group?: string; kind?: string };
}

/** Body of a failed /api/v1 call at the master. */
export interface ApiErrorBody {
  error: { reason: Reason; message: string; code: number };
}

/** Sentences that tell an attacker nothing but which check came first. */
const MESSAGES: Record<Reason, string> = {
  MalformedCredential: 'the credential is missing or malformed',
  CredentialExpired: 'the credential has expired',
  CredentialNotYetValid: 'the credential is not valid yet',
  AudienceMismatch: 'the credential is for another cluster',
  BadSignature: 'the signature does not verify',
  UnknownToken: 'the seal token is not known',
  TokenRevoked: 'the seal token is revoked',
  TokenExpired: 'the seal token has expired',
  StakeInactive: 'the stake behind the seal token is not active',
  BindingMismatch: 'the credential is bound to another request',
  ReplayDetected: 'the credential was used before',
  Forbidden: 'not allowed',
  NodeIdMismatch: 'the node id is not the one bound to the seal token',
  BadRequest: 'the request is malformed',
  InvalidNodeId: 'the node id is not a DNS-1123 label',
  TimestampOutOfRange: 'the timestamp is too far from the present time',
  NotFound: 'not found',
  UnknownNode: 'the node is not registered',
  MethodNotAllowed: 'the method is not allowed here',
  NodeIdTaken: 'the node id is registered by another owner',
  DigestMismatch: 'the digest is not the one on chain',
  RequestExpired: 'the request has expired',
  PayloadTooLarge: 'the body is too large',
  UnsupportedMediaType: 'the media type is not supported',
  TooManyRequests: 'too many requests',
  InternalError: 'internal error',
  ChainUnavailable: 'the chain cannot be reached',
  NotLeading: 'this master does not lead',
  CacheFull: 'no room to remember another credential',
  Timeout: 'the request was not answered in time',
  StoreFull: 'the store is full',
};

/** The standard sentence for a reason. */
export function messageOf(reason: Reason): string {
  return MESSAGES[reason];
}

/** What a metav1.Status says of a failure, beside what is the same in each. */
export interface FailureParts extends StatusOptions {
  http: number;
  /** Reason in Kubernetes' words. */
  kubernetes: string;
  /** Reason in the protocol's words: the first cause. */
  reason: string;
  message: string;
}

/** Builds a metav1.Status. */
export function failureStatus(parts: FailureParts): FailureStatus {
  const { http, kubernetes, reason, message, retryAfter, object } = parts;
  const causes = [{ reason, message }];
  const retry = retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter };
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason: kubernetes,
    code: http,
    details: { ...object, causes, ...retry },
  };
}

/** Builds a metav1.Status whose first cause is our reason. */
export function statusBody(reason: Reason, options: StatusOptions = {}): FailureStatus {
  const { http, kubernetes } = REASONS[reason];
  return failureStatus({ message: MESSAGES[reason], ...options, http, kubernetes, reason });
}

/** Builds the body of a failed /api/v1 call. */
export function apiErrorBody(reason: Reason, message: string = MESSAGES[reason]): ApiErrorBody {
  return { error: { reason, message, code: REASONS[reason].http } };
}

/** Headers that belong to a refusal: Retry-After where the client should come again, WWW-Authenticate on 401. */
export function refusalHeaders(reason: Reason, retryAfter?: number): Record<string, string> {
  const { http } = REASONS[reason];
  if (http === 401) return { 'www-authenticate': 'Bearer' };
  if (http === 429 || http === 503) return { 'retry-after': String(Math.max(1, Math.ceil(retryAfter ?? 1))) };
  return {};
}

/** A refusal on its way up to the handler that answers it. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly reason: Reason;
  readonly http: number;
  /** Whole seconds. */
  readonly retryAfter: number | undefined;

  constructor(reason: Reason, message?: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    super(message ?? MESSAGES[reason], 'cause' in options ? { cause: options.cause } : undefined);
    this.reason = reason;
    this.http = REASONS[reason].http;
    this.retryAfter = options.retryAfter;
  }
}
