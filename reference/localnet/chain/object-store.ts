import type { Address } from '../vm/index.ts';
import type { ChainObject } from './object.ts';

// Old versions are there for look-ups by version; a busy shared object would otherwise fill the memory.
const DEFAULT_VERSIONS_KEPT = 32;

/** What a store held at some time. */
export interface StoreSnapshot {
  readonly live: ReadonlyMap<Address, ChainObject>;
  readonly history: ReadonlyMap<Address, readonly ChainObject[]>;
  readonly gone: ReadonlyMap<Address, bigint>;
}

/** All live objects, recent versions of each, and who owns what. */
export class ObjectStore {
  readonly #live = new Map<Address, ChainObject>();
  readonly #history = new Map<Address, ChainObject[]>();
  /** Last version of objects that were deleted or wrapped. */
  readonly #gone = new Map<Address, bigint>();
  readonly #byAddress = new Map<Address, Map<Address, ChainObject>>();
  readonly #children = new Map<Address, Map<Address, ChainObject>>();
  readonly #versionsKept: number;

  constructor(options: { versionsKept?: number } = {}) {
    this.#versionsKept = options.versionsKept ?? DEFAULT_VERSIONS_KEPT;
  }

  get size(): number {
    return this.#live.size;
  }

  get(id: Address): ChainObject | undefined {
    return this.#live.get(id);
  }

  /** A past or present version, as long as it is kept. */
  at(id: Address, version: bigint): ChainObject | undefined {
    const live = this.#live.get(id);
    if (live?.version === version) return live;
    return this.#history.get(id)?.find((object) => object.version === version);
  }

  /** The version at which an object was deleted or wrapped; undefined for one that is live or never was. */
  goneAt(id: Address): bigint | undefined {
    return this.#gone.get(id);
  }

  ownedBy(address: Address): ReadonlyMap<Address, ChainObject> {
    return this.#byAddress.get(address) ?? EMPTY;
  }

  childrenOf(parent: Address): ReadonlyMap<Address, ChainObject> {
    return this.#children.get(parent) ?? EMPTY;
  }

  put(object: ChainObject): void {
    const before = this.#live.get(object.id);
    if (before !== undefined) this.#retire(before);
    this.#live.set(object.id, object);
    this.#gone.delete(object.id);
    this.#index(object);
  }

  /** `version` is the version of the transaction that took the object out of the world. */
  remove(id: Address, version: bigint): void {
    const before = this.#live.get(id);
    if (before !== undefined) this.#retire(before);
    this.#live.delete(id);
    this.#gone.set(id, version);
  }

  /** Objects are immutable, so a copy of the tables is a copy of the store. */
  snapshot(): StoreSnapshot {
    return { live: new Map(this.#live), history: copyLists(this.#history), gone: new Map(this.#gone) };
  }

  restore(snapshot: StoreSnapshot): void {
    for (const table of [this.#live, this.#history, this.#gone, this.#byAddress, this.#children])
      table.clear();
    for (const [id, versions] of snapshot.history) this.#history.set(id, [...versions]);
    for (const [id, version] of snapshot.gone) this.#gone.set(id, version);
    for (const object of snapshot.live.values()) {
      this.#live.set(object.id, object);
      this.#index(object);
    }
  }

  #index(object: ChainObject): void {
    const index = this.#indexOf(object);
    if (index === undefined) return;
    const { address } = object.owner as { address: Address };
    let owned = index.get(address);
    if (owned === undefined) index.set(address, (owned = new Map()));
    owned.set(object.id, object);
  }

  #retire(object: ChainObject): void {
    const index = this.#indexOf(object);
    if (index !== undefined) {
      const { address } = object.owner as { address: Address };
      const owned = index.get(address);
      owned?.delete(object.id);
      if (owned?.size === 0) index.delete(address);
    }
    if (this.#versionsKept === 0) return;
    const history = this.#history.get(object.id);
    if (history === undefined) this.#history.set(object.id, [object]);
    else {
      history.push(object);
      if (history.length > this.#versionsKept) history.shift();
    }
  }

  #indexOf(object: ChainObject): Map<Address, Map<Address, ChainObject>> | undefined {
    if (object.owner.kind === 'address' || object.owner.kind === 'party') return this.#byAddress;
    return object.owner.kind === 'object' ? this.#children : undefined;
  }
}

/** A copy whose lists can grow without the original's. */
export function copyLists(lists: ReadonlyMap<Address, readonly ChainObject[]>): Map<Address, ChainObject[]> {
  return new Map([...lists].map(([id, versions]) => [id, [...versions]] as const));
}

const EMPTY: ReadonlyMap<Address, ChainObject> = new Map();
