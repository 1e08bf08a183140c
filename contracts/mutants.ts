import type { ContractMutant } from './mutants/contract-mutant.ts';
import { REQUEST_MUTANTS } from './mutants/k8s-gateway-requests.ts';
import { TOKEN_MUTANTS } from './mutants/k8s-gateway-tokens.ts';
import { INTERFACE_MUTANTS } from './mutants/k8s-interface.ts';
import { STAKING_MUTANTS } from './mutants/staking.ts';

export type { ContractMutant } from './mutants/contract-mutant.ts';
export { mutated } from './mutants/contract-mutant.ts';

/** Every contract mutant, by id. */
export const CONTRACT_MUTANTS: readonly ContractMutant[] = [
  ...STAKING_MUTANTS,
  ...TOKEN_MUTANTS,
  ...REQUEST_MUTANTS,
  ...INTERFACE_MUTANTS,
].toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** The contract mutant of this id; undefined for a mutant of another part. */
export function contractMutant(id: string | undefined): ContractMutant | undefined {
  return CONTRACT_MUTANTS.find((mutant) => mutant.id === id);
}
