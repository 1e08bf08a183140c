export type * from './api.ts';
export type * from './context.ts';
export { objectIdOf } from './context.ts';
export type { Location, VmErrorKind, VmFailure } from './errors.ts';
export { isVmFailure, MoveAbort, NativeAbort, VmError } from './errors.ts';
export type * from './types.ts';
export { ABILITY, Ref, VariantValue } from './types.ts';
