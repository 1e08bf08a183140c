import type { FuzzParser } from './parser.ts';

/** Keeps every input it is given, as a parser with an unbounded cache does. */
const KEPT: Uint8Array[] = [];

const SAMPLES = [Buffer.from('{"name":"value","list":[1,2,3]}')];

/** Parsers with the defects that the fuzzer is there to find, and one without. */
export const PARSERS: readonly FuzzParser[] = [
  { name: 'sound', samples: SAMPLES, parse: parseSoundly, refusals: ['SyntaxError'] },
  {
    name: 'throws',
    samples: SAMPLES,
    parse: (bytes) => (parseSoundly(bytes) as { list: number[] }).list.length,
    refusals: ['SyntaxError'],
  },
  {
    name: 'hangs',
    samples: SAMPLES,
    parse: (bytes) => {
      if (!bytes.includes('\\'.charCodeAt(0))) return true;
      for (;;) void bytes.length;
    },
  },
  {
    name: 'leaks',
    samples: SAMPLES,
    parse: (bytes) => KEPT.push(Uint8Array.from({ length: 256 + bytes.length }, (_, at) => at)),
  },
  { name: 'refuses everything', samples: SAMPLES, parse: () => undefined },
];

function parseSoundly(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes).toString('utf8'));
}
