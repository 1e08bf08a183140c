import { ABILITY, NativeAbort, objectIdOf, Ref } from '../vm/index.ts';
import type {
  Address,
  ChildLookup,
  ModuleId,
  NativeContext,
  PackageStore,
  Recipient,
  StructTag,
  TxContextInfo,
  TypeTag,
  Value,
} from '../vm/index.ts';
import { derivedObjectId } from './digest.ts';
import { ExecutionFailure } from './errors.ts';
import type { ChainObject, MoveData, Owner, PackageData } from './object.ts';
import { IMMUTABLE } from './object.ts';
import type { ObjectStore } from './object-store.ts';
import { sameType } from './type-tags.ts';

/** An event as Move code emitted it. */
export interface EmittedEvent {
  /** Storage id of the package that the command called; not the one that emitted. */
  readonly package: Address;
  /** Module that the command called. */
  readonly module: string;
  readonly sender: Address;
  readonly type: StructTag;
  readonly contents: Uint8Array;
}

/** What a transaction leaves of one object. */
export interface WrittenObject {
  readonly owner: Owner;
  readonly data: MoveData | PackageData;
  /** Version of a new or upgraded package; other objects get the transaction's version. */
  readonly packageVersion?: bigint;
}

export interface ExecutionOutcome {
  readonly written: ReadonlyMap<Address, WrittenObject>;
  /** Objects that existed and are no more: deleted or wrapped. */
  readonly removed: ReadonlySet<Address>;
  readonly created: ReadonlySet<Address>;
  readonly deleted: ReadonlySet<Address>;
  readonly events: readonly EmittedEvent[];
}

interface Entry {
  readonly type: StructTag;
  owner: Owner;
  /** Unset while nobody looked at the contents. */
  cell: Ref | undefined;
  /** Whether it is written even when its contents stay the same. */
  always: boolean;
  mutable: boolean;
}

const E_SHARED_NON_NEW_OBJECT = 0n;
const MAX_EVENTS = 1024;

/** The world as one transaction sees and changes it. Nothing reaches the store before the transaction is done. */
export class ExecutionState implements NativeContext {
  readonly txContext: TxContextInfo;
  readonly #store: ObjectStore;
  readonly #packages: PackageStore;
  readonly #entries = new Map<Address, Entry>();
  readonly #bases = new Map<Address, ChainObject>();
  readonly #receivable = new Map<Address, ChainObject>();
  readonly #created = new Set<Address>();
  readonly #deleted = new Set<Address>();
  readonly #newPackages = new Map<Address, WrittenObject>();
  readonly #events: EmittedEvent[] = [];
  /** What the running command called: a node puts events down to that. */
  callee: { readonly package: Address; readonly module: string } | undefined;

  constructor(store: ObjectStore, packages: PackageStore, txContext: TxContextInfo) {
    this.#store = store;
    this.#packages = packages;
    this.txContext = txContext;
  }

