import type { IncomingMessage } from 'node:http';

/** A request that reached the fake master. */
export interface FakeRequest {
  route: FakeRoute;
  method: string;
  /** Path and query. */
  target: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
  json: Record<string, unknown>;
  /** Unix milliseconds of its arrival. */
  at: number;
  /** Number of the connection it came by, from 1. */
  connection: number;
}

export type FakeRoute =
  'attestation' | 'register-worker' | 'heartbeat' | 'requests' | 'responses' | 'kubernetes';

export interface FakeReply {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer | string | object;
}

/** What a route answers: a reply, or `hang` to take the request and never answer it. */
export type FakeAnswer = FakeReply | 'hang';

/** `honest` is what a correct master would answer here. */
export type FakeHandler = (
  request: FakeRequest,
  honest: () => Promise<FakeReply>,
) => FakeAnswer | Promise<FakeAnswer>;

/** A failure in the shape of /api/v1/*. */
export function refusal(status: number, reason: string, headers: Record<string, string> = {}): FakeReply {
  return {
    status,
    headers,
    body: { error: { reason, message: `refused by the suite: ${reason}`, code: status } },
  };
}

/** 200 with an attestation document. */
export function attestationReply(document: Uint8Array): FakeReply {
  return ok({ document: Buffer.from(document).toString('base64url') });
}

/** The nonce that a request for an attestation asks for. */
export function nonceOf(request: FakeRequest): Buffer {
  const nonce = new URL(request.target, 'https://master').searchParams.get('nonce');
  return Buffer.from(nonce ?? '', 'base64url');
}

/** 200 with JSON. */
export const ok = (body: object): FakeReply => ({ status: 200, body });

/** Which route a path belongs to. */
export function routeOf(target: string): FakeRoute {
  const match = /^\/api\/v1\/(attestation|register-worker|heartbeat|requests|responses)(?:[/?]|$)/.exec(
    target,
  );
  return (match?.[1] as FakeRoute | undefined) ?? 'kubernetes';
}

/** The body as a JSON object, empty when it is none. */
export function jsonOf(body: Buffer): Record<string, unknown> {
  try {
    const value = JSON.parse(body.toString('utf8')) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
