import { VmError } from './errors.ts';
import type { Address } from './types.ts';

/** Full form of a short or long hex address. Throws VmError `type_mismatch`. */
export function normalizeAddress(text: string): Address {
  const digits = /^(?:0x)?([0-9a-fA-F]{1,64})$/.exec(text)?.[1];
  if (digits === undefined) throw new VmError('type_mismatch', `not an address: ${text}`);
  return `0x${digits.toLowerCase().padStart(64, '0')}`;
}

/** 32 bytes of a full address. */
export function addressToBytes(address: Address): Uint8Array {
  const bytes = new Uint8Array(32);
  for (let i = 0; i < 32; i += 1) bytes[i] = Number.parseInt(address.slice(2 + 2 * i, 4 + 2 * i), 16);
  return bytes;
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Address of 32 bytes at `offset`. */
export function addressFromBytes(bytes: ArrayLike<number>, offset = 0): Address {
  let text = '0x';
  for (let i = offset; i < offset + 32; i += 1) text += HEX[bytes[i] as number];
  return text;
}

/** 0x1, the package `std`. */
export const STD: Address = normalizeAddress('0x1');
/** 0x2, the package `sui`. */
export const SUI: Address = normalizeAddress('0x2');
