import type { Address, PackageInfo, StructTag, TypeTag } from '../vm/index.ts';
import { BcsWriter } from './bytes.ts';
import type { Digest } from './bytes.ts';
import { typedDigest } from './digest.ts';
import { coinTypeOf, sameType, SUI_TYPE } from './type-tags.ts';

export type Owner =
  | { readonly kind: 'address'; readonly address: Address }
  | { readonly kind: 'object'; readonly address: Address }
  /** One owner, and versions that consensus assigns. `startVersion`: since when that owner has had it so. */
  | { readonly kind: 'party'; readonly address: Address; readonly startVersion: bigint }
  | { readonly kind: 'shared'; readonly initialVersion: bigint }
  | { readonly kind: 'immutable' };

export const IMMUTABLE: Owner = { kind: 'immutable' };

export interface MoveData {
  readonly kind: 'move';
  readonly type: StructTag;
  /** Whether anyone who holds it may transfer it: its type has `store`. */
  readonly hasPublicTransfer: boolean;
  readonly contents: Uint8Array;
}

export interface PackageData {
  readonly kind: 'package';
  readonly info: PackageInfo;
  /** Version of each package in the linkage table, by original id. */
  readonly linkageVersions: ReadonlyMap<Address, bigint>;
}

/** A reference to one version of an object. */
export interface ObjectRef {
  readonly id: Address;
  readonly version: bigint;
  readonly digest: Digest;
}

interface ObjectFields {
  readonly id: Address;
  readonly version: bigint;
  readonly owner: Owner;
  readonly data: MoveData | PackageData;
  readonly previousTransaction: Digest;
  /** MIST given back when the object goes. */
  readonly storageRebate: bigint;
}

/** One version of an object or package. Immutable; its BCS and digest are computed when first asked for. */
export class ChainObject {
  readonly id: Address;
  readonly version: bigint;
  readonly owner: Owner;
  readonly data: MoveData | PackageData;
  readonly previousTransaction: Digest;
  readonly storageRebate: bigint;
  #bcs: Uint8Array | undefined;
  #digest: Digest | undefined;

  constructor(fields: ObjectFields) {
    this.id = fields.id;
    this.version = fields.version;
    this.owner = fields.owner;
    this.data = fields.data;
    this.previousTransaction = fields.previousTransaction;
    this.storageRebate = fields.storageRebate;
  }

  get bcs(): Uint8Array {
    return (this.#bcs ??= encodeObject(this));
  }

  get digest(): Digest {
    return (this.#digest ??= typedDigest('Object', this.bcs));
  }

  get ref(): ObjectRef {
    return { id: this.id, version: this.version, digest: this.digest };
  }

  /** Balance in the coin's smallest unit; undefined when the object is no coin. */
  get coinBalance(): bigint | undefined {
    if (this.data.kind !== 'move' || coinTypeOf(this.data.type) === undefined) return undefined;
    const { contents } = this.data;
    return new DataView(contents.buffer, contents.byteOffset).getBigUint64(ID_BYTES, true);
  }

  with(changes: Partial<ObjectFields>): ChainObject {
    return new ChainObject({
      id: this.id,
      version: this.version,
      owner: this.owner,
      data: this.data,
      previousTransaction: this.previousTransaction,
      storageRebate: this.storageRebate,
      ...changes,
    });
  }
}

const ID_BYTES = 32;
// Metadata (owner, previous transaction, rebate) counts at a fixed size, whatever its encoding.
const METADATA_BYTES = 40 + 32 + 8;
const MOVE_FIXED_BYTES = 1 + 8;

/** Bytes that storage is charged for. */
export function storedSize(data: MoveData | PackageData): number {
  if (data.kind === 'move') {
    return METADATA_BYTES + data.contents.length + typeBytes(data.type) + MOVE_FIXED_BYTES;
  }
  let size = METADATA_BYTES + 8;
  for (const [name, module] of data.info.modules) size += name.length + module.bytes.length;
  for (const key of data.info.typeOrigins.keys()) size += key.length - '::'.length + ID_BYTES;
  return size + data.info.linkage.size * (2 * ID_BYTES + 8);
}

function typeBytes(type: StructTag): number {
  return writeObjectType(new BcsWriter(), type).finish().length;
}

/** The version that an input names instead of the present one; undefined for an owner without consensus. */
export function consensusStart(owner: Owner): bigint | undefined {
  if (owner.kind === 'shared') return owner.initialVersion;
  return owner.kind === 'party' ? owner.startVersion : undefined;
}

export function writeOwner(writer: BcsWriter, owner: Owner): BcsWriter {
  switch (owner.kind) {
    case 'address':
      return writer.u8(0).address(owner.address);
    case 'object':
      return writer.u8(1).address(owner.address);
    case 'shared':
      return writer.u8(2).u64(owner.initialVersion);
    case 'immutable':
      return writer.u8(3);
    case 'party':
      return writer.u8(4).u64(owner.startVersion).address(owner.address);
  }
}

/** Coins have short forms of their own; everything else is spelled out. */
function writeObjectType(writer: BcsWriter, type: StructTag): BcsWriter {
  const coin: TypeTag | undefined = coinTypeOf(type);
  if (coin === undefined) return writer.u8(0).structTag(type);
  return sameType(coin, SUI_TYPE) ? writer.u8(1) : writer.u8(3).typeTag(coin);
}

function encodeObject(object: ChainObject): Uint8Array {
  const writer = new BcsWriter();
  const { data } = object;
  if (data.kind === 'move') {
    writer.u8(0);
    writeObjectType(writer, data.type).bool(data.hasPublicTransfer).u64(object.version).bytes(data.contents);
  } else {
    writer.u8(1);
    writePackage(writer, object.id, object.version, data);
  }
  return writeOwner(writer, object.owner)
    .digest(object.previousTransaction)
    .u64(object.storageRebate)
    .finish();
}

function writePackage(writer: BcsWriter, id: Address, version: bigint, data: PackageData): void {
  const { info } = data;
  writer.address(id).u64(version);
  const modules = [...info.modules].toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  writer.uleb(modules.length);
  for (const [name, module] of modules) writer.string(name).bytes(module.bytes);
  writer.uleb(info.typeOrigins.size);
  for (const [name, definingId] of info.typeOrigins) {
    const [module, datatype] = name.split('::') as [string, string];
    writer.string(module).string(datatype).address(definingId);
  }
  const linkage = [...info.linkage].toSorted(([a], [b]) => (a < b ? -1 : 1));
  writer.uleb(linkage.length);
  for (const [originalId, storageId] of linkage) {
    writer
      .address(originalId)
      .address(storageId)
      .u64(data.linkageVersions.get(originalId) ?? 1n);
  }
}
