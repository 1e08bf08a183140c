import { deserialize } from '@mysten/move-bytecode-template';

type Token =
  | 'Bool'
  | 'U8'
  | 'U16'
  | 'U32'
  | 'U64'
  | 'U128'
  | 'U256'
  | 'Address'
  | { Vector: Token }
  | { Datatype: number }
  | { DatatypeInstantiation: [number, Token[]] }
  | { Reference: Token }
  | { MutableReference: Token }
  | { TypeParameter: number };

interface RawModule {
  self_module_handle_idx: number;
  module_handles: { address: number; name: number }[];
  datatype_handles: { name: number }[];
  function_handles: { module: number; name: number; parameters: number; return_: number }[];
  address_identifiers: string[];
  identifiers: string[];
  signatures: Token[][];
  struct_defs: {
    struct_handle: number;
    field_information: { Declared: { name: number; signature: Token }[] };
  }[];
  function_defs: {
    function: number;
    visibility: 'Public' | 'Private' | 'Friend';
    is_entry: boolean;
    code: object | null;
  }[];
}

/** A struct as compiled: fields in order, types as Move writes them without addresses, such as `vector<ID>`. */
export interface CompiledStruct {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: string }[];
}

/** A function as compiled. */
export interface CompiledFunction {
  readonly name: string;
  readonly visibility: 'Public' | 'Private' | 'Friend';
  readonly native: boolean;
  readonly parameters: readonly string[];
  readonly returns: readonly string[];
}

/** What a compiled module declares, read from its bytecode. */
export interface CompiledModule {
  /** The address that the module says it is at; 0 before publishing. */
  readonly address: bigint;
  readonly name: string;
  readonly structs: readonly CompiledStruct[];
  readonly functions: readonly CompiledFunction[];
  /** Functions of other modules that it calls: `0x2::coin::value`, or `0x0::staking::amount` in the same package. */
  readonly calls: readonly string[];
}

/** Reads the declarations of a compiled module. Throws when the bytes are no module. */
export function readModule(bytes: Uint8Array): CompiledModule {
  const raw = deserialize(bytes) as RawModule;
  const identifier = (index: number | undefined): string => raw.identifiers[index ?? -1] ?? '';
  const datatype = (index: number): string => identifier(raw.datatype_handles[index]?.name);

  const typeOf = (token: Token): string => {
    if (typeof token === 'string') return token.toLowerCase();
    if ('Vector' in token) return `vector<${typeOf(token.Vector)}>`;
    if ('Datatype' in token) return datatype(token.Datatype);
    if ('Reference' in token) return `&${typeOf(token.Reference)}`;
    if ('MutableReference' in token) return `&mut ${typeOf(token.MutableReference)}`;
    if ('TypeParameter' in token) return `T${token.TypeParameter}`;
    const [index, parameters] = token.DatatypeInstantiation;
    return `${datatype(index)}<${parameters.map(typeOf).join(', ')}>`;
  };

  const addressOf = (index: number | undefined): bigint =>
    BigInt(`0x${raw.address_identifiers[index ?? -1] ?? '0'}`);

  const self = raw.module_handles[raw.self_module_handle_idx];
  return {
    address: addressOf(self?.address),
    name: identifier(self?.name),
    structs: raw.struct_defs.map((definition) => ({
      name: datatype(definition.struct_handle),
      fields: definition.field_information.Declared.map((field) => ({
        name: identifier(field.name),
        type: typeOf(field.signature),
      })),
    })),
    functions: raw.function_defs.map((definition) => {
      const handle = raw.function_handles[definition.function];
      return {
        name: identifier(handle?.name),
        visibility: definition.visibility,
        native: !definition.code,
        parameters: (raw.signatures[handle?.parameters ?? -1] ?? []).map(typeOf),
        returns: (raw.signatures[handle?.return_ ?? -1] ?? []).map(typeOf),
      };
    }),
    calls: raw.function_handles
      .filter(({ module }) => module !== raw.self_module_handle_idx)
      .map(({ module, name }) => {
        const handle = raw.module_handles[module];
        return `0x${addressOf(handle?.address).toString(16)}::${identifier(handle?.name)}::${identifier(name)}`;
      }),
  };
}
