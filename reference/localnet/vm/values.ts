import type { GasMeterApi } from './api.ts';
import { COST } from './gas.ts';
import { Ref, VariantValue } from './types.ts';
import type { Value } from './types.ts';

/** Deep copy; a reference stays the same reference. */
export function copyValue(value: Value, gas?: GasMeterApi): Value {
  if (typeof value !== 'object' || value instanceof Ref) return value;
  if (value instanceof VariantValue) return new VariantValue(value.tag, copyAll(value.fields, gas));
  return copyAll(value, gas);
}

function copyAll(values: readonly Value[], gas: GasMeterApi | undefined): Value[] {
  gas?.charge(1 + Math.floor(values.length / COST.elementsPerUnit));
  // Elements of one array share a type, and fields of primitive types need no visit: look before descending.
  const copy = values.slice();
  for (let i = 0; i < copy.length; i += 1) {
    const value = copy[i];
    if (typeof value === 'object') copy[i] = copyValue(value, gas);
  }
  return copy;
}

/** Deep equality of two values of one type; references are equal when what they refer to is. */
export function equalValues(a: Value, b: Value, gas?: GasMeterApi): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (a instanceof Ref) return b instanceof Ref && equalValues(a.get(), b.get(), gas);
  if (a instanceof VariantValue) {
    return b instanceof VariantValue && a.tag === b.tag && equalAll(a.fields, b.fields, gas);
  }
  return Array.isArray(b) && equalAll(a, b, gas);
}

function equalAll(a: readonly Value[], b: readonly Value[], gas: GasMeterApi | undefined): boolean {
  if (a.length !== b.length) return false;
  gas?.charge(1 + Math.floor(a.length / COST.elementsPerUnit));
  return a.every((value, i) => equalValues(value, b[i] as Value, gas));
}

/** Bytes of a `vector<u8>` value. */
export function toBytes(value: Value): Uint8Array {
  return Uint8Array.from(value as number[]);
}
/** A `vector<u8>` value of these bytes. */
export function fromBytes(bytes: Uint8Array): Value[] {
  return Array.from(bytes);
}
