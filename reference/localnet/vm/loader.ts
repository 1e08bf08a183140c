import { normalizeAddress } from './address.ts';
import type { RawModule } from './binary.ts';
import type { Instruction } from './ir.ts';
import { entry, malformed, Pools } from './pools.ts';
import type { DefiningIdOf } from './pools.ts';
import { resolveCode } from './resolver.ts';
import type {
  AbilitySet,
  Address,
  DatatypeInfo,
  FunctionInfo,
  ModuleId,
  ModuleInfo,
  SignatureType,
} from './types.ts';
import type { Step } from './machine.ts';

/** A function with what the checker and the compiler need besides its signature. */
export class LoadedFunction implements FunctionInfo {
  readonly module: LoadedModule;
  readonly name: string;
  /** Position among the module's definitions. */
  readonly index: number;
  readonly visibility: FunctionInfo['visibility'];
  readonly entry: boolean;
  readonly typeParameters: readonly AbilitySet[];
  readonly parameters: readonly SignatureType[];
  readonly returns: readonly SignatureType[];
  /** Types of the parameters and of the other locals. */
  readonly locals: readonly SignatureType[];
  /** Undefined for a native function. */
  readonly code: readonly Instruction[] | undefined;
  /**
   * For each instruction whose form depends on it, the type of what it works on, as the type checker found it: the
   * operands of arithmetic and comparison, the shifted value, the value to cast, the reference to read.
   */
  operandTypes: readonly (SignatureType | undefined)[] = [];
  /** Compiled at the first call. */
  steps: readonly Step[] | undefined;

  constructor(module: LoadedModule, index: number) {
    const { pools, raw } = module;
    const definition = entry(raw.function_defs, index, 'function definitions');
    const handle = entry(pools.functions, definition.function, 'function handles');
    if (handle.address !== module.id.address || handle.module !== module.id.name) {
      malformed(`function ${handle.name} belongs to another module`);
    }
    this.module = module;
    this.index = index;
    this.name = handle.name;
    this.visibility = VISIBILITY[definition.visibility];
    this.entry = definition.is_entry;
    this.typeParameters = handle.typeParameters;
    this.parameters = handle.parameters;
    this.returns = handle.returns;
    const { code } = definition;
    this.code = code ? resolveCode(pools, code) : undefined;
    this.locals = code ? [...handle.parameters, ...pools.signature(code.locals)] : handle.parameters;
  }

  get native(): boolean {
    return this.code === undefined;
  }
}

const VISIBILITY = { Private: 'private', Friend: 'friend', Public: 'public' } as const;

/** One module of one package version. */
export class LoadedModule implements ModuleInfo {
  /** By original id. */
  readonly id: ModuleId;
  readonly bytes: Uint8Array;
  readonly raw: RawModule;
  readonly pools: Pools;
  readonly functions: readonly LoadedFunction[];
  readonly datatypes: readonly DatatypeInfo[];
  readonly #functionsByName: ReadonlyMap<string, LoadedFunction>;
  readonly #datatypesByName: ReadonlyMap<string, DatatypeInfo>;

  /** Throws VmError `verification`. */
  constructor(bytes: Uint8Array, raw: RawModule, definingIdOf: DefiningIdOf) {
    this.bytes = bytes;
    this.raw = raw;
    this.pools = new Pools(raw, definingIdOf);
    this.id = this.pools.self;
    this.datatypes = [...this.#structs(), ...this.#enums()];
    this.functions = raw.function_defs.map((_, index) => new LoadedFunction(this, index));
    this.#functionsByName = new Map(this.functions.map((fn) => [fn.name, fn]));
    this.#datatypesByName = new Map(this.datatypes.map((type) => [type.name, type]));
    unique('function', this.functions);
    unique('type', this.datatypes);
  }

  get name(): string {
    return this.id.name;
  }

  function(name: string): LoadedFunction | undefined {
    return this.#functionsByName.get(name);
  }

  datatype(name: string): DatatypeInfo | undefined {
    return this.#datatypesByName.get(name);
  }

  #structs(): DatatypeInfo[] {
    return this.raw.struct_defs.map((definition, index) => ({
      ...this.#head(definition.struct_handle, 'struct'),
      fields: this.pools.structFields(index),
      variants: [],
    }));
  }

  #enums(): DatatypeInfo[] {
    return this.raw.enum_defs.map((definition) => ({
      ...this.#head(definition.enum_handle, 'enum'),
      fields: [],
      variants: definition.variants.map((variant) => ({
        name: this.pools.identifier(variant.variant_name),
        fields: this.pools.fields(variant.fields),
      })),
    }));
  }

  #head(handleIndex: number, kind: DatatypeInfo['kind']) {
    const handle = entry(this.pools.datatypes, handleIndex, 'datatype handles');
    if (handle.owner !== this.id) malformed(`type ${handle.name} belongs to another module`);
    const { address, owner, name, abilities, typeParameters } = handle;
    return { kind, address, module: owner.name, name, abilities, typeParameters };
  }
}

function unique(what: string, items: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of items) {
    if (names.has(name)) malformed(`${what} ${name} is defined twice`);
    names.add(name);
  }
}

/** Types a module defines, before it is loaded: `Name`s for the package's type origins. */
export function definedTypes(raw: RawModule): string[] {
  const handles = [
    ...raw.struct_defs.map((definition) => definition.struct_handle),
    ...raw.enum_defs.map((definition) => definition.enum_handle),
  ];
  return handles.map((handle) => {
    const { name } = entry(raw.datatype_handles, handle, 'datatype handles');
    return entry(raw.identifiers, name, 'identifiers');
  });
}

/** The name a module gives itself. */
export function moduleName(raw: RawModule): string {
  const self = entry(raw.module_handles, raw.self_module_handle_idx, 'module handles');
  return entry(raw.identifiers, self.name, 'identifiers');
}

/** The address a module gives itself. */
export function moduleAddress(raw: RawModule): Address {
  const self = entry(raw.module_handles, raw.self_module_handle_idx, 'module handles');
  return normalizeAddress(entry(raw.address_identifiers, self.address, 'address identifiers'));
}
