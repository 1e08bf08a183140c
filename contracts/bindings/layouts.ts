import { bcs } from '@mysten/sui/bcs';
import type { BcsType } from '@mysten/sui/bcs';

const u64 = bcs.u64().transform({ input: (value: bigint) => value, output: BigInt });
const bytes = bcs.byteVector().transform({
  input: (value: Uint8Array) => value,
  output: (value) => Uint8Array.from(value),
});

/**
 * How each Move type of a field is written in TypeScript: u8 and u16 as number, u64 as bigint, addresses and ids as 0x and
 * 64 hex digits, bytes as Uint8Array, a VecSet as an array, a Balance as its value in MIST.
 */
const KINDS = {
  address: bcs.Address,
  ID: bcs.Address,
  UID: bcs.Address,
  String: bcs.string(),
  bool: bcs.bool(),
  u8: bcs.u8(),
  u16: bcs.u16(),
  u64,
  'vector<u8>': bytes,
  'vector<vector<u8>>': bcs.vector(bytes),
  'vector<String>': bcs.vector(bcs.string()),
  'vector<ID>': bcs.vector(bcs.Address),
  'VecSet<ID>': bcs.vector(bcs.Address),
  'VecSet<address>': bcs.vector(bcs.Address),
  'Balance<SUI>': u64,
  Table: bcs.struct('Table', { id: bcs.Address, size: u64 }),
} as const;

/** The type of a field. */
export type Kind = keyof typeof KINDS;

/** Fields of a Move struct, in order. */
export type Fields = Readonly<Record<string, Kind>>;

type ValueOf<K extends Kind> = ReturnType<(typeof KINDS)[K]['parse']>;

/** A struct's value in TypeScript. */
export type StructOf<F extends Fields> = { readonly [Name in keyof F]: ValueOf<F[Name]> };

/** BCS bytes do not have the layout of the struct they should be. */
export class LayoutError extends Error {
  readonly code = 'LayoutError';
  constructor(struct: string, cause: unknown) {
    super(`bytes are not a ${struct}`, { cause });
    this.name = 'LayoutError';
  }
}

/** Reads and writes one struct. */
export interface Codec<Value> {
  /** Throws LayoutError unless the bytes are the struct, all of them. */
  parse(bytes: Uint8Array): Value;
  serialize(value: Value): Uint8Array;
}

/** The codec of a struct. */
export function codec<const F extends Fields>(name: string, fields: F): Codec<StructOf<F>> {
  const layout: Record<string, BcsType<unknown>> = {};
  // The kinds' input types differ; each value goes back in through the kind it came out of.
  for (const [field, kind] of Object.entries(fields))
    layout[field] = KINDS[kind] as unknown as BcsType<unknown>;
  const struct = bcs.struct(name, layout);
  const serialize = (value: StructOf<F>): Uint8Array => struct.serialize(value).toBytes();
  const parse = (input: Uint8Array): StructOf<F> => {
    let value: StructOf<F>;
    try {
      value = struct.parse(input) as StructOf<F>;
    } catch (error) {
      throw new LayoutError(name, error);
    }
    const { length } = serialize(value);
    if (length !== input.length)
      throw new LayoutError(name, `${input.length} bytes, of which ${length} were read`);
    return value;
  };
  return { parse, serialize };
}

/** Splits `0xPACKAGE::module::Name`; undefined for anything else, such as a type with parameters. */
export function splitType(type: string): { package: string; module: string; name: string } | undefined {
  const parts = /^(0x[0-9a-f]{1,64})::(\w+)::(\w+)$/iu.exec(type);
  if (parts === null) return undefined;
  const [, address = '', module = '', name = ''] = parts;
  return { package: `0x${address.slice(2).toLowerCase().padStart(64, '0')}`, module, name };
}
