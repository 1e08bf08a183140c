import type { SuiClientTypes } from '@mysten/sui/client';
import { abortFor } from '../../contracts/bindings/index.ts';
import { sameAddress } from './addresses.ts';
import { ChainAbortError, ChainError, type AbortInfo } from './errors.ts';

/**
 * What a failed execution says when it was an abort of this package's; undefined for anything else.
 * An abort of another package (the framework's arithmetic, a split larger than the coin) or an
 * unknown code has no entry and is an internal error.
 */
export function abortFrom(failure: SuiClientTypes.ExecutionError, packageId: string): AbortInfo | undefined {
  if (failure.$kind !== 'MoveAbort') return undefined;
  const { abortCode, location } = failure.MoveAbort;
  const { module } = location ?? {};
  if (module === undefined) return undefined;
  if (location?.package !== undefined && !sameAddress(location.package, packageId)) return undefined;
  return abortFor(module, BigInt(abortCode));
}

/** The error of a call that failed on the chain, or in the simulation, where there is no digest. */
export function refusalOf(
  failure: SuiClientTypes.ExecutionError,
  packageId: string,
  digest: string | undefined,
): Error {
  const abort = abortFrom(failure, packageId);
  return abort === undefined
    ? new ChainError('invalid', failure.message)
    : new ChainAbortError(abort, digest);
}
