import fc from 'fast-check';

/** Numbers from 0 to below `bound`, whole and reproducible. */
export type Draw = (bound: number) => number;

/** A small generator (mulberry32): fuzzing needs speed and repetition, not secrecy. */
export function drawsFrom(seed: number): Draw {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

const LONGEST = 24_000;

/** Bytes and texts that have meaning for one format or other: lengths, limits, delimiters, deep beginnings. */
const TOKENS: readonly Uint8Array[] = [
  '__proto__',
  '"',
  '\\',
  '{',
  '[',
  '}',
  ']',
  ',',
  ':',
  '.',
  'null',
  '1e999',
  '-0',
  '\u0000',
  '\ud83d\ude00',
  '0x10',
  '9007199254740993',
  '%2e%2e',
  '//',
  '&a ',
  '*a ',
  '<<',
  '=',
  'seal1.',
  '\r\n',
  '\ufeff',
].map((text) => Buffer.from(text));
const BYTES = [0x00, 0x7f, 0x80, 0xff, 0x81, 0x9f, 0xbf, 0x5f, 0x1b, 0xd2, 0xf6, 0xf7, 0xfb];

type Mutation = (bytes: Buffer, draw: Draw, others: readonly Uint8Array[]) => Buffer;

const insert = (bytes: Buffer, at: number, more: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);

const MUTATIONS: readonly Mutation[] = [
  (bytes, draw) => setByte(bytes, draw, (old) => old ^ (1 << draw(8))),
  (bytes, draw) => setByte(bytes, draw, () => draw(256)),
  (bytes, draw) => setByte(bytes, draw, () => BYTES[draw(BYTES.length)] ?? 0),
  (bytes, draw) => setByte(bytes, draw, (old) => old + draw(3) - 1),
  (bytes, draw) => bytes.subarray(0, draw(bytes.length + 1)),
  (bytes, draw) => bytes.subarray(draw(bytes.length + 1)),
  (bytes, draw) => {
    const at = draw(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + draw(16))]);
  },
  (bytes, draw) => insert(bytes, draw(bytes.length + 1), TOKENS[draw(TOKENS.length)] ?? new Uint8Array()),
  (bytes, draw) => {
    const from = draw(bytes.length + 1);
    return insert(bytes, draw(bytes.length + 1), bytes.subarray(from, from + draw(64)));
  },
  (bytes, draw) => {
    const piece = TOKENS[draw(TOKENS.length)] ?? new Uint8Array();
    return insert(
      bytes,
      draw(bytes.length + 1),
      Buffer.concat(Array.from({ length: draw(2_000) }, () => piece)),
    );
  },
  (bytes, draw) =>
    insert(bytes, draw(bytes.length + 1), Buffer.alloc(draw(8_000), BYTES[draw(BYTES.length)])),
  (bytes, draw, others) => {
    const other = others[draw(others.length)] ?? bytes;
    return Buffer.concat([bytes.subarray(0, draw(bytes.length + 1)), other.subarray(draw(other.length + 1))]);
  },
];

function setByte(bytes: Buffer, draw: Draw, change: (old: number) => number): Buffer {
  if (bytes.length > 0) {
    const at = draw(bytes.length);
    bytes[at] = change(bytes[at] ?? 0) & 0xff;
  }
  return bytes;
}

/** One to six mutations of a sample. */
export function mutated(samples: readonly Uint8Array[], draw: Draw): Uint8Array {
  let bytes = Buffer.from(samples[draw(samples.length)] ?? new Uint8Array());
  for (let left = 1 + draw(6); left > 0; left -= 1) {
    const mutation = MUTATIONS[draw(MUTATIONS.length)];
    if (mutation) bytes = Buffer.from(mutation(bytes, draw, samples));
  }
  return bytes.subarray(0, LONGEST);
}

/** Inputs made from nothing: bytes, any text, any JSON. */
const INVENTED = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string({ unit: 'binary', maxLength: 200 }).map((text) => new TextEncoder().encode(text)),
  fc.json({ maxDepth: 6 }).map((text) => new TextEncoder().encode(text)),
);

/** A batch of inputs that owe nothing to a sample. */
export function invented(seed: number, count: number): Uint8Array[] {
  return fc.sample(INVENTED, { seed, numRuns: count });
}
