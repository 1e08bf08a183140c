import { fromBase58, toBase58 } from '@mysten/sui/utils';
import { STRUCT_INDEX, TYPE_TAG_INDEX, VECTOR_INDEX } from '../vm/type-tag.ts';
import type { Address, TypeTag } from '../vm/types.ts';

/** A transaction, object, effects or checkpoint digest: base58 of 32 bytes. */
export type Digest = string;

const ADDRESS = /^0x[0-9a-fA-F]{1,64}$/;

/** 0x and 64 lower-case digits, or undefined when the text is no address. Short forms are padded. */
export function parseAddress(text: string): Address | undefined {
  return ADDRESS.test(text) ? `0x${text.slice(2).toLowerCase().padStart(64, '0')}` : undefined;
}

export function addressToBytes(address: Address): Uint8Array {
  return Buffer.from(address.slice(2), 'hex');
}

export function bytesToAddress(bytes: Uint8Array): Address {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`;
}

/** The digest's 32 bytes, or undefined when the text is no digest. */
export function parseDigest(text: string): Uint8Array | undefined {
  try {
    const bytes = fromBase58(text);
    return bytes.length === 32 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

export function digestToString(bytes: Uint8Array): Digest {
  return toBase58(bytes);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

/** BCS written by hand: the encoders that run several times a transaction use it. */
export class BcsWriter {
  #buffer = Buffer.allocUnsafe(512);
  #length = 0;

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + bytes));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }

  u8(value: number): this {
    this.#reserve(1);
    this.#buffer[this.#length++] = value;
    return this;
  }

  bool(value: boolean): this {
    return this.u8(value ? 1 : 0);
  }

  u64(value: bigint): this {
    this.#reserve(8);
    this.#length = this.#buffer.writeBigUInt64LE(value, this.#length);
    return this;
  }

  uleb(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return this.u8(rest);
  }

  /** Bytes without a length. */
  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** `vector<u8>`. */
  bytes(bytes: Uint8Array): this {
    return this.uleb(bytes.length).raw(bytes);
  }

  string(text: string): this {
    return this.bytes(Buffer.from(text, 'utf8'));
  }

  address(address: Address): this {
    this.#reserve(32);
    this.#length += this.#buffer.write(address.slice(2), this.#length, 'hex');
    return this;
  }

  /** A digest is a vector in BCS. */
  digest(digest: Digest): this {
    return this.bytes(digestBytes(digest));
  }

  option<T>(value: T | undefined, write: (value: T) => void): this {
    this.bool(value !== undefined);
    if (value !== undefined) write(value);
    return this;
  }

  typeTag(tag: TypeTag): this {
    switch (tag.kind) {
      case 'vector':
        return this.u8(VECTOR_INDEX).typeTag(tag.of);
      case 'struct':
        return this.u8(STRUCT_INDEX).structTag(tag);
      default:
        return this.u8(TYPE_TAG_INDEX[tag.kind]);
    }
  }

  structTag(tag: TypeTag & { kind: 'struct' }): this {
    this.address(tag.address).string(tag.module).string(tag.name).uleb(tag.typeArgs.length);
    for (const arg of tag.typeArgs) this.typeTag(arg);
    return this;
  }

  finish(): Uint8Array {
    return new Uint8Array(this.#buffer.subarray(0, this.#length));
  }
}

// Most digests written were just read or computed; decoding base58 costs more than a map look-up.
const decoded = new Map<Digest, Uint8Array>();
const DECODED_LIMIT = 4096;

/** The 32 bytes of a digest known to be good. */
export function digestBytes(digest: Digest): Uint8Array {
  const known = decoded.get(digest);
  if (known !== undefined) return known;
  const bytes = fromBase58(digest);
  if (decoded.size >= DECODED_LIMIT) decoded.clear();
  decoded.set(digest, bytes);
  return bytes;
}
