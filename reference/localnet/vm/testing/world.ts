import type { ChildLookup, NativeContext, Recipient, TxContextInfo } from '../context.ts';
import { objectIdOf } from '../context.ts';
import { normalizeAddress } from '../address.ts';
import { sameType } from '../type-tag.ts';
import type { Address, ModuleId, StructTag, TypeTag, Value } from '../types.ts';
import { Ref } from '../types.ts';

interface Child {
  readonly parent: Address;
  readonly type: StructTag;
  readonly cell: Ref;
}

/** The smallest world that Move code can act on: it keeps what natives did for a test to look at. */
export class TestWorld implements NativeContext {
  readonly txContext: TxContextInfo;
  readonly newIds: Address[] = [];
  readonly deletedIds: Address[] = [];
  readonly events: { readonly type: StructTag; readonly value: Value; readonly emitter: ModuleId }[] = [];
  readonly transfers: { readonly type: StructTag; readonly value: Value[]; readonly recipient: Recipient }[] =
    [];
  readonly printed: string[] = [];
  /** Objects that wait to be received, by id. */
  readonly inbox = new Map<Address, { readonly type: StructTag; readonly value: Value[] }>();
  readonly #children = new Map<Address, Child>();

  constructor(overrides: Partial<TxContextInfo> = {}) {
    this.txContext = {
      sender: normalizeAddress('0xa11ce'),
      digest: Uint8Array.from({ length: 32 }, (_, i) => i),
      epoch: 7n,
      epochTimestampMs: 1_700_000_000_000n,
      referenceGasPrice: 1000n,
      gasPrice: 1001n,
      gasBudget: 50_000_000n,
      idsCreated: 0n,
      ...overrides,
    };
  }

  newId(id: Address): void {
    this.newIds.push(id);
  }
  deleteId(id: Address): void {
    this.deletedIds.push(id);
  }
  emitEvent(type: StructTag, value: Value, emitter: ModuleId): void {
    this.events.push({ type, value, emitter });
  }
  transfer(type: StructTag, value: Value[], recipient: Recipient): void {
    this.transfers.push({ type, value, recipient });
  }
  receive(_parent: Address, id: Address, _version: bigint, type: StructTag): ChildLookup<Value[]> {
    const found = this.inbox.get(id);
    if (found === undefined) return { status: 'missing' };
    return sameType(found.type, type) ? { status: 'ok', found: found.value } : { status: 'wrong_type' };
  }
  addChild(parent: Address, type: StructTag, value: Value[]): boolean {
    const id = objectIdOf(value);
    if (this.#children.has(id)) return false;
    this.#children.set(id, { parent, type, cell: Ref.to(value) });
    return true;
  }
  borrowChild(parent: Address, id: Address, type: StructTag): ChildLookup<Ref> {
    const child = this.#children.get(id);
    if (child?.parent !== parent) return { status: 'missing' };
    return sameType(child.type, type) ? { status: 'ok', found: child.cell } : { status: 'wrong_type' };
  }
  removeChild(parent: Address, id: Address, type: StructTag): ChildLookup<Value[]> {
    const lookup = this.borrowChild(parent, id, type);
    if (lookup.status !== 'ok') return lookup;
    this.#children.delete(id);
    return { status: 'ok', found: lookup.found.get() as Value[] };
  }
  hasChild(parent: Address, id: Address): boolean {
    return this.#children.get(id)?.parent === parent;
  }
  hasChildWithType(parent: Address, id: Address, type: TypeTag): boolean {
    const child = this.#children.get(id);
    return child?.parent === parent && sameType(child.type, type);
  }
  debug(text: string): void {
    this.printed.push(text);
  }
}
