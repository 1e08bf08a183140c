/** Replaces secrets, in a text or in every text within a value, by at most their first four characters and a mark. */
export interface Redactor {
  text(value: string): string;
  /** A copy of any JSON value with each string in it redacted, keys included. */
  value<T>(value: T): T;
}

const MARK = '…[redacted]';
const KEPT = 4;
/** Below this length a secret is not registered: it could not be told from ordinary text. */
const MIN_SECRET_LENGTH = 6;
/** Four characters of a shorter secret would be too much of it. */
const SHOW_FROM_LENGTH = 20;

const SECRET_HEADERS = [
  'authorization',
  'proxy-authorization',
  'x-seal-token',
  'x-gateway-credential',
  'cookie',
  'set-cookie',
];
const SECRET_FIELDS = [
  'token',
  'join_token',
  'password',
  'private_key',
  'sui_private_key',
  'secret_key',
  'client_secret',
  'client-key-data',
];
/** Names of headers and fields whose whole value is a secret. */
const SECRET_NAMES = new Set([...SECRET_HEADERS, ...SECRET_FIELDS]);
const named = (names: readonly string[], rest: string): RegExp =>
  new RegExp(`((?<![\\w-])(?:${names.join('|')})${rest}`, 'gi');

/** What a secret looks like when nobody registered it. The first group is kept. */
const PATTERNS: readonly RegExp[] = [
  /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  /()seal1\.[\w+/=.%~-]{8,}/g,
  /()suiprivkey1[a-z0-9]{8,}/gi,
  /()\bK10[0-9a-f]{16,}::[^\s"'\\]+/g,
  /()\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g,
  /(\b(?:bearer|basic)\s+)[\w.~+/=%-]{8,}/gi,
  // A header line, as in a curl command.
  named(SECRET_HEADERS, String.raw`\s*:\s*)([^\s"'\\,;]{5,})`),
  // A JSON field, also inside an escaped JSON text; a form field; a YAML field that is too long for a word.
  named(SECRET_FIELDS, String.raw`\\*["']\s*:\s*\\*["'])([^"'\\]{5,})`),
  named(SECRET_FIELDS, String.raw`=)([^\s"'\\,;&]{5,})`),
  named(SECRET_FIELDS, String.raw`:\s*)([\w.~+/=%-]{16,})`),
];

/**
 * A redactor that knows the usual shapes of secrets and, besides, every one of `secrets` (raw, in JSON, in a URL, in
 * hex, in base64 and inside longer base64). Throws RangeError for a secret shorter than six characters.
 */
export function createRedactor(secrets: Iterable<string> = []): Redactor {
  const registered = registeredPattern([...secrets]);
  const text = (value: string): string => {
    let clean = value;
    for (const pattern of PATTERNS) clean = clean.replace(pattern, hide);
    return registered === undefined ? clean : clean.replace(registered, (found) => mask(found));
  };
  const walk = (value: unknown, name: string): unknown => {
    if (typeof value === 'string') return SECRET_NAMES.has(name) ? field(value, text) : text(value);
    if (Array.isArray(value)) return value.map((item) => walk(item, name));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [text(key), walk(item, key.toLowerCase())]),
    );
  };
  return { text, value: <T>(value: T): T => walk(value, '') as T };
}

function hide(found: string, kept: unknown): string {
  const prefix = typeof kept === 'string' ? kept : '';
  const secret = found.slice(prefix.length);
  if (isPublicId(secret) || isMasked(secret)) return found;
  // A value like "Bearer x": the scheme's name is no secret, the rest has been dealt with already.
  if (/^(?:bearer|basic)$/i.test(secret)) return found;
  return prefix.startsWith('-----') ? `${prefix}${MARK}` : prefix + mask(secret);
}

/** The value of a header or field that is a secret by its name. */
function field(value: string, text: (value: string) => string): string {
  const [, scheme = '', secret = ''] = /^((?:bearer|basic)\s+)?([\s\S]*)$/i.exec(value) ?? [];
  if (isPublicId(secret) || isMasked(secret) || secret.length <= KEPT) return text(value);
  return scheme + mask(secret);
}

function mask(secret: string): string {
  return secret.length >= SHOW_FROM_LENGTH ? secret.slice(0, KEPT) + MARK : MARK;
}

const isMasked = (value: string): boolean => value.slice(0, KEPT + MARK.length).includes(MARK);

/** Ids of objects on chain are public, also where a field named "token" carries one. */
const isPublicId = (value: string): boolean => /^0x[0-9a-f]{64}$/i.test(value);

function registeredPattern(secrets: readonly string[]): RegExp | undefined {
  const variants = new Set(secrets.flatMap(variantsOf));
  if (variants.size === 0) return undefined;
  const longestFirst = [...variants].toSorted((a, b) => b.length - a.length);
  return new RegExp(
    longestFirst.map((one) => one.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'),
    'g',
  );
}

function variantsOf(secret: string): string[] {
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new RangeError(`a secret of ${secret.length} characters is too short to be found in text`);
  }
  const bytes = Buffer.from(secret);
  const inBase64 = [0, 1, 2].map((offset) => alignedBase64(bytes, offset));
  const inUrl = [encodeURI(secret.toWellFormed()), encodeURIComponent(secret.toWellFormed())];
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    ...inUrl,
    ...inUrl.map((text) => text.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...inBase64.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]),
  ].filter((variant) => variant.length >= MIN_SECRET_LENGTH);
}

/** The part of a longer base64 text that depends on these bytes alone, when they begin `offset` bytes after a group. */
function alignedBase64(bytes: Buffer, offset: number): string {
  const whole = Math.floor(((offset + bytes.length) * 8) / 6);
  const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
  return text.slice(Math.ceil((offset * 8) / 6), whole);
}
