import { VmError } from './errors.ts';

const MAX_LENGTH = 0xffff_ffff;
const encoder = new TextEncoder();

/** Grows as it is written; integers are little-endian, lengths ULEB128, as BCS has them. */
export class ByteWriter {
  #buffer = new Uint8Array(128);
  #used = 0;

  #reserve(count: number): number {
    const start = this.#used;
    this.#used += count;
    if (this.#used > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(this.#used, 2 * this.#buffer.length));
      grown.set(this.#buffer);
      this.#buffer = grown;
    }
    return start;
  }

  byte(value: number): void {
    const at = this.#reserve(1);
    this.#buffer[at] = value;
  }
  bytes(values: ArrayLike<number>): void {
    const at = this.#reserve(values.length);
    this.#buffer.set(values, at);
  }
  /** `value` below 2^32 in `width` bytes. */
  small(value: number, width: number): void {
    const at = this.#reserve(width);
    for (let i = 0; i < width; i += 1) this.#buffer[at + i] = value >>> (8 * i);
  }
  big(value: bigint, width: number): void {
    const at = this.#reserve(width);
    const view = new DataView(this.#buffer.buffer);
    for (let i = 0; i < width; i += 8)
      view.setBigUint64(at + i, BigInt.asUintN(64, value >> BigInt(8 * i)), true);
  }
  length(value: number): void {
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.byte((rest % 128) + 128);
    this.byte(rest);
  }
  /** Length and UTF-8. */
  text(value: string): void {
    const bytes = encoder.encode(value);
    this.length(bytes.length);
    this.bytes(bytes);
  }
  /** The bytes written so far, a copy. */
  take(): Uint8Array {
    return this.#buffer.slice(0, this.#used);
  }
}

/** Reads what ByteWriter writes. Throws VmError `invalid_bytes`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  get left(): number {
    return this.#bytes.length - this.#at;
  }
  #advance(count: number): number {
    const start = this.#at;
    if (count > this.left) throw new VmError('invalid_bytes', 'bytes end too early');
    this.#at += count;
    return start;
  }
  byte(): number {
    const at = this.#advance(1);
    return this.#bytes[at] as number;
  }
  /** A view of the next bytes, no copy. */
  bytes(count: number): Uint8Array {
    const at = this.#advance(count);
    return this.#bytes.subarray(at, at + count);
  }
  small(width: 1 | 2 | 4): number {
    const at = this.#advance(width);
    if (width === 1) return this.#view.getUint8(at);
    return width === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }
  big(width: number): bigint {
    const at = this.#advance(width);
    let value = 0n;
    for (let i = width - 8; i >= 0; i -= 8) value = (value << 64n) | this.#view.getBigUint64(at + i, true);
    return value;
  }
  /** Canonical ULEB128 below 2^32. */
  length(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (value > MAX_LENGTH) throw new VmError('invalid_bytes', 'length above 32 bits');
      if (byte < 0x80) {
        if (byte === 0 && scale > 1) throw new VmError('invalid_bytes', 'length not in shortest form');
        return value;
      }
    }
  }
  end(): void {
    if (this.left > 0) throw new VmError('invalid_bytes', `${this.left} bytes left over`);
  }
}
