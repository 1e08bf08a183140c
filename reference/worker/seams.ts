import type { SuiGrpcClient } from '@mysten/sui/grpc';
import type { Signer } from '@mysten/sui/cryptography';
import type { ChainCommands, ChainIds, ChainReader } from '../chain/types.ts';
import type { AttestationStep } from '../attestation/verify.ts';
import { ATTESTATION_STEPS } from '../attestation/verify.ts';
import { mint } from '../protocol/credential.ts';
import type { KubeClient } from './agent/kube-client.ts';
import type { Agent } from './agent/types.ts';
import { CONTRACT_MINIMUM_MIST } from './config.ts';
import type { MasterAnswer } from './master-client.ts';
import type { ReadNautilusInfo } from './nautilus-info.ts';
import type { Heartbeat } from './steps/heartbeat.ts';

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
  /** Which configuration file is read; `told` by the command line. */
  configFile: (told: string | undefined, env: Readonly<Record<string, string | undefined>>) => string;
  /** The file's content on its way to validation. */
  rawConfig: (input: unknown) => unknown;
  /** Whether files with a key must be closed to others. */
  checksFileModes: boolean;
  /** Whether the key must be that of the address. */
  checksKey: boolean;
  /** How the chain is read. */
  reader: (reader: ChainReader) => ChainReader;
  /** How the contract is asked for the master. `configured` is the URL of the configuration. */
  nautilusInfo: (read: ReadNautilusInfo, configured: string) => ReadNautilusInfo;
  /** When the master is to attest itself. */
  attests: 'before registering' | 'after registering' | 'never';
  /** The nonce that an attestation is asked for, made of random bytes. */
  attestationNonce: (random: Uint8Array) => Uint8Array;
  /** Whether the agent is started without waiting for the registration. */
  startsAgentEarly: boolean;
  /** Makes credentials. */
  mint: typeof mint;
  /** The master's answers as the worker takes them. */
  answer: (answer: MasterAnswer) => MasterAnswer;
  /** Whether redirects are followed. */
  followsRedirects: boolean;
  /** Longest wait for an answer, milliseconds. */
  patience: (ms: number) => number;
  /** Whether a registration refused with this status is given up. */
  isFinalRefusal: (status: number) => boolean;
  /** 0 ≤ random() < 1, spreads repeated attempts. */
  jitter: () => number;
  /** Pauses before attempts after a failure, milliseconds. */
  pause: (ms: number) => number;
  /** Pauses between heartbeats, milliseconds. */
  interval: (ms: number) => number;
  /** What a heartbeat says. */
  heartbeat: (report: Heartbeat) => Heartbeat;
  /** What runs the pods. */
  agent: (agent: Agent) => Agent;
  /** How the agent talks to the Kubernetes API. */
  kube: (kube: KubeClient) => KubeClient;
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
  configFile: (told, env) => told ?? env['STAKER_CONFIG_PATH'] ?? 'staker-config.json',
  rawConfig: (input) => input,
  checksFileModes: true,
  checksKey: true,
  reader: (reader) => reader,
  nautilusInfo: (read) => read,
  attests: 'before registering',
  attestationNonce: (random) => random,
  startsAgentEarly: false,
  mint,
  answer: (answer) => answer,
  followsRedirects: false,
  patience: (ms) => ms,
  isFinalRefusal: (status) => status !== 429 && status < 500,
  jitter: Math.random,
  pause: (ms) => ms,
  interval: (ms) => ms,
  heartbeat: (report) => report,
  agent: (agent) => agent,
  kube: (kube) => kube,
  failuresBeforeRestart: 3,
  obeysSlashing: true,
  stopsHeartbeats: true,
  commands: (commands) => commands,
  attestationSteps: ATTESTATION_STEPS,
  checksJoin: true,
  verifiesCertificates: true,
  keepsConnections: true,
};
