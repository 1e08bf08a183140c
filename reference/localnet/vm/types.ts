/**
 * Public types of the Move virtual machine. Nothing in this folder knows about objects, transactions or
 * checkpoints: what Move code can do to the world goes through `NativeContext`, which the chain implements.
 */

/** 0x and 64 lower-case hex digits. */
export type Address = string;

export type PrimitiveKind = 'bool' | 'u8' | 'u16' | 'u32' | 'u64' | 'u128' | 'u256' | 'address' | 'signer';

export interface PrimitiveTag {
  readonly kind: PrimitiveKind;
}
export interface VectorTag {
  readonly kind: 'vector';
  readonly of: TypeTag;
}
/** A struct or an enum. `address` is the defining id: the storage id of the package that introduced it. */
export interface StructTag {
  readonly kind: 'struct';
  readonly address: Address;
  readonly module: string;
  readonly name: string;
  readonly typeArgs: readonly TypeTag[];
}
/** A concrete type of a value that is no reference. */
export type TypeTag = PrimitiveTag | VectorTag | StructTag;

/** A type as a signature or a field spells it: may hold type parameters and, at the top, a reference. */
export type SignatureType =
  | PrimitiveTag
  | { readonly kind: 'vector'; readonly of: SignatureType }
  | {
      readonly kind: 'struct';
      readonly address: Address;
      readonly module: string;
      readonly name: string;
      readonly typeArgs: readonly SignatureType[];
    }
  | { readonly kind: 'parameter'; readonly index: number }
  | { readonly kind: 'reference'; readonly mutable: boolean; readonly to: SignatureType };

/**
 * A value without its type (types are static in Move):
 *   bool → boolean; u8, u16, u32 → number; u64, u128, u256 → bigint; address, signer → Address;
 *   vector → array of its elements; struct → array of its fields in declaration order;
 *   enum → VariantValue; reference → Ref.
 * Arrays are mutable and owned: passing one to `call` by value gives it away (`copyValue` makes a deep copy).
 */
export type Value = boolean | number | bigint | string | Value[] | VariantValue | Ref;

/** A value of an enum; `tag` is the index of its variant. A write through a reference replaces both. */
export class VariantValue {
  tag: number;
  fields: Value[];
  constructor(tag: number, fields: Value[]) {
    this.tag = tag;
    this.fields = fields;
  }
}

/** A reference: one slot of an array that owns the value. `Ref.to(value)` makes a cell for a top-level argument. */
export class Ref {
  readonly container: Value[];
  readonly index: number;
  constructor(container: Value[], index: number) {
    this.container = container;
    this.index = index;
  }
  static to(value: Value): Ref {
    return new Ref([value], 0);
  }
  get(): Value {
    return this.container[this.index] as Value;
  }
  set(value: Value): void {
    this.container[this.index] = value;
  }
}

export type AbilityName = 'copy' | 'drop' | 'store' | 'key';
/** Bits of an ability set, as the binary format has them. */
export const ABILITY: { readonly [A in AbilityName]: number } = { copy: 1, drop: 2, store: 4, key: 8 };
/** Sum of `ABILITY` bits. */
export type AbilitySet = number;

export type Visibility = 'private' | 'friend' | 'public';

export interface ModuleId {
  readonly address: Address;
  readonly name: string;
}

export interface FunctionInfo {
  readonly name: string;
  readonly visibility: Visibility;
  readonly entry: boolean;
  readonly native: boolean;
  /** Abilities each type argument must have. */
  readonly typeParameters: readonly AbilitySet[];
  readonly parameters: readonly SignatureType[];
  readonly returns: readonly SignatureType[];
}

export interface FieldInfo {
  readonly name: string;
  readonly type: SignatureType;
}
export interface VariantInfo {
  readonly name: string;
  readonly fields: readonly FieldInfo[];
}
export interface DatatypeInfo {
  readonly kind: 'struct' | 'enum';
  /** Defining id, module and name: what a StructTag of this type holds. */
  readonly address: Address;
  readonly module: string;
  readonly name: string;
  readonly abilities: AbilitySet;
  readonly typeParameters: readonly { readonly constraints: AbilitySet; readonly phantom: boolean }[];
  /** Fields of a struct; empty for an enum. */
  readonly fields: readonly FieldInfo[];
  /** Variants of an enum in tag order; empty for a struct. */
  readonly variants: readonly VariantInfo[];
}

export interface ModuleInfo {
  readonly name: string;
  /** The bytes as stored. */
  readonly bytes: Uint8Array;
  readonly functions: readonly FunctionInfo[];
  readonly datatypes: readonly DatatypeInfo[];
}

/** What `ModuleStore.add` takes. The modules' own address must already be `originalId` (see `withSelfAddress`). */
export interface PackageInput {
  /** Id of the package object. */
  readonly storageId: Address;
  /** Id of the first version; what the bytecode calls itself. Default: storageId. */
  readonly originalId?: Address;
  readonly modules: readonly Uint8Array[];
  /** Original id → storage id of the version used, for every dependency, transitive ones too. Default: itself. */
  readonly linkage?: ReadonlyMap<Address, Address>;
  /** `module::Name` → defining id for types that an earlier version introduced. Default: storageId. */
  readonly typeOrigins?: ReadonlyMap<string, Address>;
}

export interface PackageInfo {
  readonly storageId: Address;
  readonly originalId: Address;
  readonly modules: ReadonlyMap<string, ModuleInfo>;
  readonly linkage: ReadonlyMap<Address, Address>;
  /** Every type of the package, `module::Name` → defining id. */
  readonly typeOrigins: ReadonlyMap<string, Address>;
}

/** A concrete type's shape, type arguments filled in. */
export type Layout =
  | { readonly kind: PrimitiveKind }
  | { readonly kind: 'vector'; readonly of: Layout }
  | { readonly kind: 'struct'; readonly type: StructTag; readonly fields: readonly LayoutField[] }
  | {
      readonly kind: 'enum';
      readonly type: StructTag;
      readonly variants: readonly { readonly name: string; readonly fields: readonly LayoutField[] }[];
    };
export interface LayoutField {
  readonly name: string;
  readonly type: TypeTag;
  readonly layout: Layout;
}

export interface FunctionRef {
  /** Storage id of the package. */
  readonly package: Address;
  readonly module: string;
  readonly function: string;
}

export interface ReturnValue {
  /** Concrete; `reference` only when the function returns one (then `value` is a Ref). */
  readonly type: SignatureType;
  readonly value: Value;
}
export interface CallResult {
  readonly returns: readonly ReturnValue[];
  /** Gas units this call used. */
  readonly gasUsed: number;
}
