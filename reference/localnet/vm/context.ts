import type { Address, ModuleId, Ref, StructTag, TypeTag, Value } from './types.ts';

/** The transaction as Move code sees it. One object a transaction, shared by all its sessions. */
export interface TxContextInfo {
  readonly sender: Address;
  /** Transaction digest, 32 bytes. */
  readonly digest: Uint8Array;
  readonly epoch: bigint;
  readonly epochTimestampMs: bigint;
  /** MIST per gas unit. */
  readonly referenceGasPrice: bigint;
  readonly gasPrice: bigint;
  /** MIST. */
  readonly gasBudget: bigint;
  readonly sponsor?: Address;
  /** Ids derived so far. The machine counts it up for each fresh id, and so may the chain. */
  idsCreated: bigint;
}

/** Where an object goes. */
export type Recipient =
  | { readonly kind: 'address'; readonly address: Address }
  /** One owner, and versions that consensus assigns. */
  | { readonly kind: 'party'; readonly address: Address }
  | { readonly kind: 'shared' }
  | { readonly kind: 'immutable' };

export type ChildLookup<T> =
  | { readonly status: 'ok'; readonly found: T }
  | { readonly status: 'missing' }
  | { readonly status: 'wrong_type' };

/**
 * The world outside Move code. Object values are structs whose first field is the UID: `objectIdOf(value)` reads
 * the id. A method may throw NativeAbort to abort the running native function with a code.
 */
export interface NativeContext {
  readonly txContext: TxContextInfo;
  /** A UID was made; `idsCreated` is already counted up. */
  newId(id: Address): void;
  /** A UID was destroyed. */
  deleteId(id: Address): void;
  /** `emitter` is the module that called `event::emit`, by its original id. */
  emitEvent(type: StructTag, value: Value, emitter: ModuleId): void;
  /** `transfer`, `party_transfer`, `share_object`, `freeze_object`. The value is given away. */
  transfer(type: StructTag, value: Value[], recipient: Recipient): void;
  /** `transfer::receive`: takes object `id` at `version` out of `parent`'s possession. */
  receive(parent: Address, id: Address, version: bigint, type: StructTag): ChildLookup<Value[]>;
  /** Dynamic field object under `parent`. False: the id is taken already. */
  addChild(parent: Address, type: StructTag, value: Value[]): boolean;
  /**
   * A cell that holds the child; the same cell for every borrow, so that writes stay visible. The chain reads it
   * back at the end of the transaction. `mutable` tells whether Move code may write to it.
   */
  borrowChild(parent: Address, id: Address, type: StructTag, mutable: boolean): ChildLookup<Ref>;
  removeChild(parent: Address, id: Address, type: StructTag): ChildLookup<Value[]>;
  hasChild(parent: Address, id: Address): boolean;
  hasChildWithType(parent: Address, id: Address, type: TypeTag): boolean;
  /** `std::debug::print`. */
  debug?(text: string): void;
}

/** Id of an object value: `{id: UID {id: ID {bytes}}, …}`. */
export function objectIdOf(value: Value[]): Address {
  const uid = value[0] as Value[];
  const id = uid[0] as Value[];
  return id[0] as Address;
}
