const ID = /^0x[0-9a-f]{64}$/;

/** True for an object id or address: 0x and 64 lower-case hex digits. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

const REQUEST_ID = /^[0-9a-f]{32}$/;

/** True for a request id: 32 lower-case hex digits. */
export function isRequestId(value: unknown): value is string {
  return typeof value === 'string' && REQUEST_ID.test(value);
}

/** A fresh request id from 16 random bytes. */
export function newRequestId(randomBytes: (size: number) => Uint8Array): string {
  return Buffer.from(randomBytes(16)).toString('hex');
}
