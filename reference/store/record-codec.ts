import type { SealCipher } from './seal-cipher.ts';
import type { StoreRecord } from './store-state.ts';

const PUT = 1;
const DELETE = 2;
/** Type, length of the key, revision. */
const HEAD = 1 + 4 + 6;
/** Created, expiry, length of the sealed value. */
const PUT_HEAD = 6 + 8 + 4;

/** A batch of records that cannot be read. */
class RecordError extends Error {
  override readonly name = 'RecordError';
}

/** Encodes records one after the other; each value is sealed with its key path as context. */
export function encodeRecords(records: readonly StoreRecord[], cipher: SealCipher): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const record of records) {
    const key = Buffer.from(record.key);
    const head = Buffer.allocUnsafe(HEAD);
    head.writeUInt8(record.type === 'put' ? PUT : DELETE, 0);
    head.writeUInt32BE(key.length, 1);
    head.writeUIntBE(record.revision, 5, 6);
    parts.push(head, key);
    if (record.type === 'delete') continue;
    const sealed = cipher.seal(record.key, record.value);
    const rest = Buffer.allocUnsafe(PUT_HEAD);
    rest.writeUIntBE(record.created, 0, 6);
    rest.writeDoubleBE(record.expiresAtMs, 6);
    rest.writeUInt32BE(sealed.length, 14);
    parts.push(rest, sealed);
  }
  return Buffer.concat(parts);
}

/** Decodes what encodeRecords made. Throws RecordError, or UnsealError for a value that does not open. */
export function decodeRecords(bytes: Uint8Array, cipher: SealCipher): StoreRecord[] {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const records: StoreRecord[] = [];
  while (!reader.atEnd) {
    const head = reader.take(HEAD);
    const key = reader.take(head.readUInt32BE(1)).toString();
    const revision = head.readUIntBE(5, 6);
    const type = head.readUInt8(0);
    if (type === DELETE) {
      records.push({ type: 'delete', key, revision });
      continue;
    }
    if (type !== PUT) throw new RecordError(`record of unknown type ${type}`);
    const rest = reader.take(PUT_HEAD);
    const value = cipher.open(key, reader.take(rest.readUInt32BE(14)));
    const created = rest.readUIntBE(0, 6);
    records.push({ type: 'put', key, value, revision, created, expiresAtMs: rest.readDoubleBE(6) });
  }
  return records;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RecordError('record is cut off');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
