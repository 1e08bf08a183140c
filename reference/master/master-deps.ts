import type { TokenCache } from '../chain/token-cache.ts';
import type { ChainCommands, ChainReader, EventSource } from '../chain/types.ts';
import type { Tee } from '../attestation/tee.ts';
import type { ApiRequest, ApiResponse } from '../kubernetes/types.ts';
import type { CredentialSeams } from '../mutants/types.ts';
import type { Clock } from '../protocol/clock.ts';
import type { Logger } from '../protocol/logger.ts';
import type { NonceStore } from '../protocol/nonce-store.ts';
import type { KeyValueStore } from '../store/types.ts';
import type { ServerCertificate } from '../tls/index.ts';
import type { MasterConfig } from './config.ts';
import type { MasterMetrics } from './metrics.ts';
import type { PodLogs } from './pod-logs.ts';
import type { MasterSeams } from './seams.ts';

/** The Kubernetes API with its controllers and scheduler. */
export interface KubernetesPart {
  handle: (request: ApiRequest) => Promise<ApiResponse>;
  /** Makes what every cluster has, starts controllers and scheduler; they stop when the signal aborts. */
  start: (signal: AbortSignal) => Promise<void>;
}

/** Everything the master takes from outside. */
export interface MasterDeps {
  config: MasterConfig;
  clock: Clock;
  /** Resolves after `ms`, or as soon as the signal aborts. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  randomBytes: (size: number) => Uint8Array;
  /** The master's own data: workers, requests, cursor, keys. */
  ledger: KeyValueStore;
  /** Size of the stores, for metrics. */
  storeSize: () => { entries: number; bytes: number; revision: number };
  kubernetes: KubernetesPart;
  /** Where the Kubernetes API reads log lines from. */
  logs: PodLogs;
  tee: Tee;
  /** `clientCa`: PEM of the CA whose certificates clients must present. */
  tls: ServerCertificate & { clientCa?: string | undefined };
  reader: ChainReader;
  commands: ChainCommands;
  events: EventSource;
  cache: TokenCache;
  /** For the credentials of workers. */
  credential: CredentialSeams;
  /** For the credentials of gateways. */
  nonces: NonceStore;
  seams: MasterSeams;
  metrics: MasterMetrics;
  log: Logger;
}
