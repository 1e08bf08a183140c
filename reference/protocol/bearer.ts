/** Outcome of looking for the one credential of a request. */
export type HeaderCredential = { status: 'one'; value: string } | { status: 'none' } | { status: 'bad' };

const BEARER = /^bearer +([A-Za-z0-9._~+/=-]+)$/i;

/**
 * The bearer token of a request, from Node's `rawHeaders` (name, value, name, value …): `headers`
 * keeps only the first of several Authorization headers. `bad`: several of them, or another scheme.
 */
export function bearerOf(rawHeaders: readonly string[]): HeaderCredential {
  const found = singleHeader(rawHeaders, 'authorization');
  if (found.status !== 'one') return found;
  const value = BEARER.exec(found.value)?.[1];
  return value === undefined ? { status: 'bad' } : { status: 'one', value };
}

/** The one value of a header; `bad` when it comes more than once. `name` in lower case. */
export function singleHeader(rawHeaders: readonly string[], name: string): HeaderCredential {
  let found: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.toLowerCase() !== name) continue;
    if (found !== undefined) return { status: 'bad' };
    found = rawHeaders[i + 1];
  }
  return found === undefined || found === '' ? { status: 'none' } : { status: 'one', value: found };
}
