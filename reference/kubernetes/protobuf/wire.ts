/** One field of a protobuf message as it stands on the wire. */
export type WireField =
  | { number: number; type: 'varint'; value: bigint }
  | { number: number; type: 'bytes'; value: Uint8Array }
  | { number: number; type: 'fixed'; value: Uint8Array };

/** Splits a message into its fields. Throws RangeError for anything that is no protobuf. */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError('the message ends within a number');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new RangeError('a number is longer than ten bytes');
  };
  const take = (length: number): Uint8Array => {
    if (length < 0 || at + length > bytes.length) throw new RangeError('the message ends within a field');
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    if (number < 1) throw new RangeError('a field has no number');
    switch (tag % 8) {
      case 0:
        yield { number, type: 'varint', value: varint() };
        break;
      case 1:
        yield { number, type: 'fixed', value: take(8) };
        break;
      case 2:
        yield { number, type: 'bytes', value: take(Number(varint())) };
        break;
      case 5:
        yield { number, type: 'fixed', value: take(4) };
        break;
      default:
        throw new RangeError(`wire type ${tag % 8} is not in use`);
    }
  }
}
