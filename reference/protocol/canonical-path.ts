export type CanonicalTarget =
  | {
      ok: true;
      /** Percent-decoded where unreserved, other escapes with upper-case hex. */
      path: string;
      /** Raw text after `?`, empty if there is none. */
      query: string;
    }
  | { ok: false; error: string };

const MAX_TARGET = 8192;
const ESCAPE = /%([0-9A-Fa-f]{2})/g;
const UNRESERVED = /[A-Za-z0-9._~-]/;
/** What may stand in a path beside escapes (RFC 3986 pchar and /). */
const PATH = /^(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*$/;
const QUERY = /^[\x21\x22\x24-\x7e]*$/;

/**
 * Brings the target of a request line into the one form that is authorised, put into the digest,
 * routed and sent on. What two parsers could read differently is refused rather than repaired:
 * absolute form, dot segments, empty segments, escaped or back slashes, control characters.
 */
export function canonicalTarget(target: string): CanonicalTarget {
  if (target.length > MAX_TARGET) return refuse('too long');
  if (!target.startsWith('/')) return refuse('not in origin form');
  const mark = target.indexOf('?');
  const raw = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark + 1);
  if (!PATH.test(raw)) return refuse('forbidden character or broken escape in the path');
  if (!QUERY.test(query)) return refuse('forbidden character in the query');
  const path = raw.replace(ESCAPE, decodeUnreserved);
  if (/%(?:2F|5C|[01][0-9A-F]|7F)/.test(path)) return refuse('escaped slash or control character');
  if (path.includes('//')) return refuse('empty path segment');
  if (/\/\.{1,2}(?:\/|$)/.test(path)) return refuse('dot segment');
  return { ok: true, path, query };
}

function decodeUnreserved(escape: string, hex: string): string {
  const character = String.fromCharCode(Number.parseInt(hex, 16));
  return UNRESERVED.test(character) ? character : escape.toUpperCase();
}

function refuse(error: string): CanonicalTarget {
  return { ok: false, error };
}
