import type { IncomingMessage } from 'node:http';
import { RefusedError } from './refused-error.ts';

/** Headers that decide who the caller is: two of them are two claims, and neither is believed. */
const IDENTITY = new Set([
  'authorization',
  'x-seal-token',
  'x-gateway-credential',
  'x-remote-user',
  'x-remote-group',
]);

/** A request as the handlers see it. */
export interface HttpRequest {
  method: string;
  /** Path and query exactly as on the request line. */
  target: string;
  /** Canonical path, no query. */
  path: string;
  /** Raw query string, no `?`. */
  query: string;
  /** Lower-case names; each identity header occurs once at most. */
  headers: Readonly<Record<string, string>>;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
  /** Address of the peer, for rate limits. */
  peer: string;
  /** Reads the whole body. Rejects with RefusedError PayloadTooLarge or BadRequest. */
  readBody(): Promise<Uint8Array>;
}

/** Takes in what node parsed. Throws RefusedError for a request line or headers that could mean two things. */
export function toHttpRequest(
  message: IncomingMessage,
  signal: AbortSignal,
  readBody: () => Promise<Uint8Array>,
): HttpRequest {
  const target = message.url ?? '';
  const [rawPath = '', ...rest] = target.split('?');
  return {
    method: message.method ?? '',
    target,
    path: canonicalPath(rawPath),
    query: rest.join('?'),
    headers: singleHeaders(message),
    signal,
    peer: message.socket.remoteAddress ?? '',
    readBody,
  };
}

/**
 * The one spelling of a path: escapes of unreserved characters are resolved, others are upper case.
 * Throws RefusedError for anything but the origin form, dot segments, empty segments in the middle,
 * broken escapes and escaped slashes.
 */
export function canonicalPath(path: string): string {
  if (!path.startsWith('/')) throw new RefusedError('BadRequest', 'the request line must name a path');
  const canonical = path.replace(/%([0-9A-Fa-f]{2})?/g, (whole, hex: string | undefined) => {
    if (hex === undefined) throw new RefusedError('BadRequest', 'the path has a broken escape');
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : whole.toUpperCase();
  });
  const segments = canonical.split('/').slice(1);
  const inner = segments.slice(0, -1);
  const unsafe = segments.some((segment) => segment === '.' || segment === '..');
  if (unsafe || inner.includes('') || /%2F|%5C|%00|\\/.test(canonical)) {
    throw new RefusedError('BadRequest', 'the path is not canonical');
  }
  return canonical;
}

function singleHeaders(message: IncomingMessage): Record<string, string> {
  const seen = new Set<string>();
  // node joins or drops repeated headers; only the raw list shows that there were two.
  for (let i = 0; i < message.rawHeaders.length; i += 2) {
    const name = message.rawHeaders[i]!.toLowerCase();
    if (!IDENTITY.has(name)) continue;
    if (seen.has(name)) throw new RefusedError('MalformedCredential', `more than one ${name} header`);
    seen.add(name);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
