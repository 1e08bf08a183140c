import { REDACTED } from './secret.ts';

/** What secrets look like when they turn up inside other text. */
const PATTERNS: readonly RegExp[] = [
  /\bseal1\.[A-Za-z0-9._-]*/g,
  /\bsuiprivkey1[a-z0-9]*/g,
  /\bbearer\s+[^\s"'\\,;]+/gi,
  /\bjoin1\.[A-Za-z0-9._-]*/g,
  /\bK10[0-9a-f]+::[^\s"'\\]+/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];

/** Names under which a secret value would be logged by mistake, in any spelling. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'credential',
  'jointoken',
  'keystore',
  'nonce',
  'password',
  'privatekey',
  'secret',
  'secretkey',
  'seed',
  'suiprivatekey',
  'xgatewaycredential',
  'xsealtoken',
]);

/** Replaces everything that looks like a credential, key or join token. */
export function redactText(text: string): string {
  let clean = text;
  for (const pattern of PATTERNS) clean = clean.replace(pattern, REDACTED);
  return clean;
}

/** True for a field whose value must not be shown whatever it is. */
function isSecretName(name: string): boolean {
  return SECRET_NAMES.has(name.toLowerCase().replaceAll(/[^a-z]/g, ''));
}

/** A copy of a value fit for a log or report: secrets by name and by look are replaced, also in keys. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= 8) return '[deep]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, depth + 1));
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if ('toJSON' in value && typeof value.toJSON === 'function') return redactValue(value.toJSON(), depth + 1);
  const clean: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    clean[redactText(key)] = isSecretName(key) ? REDACTED : redactValue(item, depth + 1);
  }
  return clean;
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack = '', cause } = error;
  const extra: Record<string, unknown> = {};
  if ('code' in error) extra['code'] = redactValue(error.code, depth + 1);
  if (cause !== undefined) extra['cause'] = redactValue(cause, depth + 1);
  return { type: name, message: redactText(message), stack: redactText(stack), ...extra };
}
