import type { HttpRequest } from './request.ts';

const BEARER = /^Bearer ([\x21-\x7e]+)$/i;

/** The token of an `Authorization: Bearer` header; undefined when there is none. */
export function bearerToken(request: HttpRequest): string | undefined {
  return BEARER.exec(request.headers['authorization'] ?? '')?.[1];
}
