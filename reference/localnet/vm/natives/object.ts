import { NativeAbort, VmError } from '../errors.ts';
import { COST } from '../gas.ts';
import { deriveObjectId } from '../ids.ts';
import type { Recipient } from '../context.ts';
import { Ref } from '../types.ts';
import type { Address, StructTag, Value } from '../types.ts';
import { fromBytes } from '../values.ts';
import { arg, referent, typeArg } from './native.ts';
import type { NativeCall, NativeFunction, NativeModule } from './native.ts';

/** The type argument of a function whose constraint is `key`, or that takes an event. */
export function structTypeArg(call: NativeCall): StructTag {
  const type = typeArg(call, 0);
  if (type.kind !== 'struct') throw new VmError('type_mismatch', `${type.kind} where a struct is needed`);
  return type;
}

export const txContext: NativeModule = {
  native_sender: (call) => [call.machine.context.txContext.sender],
  native_epoch: (call) => [call.machine.context.txContext.epoch],
  native_epoch_timestamp_ms: (call) => [call.machine.context.txContext.epochTimestampMs],
  native_rgp: (call) => [call.machine.context.txContext.referenceGasPrice],
  native_gas_price: (call) => [call.machine.context.txContext.gasPrice],
  native_gas_budget: (call) => [call.machine.context.txContext.gasBudget],
  native_ids_created: (call) => [call.machine.context.txContext.idsCreated],
  native_sponsor: (call) => {
    const { sponsor } = call.machine.context.txContext;
    return [sponsor === undefined ? [] : [sponsor]];
  },
  fresh_id: (call) => {
    const { context, gas } = call.machine;
    gas.charge(COST.hash);
    const id = deriveObjectId(context.txContext.digest, context.txContext.idsCreated);
    context.txContext.idsCreated += 1n;
    context.newId(id);
    return [id];
  },
};

/** The value of `TxContext {sender, tx_hash, epoch, epoch_timestamp_ms, ids_created}` for a call from outside. */
export function txContextValue(call: Pick<NativeCall, 'machine'>): Value[] {
  const info = call.machine.context.txContext;
  return [info.sender, fromBytes(info.digest), info.epoch, info.epochTimestampMs, info.idsCreated];
}

export const object: NativeModule = {
  borrow_uid: (call) => [new Ref(referent(call, 0) as Value[], 0)],
  delete_impl: (call) => {
    call.machine.context.deleteId(arg(call, 0) as Address);
    return [];
  },
  record_new_uid: (call) => {
    call.machine.context.newId(arg(call, 0) as Address);
    return [];
  },
};

function moveTo(recipientOf: (call: NativeCall) => Recipient): NativeFunction {
  return (call) => {
    call.machine.gas.charge(COST.storage);
    call.machine.context.transfer(structTypeArg(call), arg(call, 0) as Value[], recipientOf(call));
    return [];
  };
}

const ALL_PERMISSIONS = 15n;

/** `sui::party` lets one member through, who may do everything. */
function partyOf(call: NativeCall): Recipient {
  const [, byDefault, members, permissions] = call.args as readonly [Value, bigint, Address[], bigint[]];
  const [address, ...others] = members;
  const [held] = permissions;
  if (address === undefined || others.length > 0 || byDefault !== 0n || held !== ALL_PERMISSIONS)
    throw new VmError('unsupported', 'a party of several members or of less than all permissions');
  return { kind: 'party', address };
}

const EUnableToReceiveObject = 3;

export const transfer: NativeModule = {
  transfer_impl: moveTo((call) => ({ kind: 'address', address: arg(call, 1) as Address })),
  party_transfer_impl: moveTo(partyOf),
  share_object_impl: moveTo(() => ({ kind: 'shared' })),
  freeze_object_impl: moveTo(() => ({ kind: 'immutable' })),
  receive_impl: (call) => {
    const [parent, id, version] = call.args as readonly [Address, Value[], bigint];
    call.machine.gas.charge(COST.storage);
    const result = call.machine.context.receive(parent, id[0] as Address, version, structTypeArg(call));
    if (result.status !== 'ok') throw new NativeAbort(EUnableToReceiveObject);
    return [result.found];
  },
};

export const event: NativeModule = {
  emit: (call) => {
    const { context, frame, gas } = call.machine;
    gas.charge(COST.storage);
    const emitter = frame?.fn.module.id ?? call.fn.module.id;
    context.emitEvent(structTypeArg(call), arg(call, 0), emitter);
    return [];
  },
};

export const types: NativeModule = {
  is_one_time_witness: (call) => {
    const type = typeArg(call, 0);
    if (type.kind !== 'struct' || type.name !== type.module.toUpperCase()) return [false];
    const info = call.machine.store.datatype(type.address, type.module, type.name);
    return [info?.kind === 'struct' && info.fields.length === 1 && info.fields[0]?.type.kind === 'bool'];
  },
};
