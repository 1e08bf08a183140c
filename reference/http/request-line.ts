import type { IncomingMessage } from 'node:http';
import { canonicalTarget } from '../protocol/canonical-path.ts';
import { ProtocolError } from '../protocol/status.ts';

/** Where a request goes; nothing about it has been judged but that this means one thing only. */
export interface RequestLine {
  method: string;
  /** Canonical path, no query. */
  path: string;
  /** Raw query without `?`. */
  query: string;
}

/** Throws ProtocolError BadRequest for a target that could mean two things. */
export function requestLineOf(message: IncomingMessage): RequestLine {
  const target = canonicalTarget(message.url ?? '');
  if (!target.ok) throw new ProtocolError('BadRequest', `the request target is refused: ${target.error}`);
  return { method: message.method ?? '', path: target.path, query: target.query };
}

/** Headers by lower-case name; repeated ones joined as node does it. */
export function headersOf(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}
