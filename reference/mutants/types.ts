import type { ChainReader } from '../chain/types.ts';
import type { GatewaySeams } from '../gateway/seams.ts';
import type { MasterSeams } from '../master/seams.ts';
import type { NonceStore } from '../protocol/nonce-store.ts';
import type { TokenSource } from '../protocol/tokens.ts';
import type { VerificationStep } from '../protocol/verifier-types.ts';
import type { WorkerSeams } from '../worker/seams.ts';

/** What a credential verifier is built from, at the gateway and at the master alike. */
export interface CredentialSeams {
  steps: readonly VerificationStep[];
  tokens: TokenSource;
  nonces: NonceStore;
  /** For mutants that ask the chain when they should not. */
  reader: ChainReader;
}

/**
 * One known defect as a switch. A hook gets the correct seams of its part when that part starts and
 * returns the ones to use instead.
 *
 * A part adds its own hook here; a new mutant is one file `<folder>/<id>.ts` that exports `mutant`.
 */
export interface MutantHooks {
  /** Applied wherever user and worker credentials are verified. */
  credential?(seams: CredentialSeams): CredentialSeams;
  gateway?(seams: GatewaySeams): GatewaySeams;
  master?(seams: MasterSeams): MasterSeams;
  worker?(seams: WorkerSeams): WorkerSeams;
}

export interface Mutant extends MutantHooks {
  /** Value of K3S_DAAS_MUTANT, and the file's name. */
  id: string;
  /** Ids of the defects of the protocol's table it shows. */
  defects: readonly string[];
  title: string;
  /** `contracts`: a defect of the Move package, which has no hook; see contracts/mutants.ts. */
  part: 'contracts' | 'credential' | 'gateway' | 'master' | 'worker';
}
