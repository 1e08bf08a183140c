/** A parser of untrusted bytes, as the fuzzer drives it. */
export interface FuzzParser {
  name: string;
  /** Valid inputs: mutation starts from them, and each must be accepted, or the fuzzer would test nothing. */
  samples: readonly Uint8Array[];
  /** Parses one input: returns (or resolves) when it accepts, `false` or a refusal otherwise. */
  parse: (bytes: Uint8Array) => unknown;
  /** Names of the errors by which it refuses; everything else that it throws is a crash. */
  refusals?: readonly string[];
}

/** What fuzzing one parser brought to light. */
export interface FuzzResult {
  name: string;
  cases: number;
  /** Cases that the parser accepted, samples not counted. */
  accepted: number;
  ms: number;
  slowestMs: number;
  /** Bytes that its heap and buffers grew by from the end of the warm-up to the end, after collecting garbage. */
  growthBytes: number;
  faults: readonly FuzzFault[];
}

export interface FuzzFault {
  kind: 'crash' | 'hang' | 'growth' | 'sample-refused';
  message: string;
  /** The input, where there is one, base64. */
  input?: string;
}

/** Checks what a module exports as PARSERS: modules are named on the command line. */
export function parsersOf(module: unknown, from: string): FuzzParser[] {
  const found =
    typeof module === 'object' && module !== null && 'PARSERS' in module ? module.PARSERS : undefined;
  if (!Array.isArray(found) || found.length === 0) throw new Error(`${from} exports no list PARSERS`);
  for (const one of found as Partial<FuzzParser>[]) {
    if (typeof one.name !== 'string' || typeof one.parse !== 'function' || !one.samples?.length) {
      throw new Error(`${from}: each parser needs name, parse and at least one sample`);
    }
  }
  return found as FuzzParser[];
}