  /** Makes an input known. Mutable ones get a new version whatever happens to them. */
  addInput(object: ChainObject, mutable: boolean): void {
    if (object.data.kind !== 'move') throw new TypeError('a package is no input');
    this.#bases.set(object.id, object);
    this.#entries.set(object.id, {
      type: object.data.type,
      owner: object.owner,
      cell: undefined,
      always: mutable,
      mutable,
    });
  }

  addReceivable(object: ChainObject): void {
    this.#receivable.set(object.id, object);
  }

  /** The cell of a live object; undefined when the object was given away. */
  borrow(id: Address): Ref | undefined {
    const entry = this.#entries.get(id);
    return entry && this.#cell(id, entry);
  }

  /** Takes an object out: from here on it must be transferred, wrapped or deleted. */
  take(id: Address): Value[] | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const value = this.#cell(id, entry).get() as Value[];
    this.#entries.delete(id);
    return value;
  }

  /** A fresh id for an object that the chain itself creates. */
  freshId(): Address {
    const id = derivedObjectId(this.txContext.digest, this.txContext.idsCreated);
    this.txContext.idsCreated += 1n;
    this.newId(id);
    return id;
  }

  addPackage(id: Address, written: WrittenObject): void {
    this.#newPackages.set(id, written);
  }

  newId(id: Address): void {
    this.#deleted.delete(id);
    this.#created.add(id);
  }

  deleteId(id: Address): void {
    if (this.#created.delete(id) && !this.#existed(id)) return;
    this.#deleted.add(id);
  }

  emitEvent(type: StructTag, value: Value, emitter: ModuleId): void {
    if (this.#events.length >= MAX_EVENTS) throw new NativeAbort(0n);
    this.#events.push({
      package: this.callee?.package ?? emitter.address,
      module: this.callee?.module ?? emitter.name,
      sender: this.txContext.sender,
      type,
      contents: this.#packages.serialize(type, value),
    });
  }

  transfer(type: StructTag, value: Value[], recipient: Recipient): void {
    this.#place(objectIdOf(value), type, value, this.#ownerFor(objectIdOf(value), recipient));
  }

  receive(parent: Address, id: Address, version: bigint, type: StructTag): ChildLookup<Value[]> {
    const object = this.#receivable.get(id);
    if (object === undefined || object.version !== version) return { status: 'missing' };
    if (object.owner.kind !== 'address' || object.owner.address !== parent) return { status: 'missing' };
    if (object.data.kind !== 'move' || !sameType(object.data.type, type)) return { status: 'wrong_type' };
    this.#receivable.delete(id);
    this.#bases.set(id, object);
    return { status: 'ok', found: this.#packages.deserialize(type, object.data.contents) as Value[] };
  }

  addChild(parent: Address, type: StructTag, value: Value[]): boolean {
    const id = objectIdOf(value);
    if (this.#child(parent, id) !== undefined) return false;
    this.#place(id, type, value, { kind: 'object', address: parent });
    return true;
  }

  borrowChild(parent: Address, id: Address, type: StructTag, mutable: boolean): ChildLookup<Ref> {
    const entry = this.#child(parent, id);
    if (entry === undefined) return { status: 'missing' };
    if (!sameType(entry.type, type)) return { status: 'wrong_type' };
    entry.mutable ||= mutable;
    return { status: 'ok', found: this.#cell(id, entry) };
  }

  removeChild(parent: Address, id: Address, type: StructTag): ChildLookup<Value[]> {
    const entry = this.#child(parent, id);
    if (entry === undefined) return { status: 'missing' };
    if (!sameType(entry.type, type)) return { status: 'wrong_type' };
    return { status: 'ok', found: this.take(id) as Value[] };
  }

  hasChild(parent: Address, id: Address): boolean {
    return this.#child(parent, id) !== undefined;
  }

  hasChildWithType(parent: Address, id: Address, type: TypeTag): boolean {
    const entry = this.#child(parent, id);
    return entry !== undefined && sameType(entry.type, type);
  }

  // --- the end ---

  /**
   * What the transaction did to the world.
   * Throws ExecutionFailure when a shared object was wrapped, or given an owner.
   */
  finish(): ExecutionOutcome {
    const written = new Map<Address, WrittenObject>(this.#newPackages);
    for (const [id, entry] of this.#entries) {
      const base = this.#bases.get(id);
      const data = this.#contentsOf(entry, base);
      if (base !== undefined) this.#checkShared(base, entry.owner);
      const changed = base === undefined || data !== base.data || entry.owner !== base.owner;
      if (changed || entry.always) written.set(id, { owner: entry.owner, data });
    }
    const removed = new Set<Address>();
    for (const [id, base] of this.#bases) {
      if (this.#entries.has(id)) continue;
      if (base.owner.kind === 'shared' && !this.#deleted.has(id)) throw sharedNotAllowed(id);
      removed.add(id);
    }
    return { written, removed, created: this.#created, deleted: this.#deleted, events: this.#events };
  }

  /** The version of an object before this transaction, when this transaction has seen it. */
  base(id: Address): ChainObject | undefined {
    return this.#bases.get(id);
  }

  #contentsOf(entry: Entry, base: ChainObject | undefined): MoveData {
    const before = base?.data as MoveData | undefined;
    if (before !== undefined && (entry.cell === undefined || !entry.mutable)) return before;
    const contents = this.#packages.serialize(entry.type, (entry.cell as Ref).get());
    if (before !== undefined && Buffer.compare(before.contents, contents) === 0) return before;
    const hasPublicTransfer =
      before?.hasPublicTransfer ?? (this.#packages.abilities(entry.type) & ABILITY.store) !== 0;
    return { kind: 'move', type: entry.type, hasPublicTransfer, contents };
  }

  #checkShared(base: ChainObject, owner: Owner): void {
    if (base.owner.kind === 'shared' && owner !== base.owner) throw sharedNotAllowed(base.id);
  }

  #cell(id: Address, entry: Entry): Ref {
    if (entry.cell === undefined) {
      const base = this.#bases.get(id) as ChainObject;
      entry.cell = Ref.to(this.#packages.deserialize(entry.type, (base.data as MoveData).contents));
    }
    return entry.cell;
  }

  #place(id: Address, type: StructTag, value: Value[], owner: Owner): void {
    this.#entries.set(id, { type, owner, cell: Ref.to(value), always: true, mutable: true });
  }

  #ownerFor(id: Address, recipient: Recipient): Owner {
    const before = this.#bases.get(id)?.owner;
    switch (recipient.kind) {
      case 'address':
        return recipient;
      case 'immutable':
        return IMMUTABLE;
      // The version from which consensus counts becomes known when the transaction's version does.
      case 'party':
        if (before?.kind === 'party' && before.address === recipient.address) return before;
        return { ...recipient, startVersion: 0n };
      case 'shared':
        if (before?.kind === 'shared') return before;
        if (!this.#created.has(id)) throw new NativeAbort(E_SHARED_NON_NEW_OBJECT);
        return { kind: 'shared', initialVersion: 0n };
    }
  }

  #child(parent: Address, id: Address): Entry | undefined {
    const known = this.#entries.get(id);
    if (known !== undefined) {
      return known.owner.kind === 'object' && known.owner.address === parent ? known : undefined;
    }
    if (this.#bases.has(id)) return undefined;
    const object = this.#store.get(id);
    if (object?.owner.kind !== 'object' || object.owner.address !== parent || object.data.kind !== 'move') {
      return undefined;
    }
    this.#bases.set(id, object);
    const entry: Entry = {
      type: object.data.type,
      owner: object.owner,
      cell: undefined,
      always: false,
      mutable: false,
    };
    this.#entries.set(id, entry);
    return entry;
  }

  #existed(id: Address): boolean {
    return this.#bases.has(id) || this.#store.get(id) !== undefined;
  }
}

function sharedNotAllowed(id: Address): ExecutionFailure {
  return new ExecutionFailure(
    { $kind: 'SharedObjectOperationNotAllowed', SharedObjectOperationNotAllowed: true } as never,
    `Shared object operation not allowed: ${id} must stay shared or be deleted`,
  );
}
