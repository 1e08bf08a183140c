import type { AttestationStep } from '../attestation/verify.ts';
import { ATTESTATION_STEPS } from '../attestation/verify.ts';
import { CONTRACT_MINIMUM_MIST } from './config.ts';

/** The worker's decisions that may be replaced one by one; the defaults are the correct ones. */
export interface WorkerSeams {
  /** What the worker takes for the contract's minimum stake, MIST. */
  minimumStakeMist: bigint;
  /** Failed heartbeats in a row after which the agent is restarted. */
  failuresBeforeRestart: number;
  /** Whether a slashing, seen on chain or told by the master, ends the worker. */
  obeysSlashing: boolean;
  /** Whether a shutdown ends the heartbeats. */
  stopsHeartbeats: boolean;
  /** The checks of the master's attestation, in order. */
  attestationSteps: readonly AttestationStep[];
  /** Whether the master's certificate is verified. */
  verifiesCertificates: boolean;
  /** Whether connections to the master are kept for the next call. */
  keepsConnections: boolean;
}

/** The seams without any defect. */
export const defaultWorkerSeams: WorkerSeams = {
  minimumStakeMist: CONTRACT_MINIMUM_MIST,
  failuresBeforeRestart: 3,
  obeysSlashing: true,
  stopsHeartbeats: true,
  attestationSteps: ATTESTATION_STEPS,
  verifiesCertificates: true,
  keepsConnections: true,
};
