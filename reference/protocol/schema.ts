import * as v from 'valibot';

/** A schema for values from outside. */
export type Schema<T> = v.GenericSchema<unknown, T>;

/** What is wrong with a value and where; never the value itself, which may be a secret. */
export interface Fault {
  /** Names of fields from the outside in, joined by dots; empty for the whole. */
  path: string;
  message: string;
}

export type Validated<T> = { ok: true; value: T } | { ok: false; faults: Fault[] };

/** Checks a value against a schema, and fills in defaults. */
export function validate<T>(schema: Schema<T>, input: unknown): Validated<T> {
  // An array is an object to valibot, one without fields.
  if (Array.isArray(input)) return { ok: false, faults: [{ path: '', message: 'expected Object' }] };
  const result = v.safeParse(schema, input, { message: plainMessage });
  if (result.success) return { ok: true, value: result.output };
  return {
    ok: false,
    faults: result.issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', message: issue.message })),
  };
}

/** All faults in one line: `listen.port: expected <=65535; …`. */
export function faultLine(faults: readonly Fault[], root: string): string {
  return faults.map(({ path, message }) => `${path || root}: ${message}`).join('; ');
}

function plainMessage({ expected, received }: v.BaseIssue<unknown>): string {
  if (expected === 'never') return 'there is no such field';
  return received === 'undefined' ? 'is missing' : `expected ${expected ?? 'another value'}`;
}

/** A whole number that JSON carries exactly. */
export function whole(least = 0, most = Number.MAX_SAFE_INTEGER) {
  return v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most));
}

export const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
export const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
export const filled = v.pipe(v.string(), v.minLength(1));
export const matching = (pattern: RegExp, what: string) => v.pipe(v.string(), v.regex(pattern, what));
export const objectId = matching(/^0x[0-9a-f]{64}$/, 'must be 0x and 64 lower-case hex digits');

/** An amount in MIST: a number or, beyond 2^53, decimal digits. */
export const mist = v.union([whole(), matching(/^(?:0|[1-9][0-9]{0,19})$/, 'must be an amount in MIST')]);

/** A URL of one of these protocols. */
export function url(...protocols: readonly ('http' | 'https')[]) {
  const isOne = (input: string): boolean =>
    URL.canParse(input) && protocols.some((protocol) => new URL(input).protocol === `${protocol}:`);
  return v.pipe(v.string(), v.check(isOne, `must be a URL of ${protocols.join(' or ')}`));
}

/** `log` of each part's configuration. */
export const logging = v.optional(
  v.strictObject({
    level: v.optional(v.picklist(['trace', 'debug', 'info', 'warn', 'error', 'silent']), 'info'),
    file: v.optional(filled),
  }),
  {},
);

/** `wallet` of a gateway's or master's configuration. */
export const wallet = v.union([v.strictObject({ secret_key: filled }), v.strictObject({ keystore: filled })]);

/** Where the package and its shared objects are, on which chain. */
export const chain = v.strictObject({
  url: url('http', 'https'),
  package: objectId,
  pool: objectId,
  registry: objectId,
  cluster: objectId,
  endpoint: objectId,
});
