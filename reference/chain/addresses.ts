import { normalizeSuiAddress } from '@mysten/sui/utils';

/** Compares two spellings of an address or id: with or without leading zeros, either case. */
export function sameAddress(left: string, right: string): boolean {
  return normalizeSuiAddress(left) === normalizeSuiAddress(right);
}
