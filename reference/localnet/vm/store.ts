import { normalizeAddress } from './address.ts';
import type { PackageSnapshot, PackageStore } from './api.ts';
import { abilitiesOf } from './abilities.ts';
import { decode, encode } from './bcs.ts';
import { readModule } from './binary.ts';
import { VmError } from './errors.ts';
import { Layouts } from './layout.ts';
import { definedTypes, LoadedModule, moduleAddress, moduleName } from './loader.ts';
import type { LoadedFunction } from './loader.ts';
import { malformed } from './pools.ts';
import type {
  AbilitySet,
  Address,
  DatatypeInfo,
  FunctionRef,
  Layout,
  ModuleId,
  PackageInfo,
  PackageInput,
  StructTag,
  TypeTag,
  Value,
} from './types.ts';
import { typeToString } from './type-tag.ts';
import { verifyPackage } from './verifier/index.ts';

/** A package as the machine runs it. One object a stored version, so identity tells link contexts apart. */
export interface LoadedPackage extends PackageInfo {
  readonly modules: ReadonlyMap<string, LoadedModule>;
}

/** Packages of a chain: see `PackageStore`. */
export class ModuleStore implements PackageStore {
  readonly #packages = new Map<Address, LoadedPackage>();
  readonly #layouts = new Layouts((type) => this.datatype(type.address, type.module, type.name));
  readonly #typeLists = new Map<string, readonly TypeTag[]>();

  add(input: PackageInput): PackageInfo {
    const storageId = normalizeAddress(input.storageId);
    const originalId = normalizeAddress(input.originalId ?? storageId);
    if (this.#packages.has(storageId)) malformed(`package ${storageId} exists already`);
    if (input.modules.length === 0) malformed('package without modules');
    const linkage = new Map(input.linkage);
    linkage.delete(originalId);
    const raws = input.modules.map((bytes) => ({ bytes, raw: readModule(bytes) }));
    for (const { raw } of raws) {
      const address = moduleAddress(raw);
      if (address !== originalId)
        malformed(`module ${moduleName(raw)} calls itself ${address}, not ${originalId}`);
    }

    const typeOrigins = new Map<string, Address>();
    for (const { raw } of raws) {
      for (const type of definedTypes(raw)) {
        const name = `${moduleName(raw)}::${type}`;
        typeOrigins.set(name, input.typeOrigins?.get(name) ?? storageId);
      }
    }

    const modules = new Map<string, LoadedModule>();
    const added: LoadedPackage = { storageId, originalId, modules, linkage, typeOrigins };
    const definingIdOf = (owner: ModuleId, name: string): Address => {
      const home = owner.address === originalId ? added : this.#dependency(added, owner.address);
      return home.typeOrigins.get(`${owner.name}::${name}`) ?? malformed(`no type ${owner.name}::${name}`);
    };
    for (const { bytes, raw } of raws) {
      const module = new LoadedModule(bytes, raw, definingIdOf);
      if (modules.has(module.name)) malformed(`module ${module.name} is given twice`);
      modules.set(module.name, module);
    }

    // The checks look types up in the store, so the package goes in first and out again when it fails.
    this.#packages.set(storageId, added);
    try {
      verifyPackage(this, added);
    } catch (error) {
      this.remove(storageId);
      throw error;
    }
    return added;
  }

  remove(storageId: Address): void {
    this.#packages.delete(storageId);
    this.#layouts.clear();
  }

  snapshot(): PackageSnapshot {
    return new Map(this.#packages);
  }

  restore(snapshot: PackageSnapshot): void {
    this.#packages.clear();
    // Only `snapshot` makes these, of what `add` has loaded.
    for (const [id, loaded] of snapshot) this.#packages.set(id, loaded as LoadedPackage);
    this.#layouts.clear();
  }

  package(storageId: Address): LoadedPackage | undefined {
    return this.#packages.get(storageId);
  }

  module(storageId: Address, module: string): LoadedModule | undefined {
    return this.#packages.get(storageId)?.modules.get(module);
  }

  function(ref: FunctionRef): LoadedFunction | undefined {
    return this.module(ref.package, ref.module)?.function(ref.function);
  }

  datatype(address: Address, module: string, name: string): DatatypeInfo | undefined {
    return this.module(address, module)?.datatype(name);
  }

  abilities(type: TypeTag): AbilitySet {
    return abilitiesOf(this, type, []);
  }

  layout(type: TypeTag): Layout {
    return this.#layouts.of(type);
  }

  serialize(type: TypeTag, value: Value): Uint8Array {
    return encode(this.layout(type), value);
  }

  deserialize(type: TypeTag, bytes: Uint8Array): Value {
    return decode(this.layout(type), bytes);
  }

  /** The version of package `originalId` that code of `root` runs. Throws VmError `missing`. */
  linked(root: LoadedPackage, originalId: Address): LoadedPackage {
    return originalId === root.originalId ? root : this.#dependency(root, originalId);
  }

  /** The original id of the package that introduced a type, which `type_name` natives show. */
  originalIdOf(type: StructTag): Address {
    return this.#packages.get(type.address)?.originalId ?? type.address;
  }

  /** One array for equal lists of types, so that call sites can remember what they made of it. */
  internTypes(types: readonly TypeTag[]): readonly TypeTag[] {
    const key = types.map(typeToString).join(';');
    const known = this.#typeLists.get(key);
    if (known !== undefined) return known;
    this.#typeLists.set(key, types);
    return types;
  }

  #dependency(root: LoadedPackage, originalId: Address): LoadedPackage {
    const found = this.#packages.get(root.linkage.get(originalId) ?? originalId);
    if (found === undefined) throw new VmError('missing', `package ${originalId} is not published`);
    return found;
  }
}
