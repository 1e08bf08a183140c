import { deserialize, serialize } from '@mysten/move-bytecode-template';
import { VmError } from './errors.ts';
import type { Address } from './types.ts';

/** The newest binary format this machine executes, and the oldest. */
const BINARY_VERSION = { oldest: 6, newest: 7 } as const;
const MAGIC = [0xa1, 0x1c, 0xeb, 0x0b];

export type RawToken =
  | 'Bool'
  | 'U8'
  | 'U16'
  | 'U32'
  | 'U64'
  | 'U128'
  | 'U256'
  | 'Address'
  | 'Signer'
  | { Vector: RawToken }
  | { Datatype: number }
  | { DatatypeInstantiation: [number, RawToken[]] }
  | { Reference: RawToken }
  | { MutableReference: RawToken }
  | { TypeParameter: number };

/** An opcode alone, or with its operand. */
export type RawInstruction = string | Record<string, unknown>;

export interface RawField {
  name: number;
  signature: RawToken;
}
export interface RawCode {
  /** Index of the signature of the locals that follow the parameters. */
  locals: number;
  code: RawInstruction[];
  jump_tables: { head_enum: number; jump_table: { Full: number[] } }[];
}

/** A module as the deserialiser gives it: pools that refer to each other by index. */
export interface RawModule {
  version: number;
  self_module_handle_idx: number;
  module_handles: { address: number; name: number }[];
  datatype_handles: {
    module: number;
    name: number;
    abilities: number;
    type_parameters: { constraints: number; is_phantom: boolean }[];
  }[];
  function_handles: {
    module: number;
    name: number;
    parameters: number;
    return_: number;
    type_parameters: number[];
  }[];
  field_handles: { owner: number; field: number }[];
  friend_decls: { address: number; name: number }[];
  struct_def_instantiations: { def: number; type_parameters: number }[];
  function_instantiations: { handle: number; type_parameters: number }[];
  field_instantiations: { handle: number; type_parameters: number }[];
  signatures: RawToken[][];
  identifiers: string[];
  /** 64 hex digits. */
  address_identifiers: string[];
  constant_pool: { type_: RawToken; data: number[] }[];
  struct_defs: { struct_handle: number; field_information: 'Native' | { Declared: RawField[] } }[];
  function_defs: {
    function: number;
    visibility: 'Private' | 'Public' | 'Friend';
    is_entry: boolean;
    code?: RawCode | null;
  }[];
  enum_defs: { enum_handle: number; variants: { variant_name: number; fields: RawField[] }[] }[];
  enum_def_instantiations: { def: number; type_parameters: number }[];
  variant_handles: { enum_def: number; variant: number }[];
  variant_instantiation_handles: { enum_def: number; variant: number }[];
}

/** Deserialises one module. Throws VmError `verification` for anything but a whole module of a known version. */
export function readModule(bytes: Uint8Array): RawModule {
  if (bytes.length < 8 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw new VmError('verification', 'not a Move module: bad magic number');
  }
  // The version's upper byte is the flavour (5 for Sui), the rest the number.
  const version = (bytes[4] as number) + (bytes[5] as number) * 0x100 + (bytes[6] as number) * 0x1_0000;
  if (version < BINARY_VERSION.oldest || version > BINARY_VERSION.newest) {
    throw new VmError('verification', `binary format version ${version} is not supported`);
  }
  try {
    return deserialize(bytes) as RawModule;
  } catch (error) {
    throw new VmError('verification', `malformed module: ${String(error)}`);
  }
}

/**
 * The module with its own address replaced, as publishing does with the placeholder 0x0: what the chain stores and
 * `ModuleStore.add` takes.
 */
export function withSelfAddress(bytes: Uint8Array, address: Address): Uint8Array {
  const module = readModule(bytes);
  const self = module.module_handles[module.self_module_handle_idx];
  if (self === undefined) throw new VmError('verification', 'module without a name');
  module.address_identifiers[self.address] = address.slice(2);
  return serialize(module);
}
