import type { IncomingMessage } from 'node:http';
import type { Exchange } from '../drivers/http.ts';

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
  /** Port that it was sent to. */
  port: number;
  /** Unix milliseconds at which the other side gave it up without an answer. */
  givenUpAt?: number;
  /** Unix milliseconds at which its answer was sent, and its status. */
  answered?: { at: number; status: number };
}

export type FakeRoute =
  'attestation' | 'register-worker' | 'heartbeat' | 'requests' | 'responses' | 'kubernetes';

export interface FakeReply {
  status: number;
  headers?: Record<string, string>;
  body?: Buffer | string | object;
}

/** A reply of which only the first bytes of the body are sent before the connection is cut. */
export interface CutReply extends FakeReply {
  cutAfter: number;
}

/** What a route answers: a reply, or `hang` to take the request and never answer it. */
export type FakeAnswer = FakeReply | CutReply | 'hang';

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

/** Bytes of a body that reports keep. */
export const BODY_KEPT = 4096;

/** A request as reports show it, its answer still to come. */
export function exchangeOf(request: FakeRequest): Exchange {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return {
    request: {
      method: request.method,
      url: request.target,
      headers: Object.fromEntries(headers) as Record<string, string>,
      ...(request.body.length > 0 && { body: request.body.toString('utf8').slice(0, BODY_KEPT) }),
    },
    at_ms: request.at,
    duration_ms: 0,
  };
}
