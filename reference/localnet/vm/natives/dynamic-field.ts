import type { ChildLookup } from '../context.ts';
import { NativeAbort } from '../errors.ts';
import { COST } from '../gas.ts';
import { dynamicFieldId } from '../ids.ts';
import type { Address, Value } from '../types.ts';
import { arg, referent, typeArg } from './native.ts';
import type { NativeCall, NativeFunction, NativeModule } from './native.ts';
import { structTypeArg } from './object.ts';

/** Abort codes of `sui::dynamic_field`. */
const EFieldAlreadyExists = 0;
const EFieldDoesNotExist = 1;
const EFieldTypeMismatch = 2;

function found<T>(lookup: ChildLookup<T>): T {
  if (lookup.status === 'ok') return lookup.found;
  throw new NativeAbort(lookup.status === 'missing' ? EFieldDoesNotExist : EFieldTypeMismatch);
}

/** Address inside a `&UID` argument. */
function uidArg(call: NativeCall): Address {
  const [id] = referent(call, 0) as [Value[]];
  return id[0] as Address;
}

function borrow(mutable: boolean): NativeFunction {
  return (call) => {
    call.machine.gas.charge(COST.storage);
    const { context } = call.machine;
    return [found(context.borrowChild(uidArg(call), arg(call, 1) as Address, structTypeArg(call), mutable))];
  };
}

export const dynamicField: NativeModule = {
  hash_type_and_key: (call) => {
    const { store, gas } = call.machine;
    gas.charge(COST.hash);
    const type = typeArg(call, 0);
    return [dynamicFieldId(arg(call, 0) as Address, type, store.serialize(type, arg(call, 1)))];
  },
  add_child_object: (call) => {
    call.machine.gas.charge(COST.storage);
    const [parent, child] = call.args as readonly [Address, Value[]];
    if (!call.machine.context.addChild(parent, structTypeArg(call), child)) {
      throw new NativeAbort(EFieldAlreadyExists);
    }
    return [];
  },
  borrow_child_object: borrow(false),
  borrow_child_object_mut: borrow(true),
  remove_child_object: (call) => {
    call.machine.gas.charge(COST.storage);
    const [parent, id] = call.args as readonly [Address, Address];
    return [found(call.machine.context.removeChild(parent, id, structTypeArg(call)))];
  },
  has_child_object: (call) => {
    const [parent, id] = call.args as readonly [Address, Address];
    return [call.machine.context.hasChild(parent, id)];
  },
  has_child_object_with_ty: (call) => {
    const [parent, id] = call.args as readonly [Address, Address];
    return [call.machine.context.hasChildWithType(parent, id, typeArg(call, 0))];
  },
};
