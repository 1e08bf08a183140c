/** The Move virtual machine of the localnet: see `api.ts` for how it is used and `context.ts` for what it asks for. */
export { normalizeAddress } from './address.ts';
export type * from './api.ts';
export { withSelfAddress } from './binary.ts';
export type * from './context.ts';
export { objectIdOf } from './context.ts';
export type { Location, VmErrorKind, VmFailure } from './errors.ts';
export { isVmFailure, MoveAbort, NativeAbort, VmError } from './errors.ts';
export { GasMeter } from './gas.ts';
export { deriveObjectId, dynamicFieldId } from './ids.ts';
export { createSession } from './session.ts';
export { ModuleStore } from './store.ts';
export { BYTES, parseTypeTag, PRIMITIVES, sameType, structTag, typeToString } from './type-tag.ts';
export type * from './types.ts';
export { ABILITY, Ref, VariantValue } from './types.ts';
export { copyValue, equalValues } from './values.ts';
