import type { SuiGrpcClient } from '@mysten/sui/grpc';
import type { Signer } from '@mysten/sui/cryptography';
import type { ChainCommands, ChainIds } from '../chain/types.ts';
import type { AttestationStep } from '../attestation/verify.ts';
import { ATTESTATION_STEPS } from '../attestation/verify.ts';
import { CONTRACT_MINIMUM_MIST } from './config.ts';

/** What a call of the contracts can be made from. */
export interface CallContext {
  client: SuiGrpcClient;
  signer: Signer;
  ids: ChainIds;
}

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
  /** How the contracts are called. */
  commands: (commands: ChainCommands, context: CallContext) => ChainCommands;
  /** The checks of the master's attestation, in order. */
  attestationSteps: readonly AttestationStep[];
  /** Whether join data must be signed with the key on chain. */
  checksJoin: boolean;
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
  commands: (commands) => commands,
  attestationSteps: ATTESTATION_STEPS,
  checksJoin: true,
  verifiesCertificates: true,
  keepsConnections: true,
};
