const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The length-delimited fields of a protobuf message by number; the last one wins, numbers are
 * skipped. Throws RangeError for bytes that are no message.
 */
export function fields(message: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 63; shift += 7) {
      const byte = message[at++];
      if (byte === undefined) throw new RangeError('the message breaks off');
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number is too long');
  };
  while (at < message.length) {
    const key = varint();
    const wire = key % 8;
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      if (length > message.length - at) throw new RangeError('a field reaches past the end');
      found.set(Math.floor(key / 8), message.subarray(at, at + length));
      at += length;
    } else throw new RangeError(`wire type ${wire}`);
  }
  if (at > message.length) throw new RangeError('the message breaks off');
  return found;
}

/** A string field, empty when it is absent. Throws TypeError for bytes that are not UTF-8. */
export function text(message: ReadonlyMap<number, Uint8Array>, field: number): string {
  return utf8.decode(message.get(field) ?? new Uint8Array());
}
