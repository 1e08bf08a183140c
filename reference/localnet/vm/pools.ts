import { normalizeAddress } from './address.ts';
import type { RawField, RawModule, RawToken } from './binary.ts';
import { VmError } from './errors.ts';
import type { FunctionHandle } from './ir.ts';
import { PRIMITIVES } from './type-tag.ts';
import type { AbilitySet, Address, FieldInfo, ModuleId, SignatureType } from './types.ts';

/** A struct or enum that a module names, its own or another's. */
export interface DatatypeHandle {
  /** Defining id. */
  readonly address: Address;
  readonly owner: ModuleId;
  readonly name: string;
  readonly abilities: AbilitySet;
  readonly typeParameters: readonly { readonly constraints: AbilitySet; readonly phantom: boolean }[];
}

/** Finds the defining id of a type that bytecode names by its package's original id. */
export type DefiningIdOf = (owner: ModuleId, name: string) => Address;

const IDENTIFIER = /^(?:[A-Za-z]\w*|_\w+)$/;

const PRIMITIVE_TOKENS: Readonly<Record<string, SignatureType>> = {
  Bool: PRIMITIVES.bool,
  U8: PRIMITIVES.u8,
  U16: PRIMITIVES.u16,
  U32: PRIMITIVES.u32,
  U64: PRIMITIVES.u64,
  U128: PRIMITIVES.u128,
  U256: PRIMITIVES.u256,
  Address: PRIMITIVES.address,
  Signer: PRIMITIVES.signer,
};

export function malformed(message: string): never {
  throw new VmError('verification', message);
}

/** Reads `list[index]` of a module's pool; the name is for the message. */
export function entry<T>(list: readonly T[], index: unknown, pool: string): T {
  const found = typeof index === 'number' ? list[index] : undefined;
  if (found === undefined) malformed(`${pool}: no entry ${String(index)}`);
  return found;
}

/** The pools of one module with every index checked and types resolved to defining ids. */
export class Pools {
  readonly raw: RawModule;
  readonly self: ModuleId;
  readonly modules: readonly ModuleId[];
  readonly friends: readonly ModuleId[];
  readonly datatypes: readonly DatatypeHandle[];
  readonly signatures: readonly (readonly SignatureType[])[];
  readonly functions: readonly FunctionHandle[];
  readonly #structFields = new Map<number, readonly FieldInfo[]>();

  constructor(raw: RawModule, definingIdOf: DefiningIdOf) {
    this.raw = raw;
    this.modules = raw.module_handles.map((handle) => this.#moduleId(handle));
    this.friends = raw.friend_decls.map((handle) => this.#moduleId(handle));
    this.self = entry(this.modules, raw.self_module_handle_idx, 'module handles');
    this.datatypes = raw.datatype_handles.map((handle) => {
      const owner = entry(this.modules, handle.module, 'module handles');
      const name = this.identifier(handle.name);
      return {
        address: definingIdOf(owner, name),
        owner,
        name,
        abilities: handle.abilities,
        typeParameters: handle.type_parameters.map((parameter) => ({
          constraints: parameter.constraints,
          phantom: parameter.is_phantom,
        })),
      };
    });
    this.signatures = raw.signatures.map((tokens) => tokens.map((token) => this.type(token, true)));
    this.functions = raw.function_handles.map((handle) => {
      const owner = entry(this.modules, handle.module, 'module handles');
      return {
        address: owner.address,
        module: owner.name,
        name: this.identifier(handle.name),
        typeParameters: handle.type_parameters,
        parameters: this.signature(handle.parameters),
        returns: this.signature(handle.return_),
      };
    });
  }

  identifier(index: unknown): string {
    const name = entry(this.raw.identifiers, index, 'identifiers');
    if (!IDENTIFIER.test(name)) malformed(`not an identifier: ${JSON.stringify(name)}`);
    return name;
  }

  signature(index: unknown): readonly SignatureType[] {
    return entry(this.signatures, index, 'signatures');
  }

  /** The single type of a signature, as vector instructions name their element. */
  element(index: unknown): SignatureType {
    const [type, ...more] = this.signature(index);
    if (type === undefined || more.length > 0) malformed('vector instruction without one element type');
    return type;
  }

  /** Generic datatype `definition` with arguments; its own parameters when `typeArgs` is not given. */
  datatype(handleIndex: unknown, typeArgs: readonly SignatureType[]): SignatureType {
    const handle = entry(this.datatypes, handleIndex, 'datatype handles');
    if (handle.typeParameters.length !== typeArgs.length) {
      malformed(
        `${handle.name} takes ${handle.typeParameters.length} type arguments, not ${typeArgs.length}`,
      );
    }
    return {
      kind: 'struct',
      address: handle.address,
      module: handle.owner.name,
      name: handle.name,
      typeArgs,
    };
  }

  fields(raw: readonly RawField[]): readonly FieldInfo[] {
    return raw.map((field) => ({
      name: this.identifier(field.name),
      type: this.type(field.signature, false),
    }));
  }

  /** Declared fields of struct definition `index`. */
  structFields(index: number): readonly FieldInfo[] {
    let fields = this.#structFields.get(index);
    if (fields === undefined) {
      const { field_information: info } = entry(this.raw.struct_defs, index, 'struct definitions');
      if (info === 'Native') malformed('native structs are not supported');
      fields = this.fields(info.Declared);
      this.#structFields.set(index, fields);
    }
    return fields;
  }

  /** A reference is only allowed at the top of a signature. */
  type(token: RawToken, topLevel: boolean): SignatureType {
    if (typeof token === 'string') {
      return PRIMITIVE_TOKENS[token] ?? malformed(`unknown type ${token}`);
    }
    if ('Vector' in token) return { kind: 'vector', of: this.type(token.Vector, false) };
    if ('Datatype' in token) return this.datatype(token.Datatype, []);
    if ('DatatypeInstantiation' in token) {
      const [handle, args] = token.DatatypeInstantiation;
      return this.datatype(
        handle,
        args.map((arg) => this.type(arg, false)),
      );
    }
    if ('TypeParameter' in token) return { kind: 'parameter', index: token.TypeParameter };
    if (!topLevel) malformed('reference inside another type');
    return 'Reference' in token
      ? { kind: 'reference', mutable: false, to: this.type(token.Reference, false) }
      : { kind: 'reference', mutable: true, to: this.type(token.MutableReference, false) };
  }

  #moduleId(handle: { address: number; name: number }): ModuleId {
    const address = entry(this.raw.address_identifiers, handle.address, 'address identifiers');
    return { address: normalizeAddress(address), name: this.identifier(handle.name) };
  }
}
