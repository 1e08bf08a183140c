import type { ChainCommands, EventSource } from '../chain/types.ts';
import { createServer, type Server, type ServerOptions } from 'node:https';
import type { ApiRequest, ApiResponse } from '../kubernetes/types.ts';
import { schedulingRules, type SchedulingRules } from '../kubernetes/index.ts';
import type { CredentialSeams } from '../mutants/types.ts';
import type { SealedStoreOptions } from '../store/sealed-store.ts';
import type { Logger } from '../protocol/logger.ts';
import { nodeMay } from './node-authorizer.ts';
import type { WorkerChecks } from './handlers/worker-request.ts';
import { defaultWorkerChecks } from './handlers/worker-request.ts';
import type { PushedEvent } from './handlers/sui-events.ts';
import { payloadFault } from './request-check.ts';
import type { EventProcessor } from './event-processor.ts';
import type { Reply } from './http/reply.ts';
import type { HttpRequest } from './http/request.ts';
import type { MasterConfig } from './config.ts';
import type { Handlers } from './router.ts';

/** The Kubernetes API as a function. */
export type KubernetesHandle = (request: ApiRequest) => Promise<ApiResponse>;

/** What a master that does not lead says to a request. */
export type StandbyAnswer = (request: Pick<HttpRequest, 'method' | 'path'>) => Reply;

/** Variables of the process. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The master's decisions that may be replaced one by one; the defaults are the correct ones. */
export interface MasterSeams {
  registrationChecks: WorkerChecks;
  heartbeatChecks: WorkerChecks;
  /** Whether a heartbeat counts for the caller's own, registered node alone. */
  heartbeatsOwnNodeOnly: boolean;
  /** Whether POST /api/v1/heartbeat is served at all. */
  servesHeartbeat: boolean;
  /** Seconds of silence after which a worker is offline. */
  offlineAfterSeconds: number;
  /** Whether SlashEvent and UnstakeEvent have consequences for workers. */
  obeysSlashing: boolean;
  /** What the credentials of gateways are verified with. */
  gatewayCredential: (seams: CredentialSeams) => CredentialSeams;
  /** Whether a worker's agent may make a request. */
  nodeMay: typeof nodeMay;
  /** Makes the server, by which connections are taken: TLS, bounds, strictness of the parser. */
  listen: (options: ServerOptions) => Server;
  /** Whether a credential must come over the connection of its own wallet's certificate, where there are such. */
  bindsConnections: boolean;
  /** Body of GET /health. */
  health: (nowMs: number) => object;
  /** Whether requests that wait too long are dropped. */
  dropsRequests: boolean;
  /** Whether an event or request that was dealt with is recognised when it comes again. */
  remembersEvents: boolean;
  /** Whether a payload must be the one whose digest the chain announced. */
  comparesDigests: boolean;
  /** Why a payload is not what the contract allowed. */
  payloadFault: typeof payloadFault;
  /** Signature of a response, as it is given out. */
  responseSignature: (signature: Uint8Array) => Uint8Array;
  /** Whether the requests for a NautilusEndpoint are this master's to run. */
  serves: (endpoint: string) => boolean;
  /** Checkpoints to go back at a start. */
  rewind: bigint;
  /** What is done with events that somebody pushed. */
  onHint: (events: readonly PushedEvent[], processor: EventProcessor) => void | Promise<void>;
  /** How a sealed store is opened. */
  storeOptions: (options: SealedStoreOptions) => SealedStoreOptions;
  /** Id of the package whose events count; undefined for any. */
  eventPackage: string | undefined;
  /** Where the chain's events come from. */
  events: (source: EventSource) => EventSource;
  /** How the contracts are called. */
  commands: (commands: ChainCommands) => ChainCommands;
  /** What answers requests to the Kubernetes API. */
  kubernetes: (handle: KubernetesHandle) => KubernetesHandle;
  /** Share of a worker in use from which it is busy. */
  busyShare: number;
  /** Seconds that a request and its response are kept. */
  requestTtlSeconds: number;
  /** Seconds that events and leases are kept. */
  eventTtlSeconds: number;
  /** Where log lines go. */
  log: (log: Logger) => Logger;
  /** How the scheduler goes about its work. */
  scheduling: SchedulingRules;
  /** Body of GET /metrics. */
  metrics: (text: string) => string;
  /** Whether metrics are a gateway's to read where they have no port of their own. */
  metricsForGateways: boolean;
  /** Whether a stop ends what is open before it closes connections. */
  stopsCleanly: boolean;
  /** The environment by which the TEE is chosen. */
  teeEnvironment: (environment: Environment) => Environment;
  /** Nonce that goes into an attestation document. */
  attestedNonce: (asked: Uint8Array) => Uint8Array;
  /** Silence after which one of several masters has lost its place as the leader, seconds. */
  leaseSeconds: number;
  /** What answers while another master leads. */
  standby: (answer: StandbyAnswer) => StandbyAnswer;
  /** What answers at each endpoint. */
  handlers: (handlers: Handlers) => Handlers;
  /** Public key that goes into an attestation document. */
  attestedKey: (own: Uint8Array) => Uint8Array;
}

/** The seams without any defect. */
export function defaultMasterSeams(config: MasterConfig): MasterSeams {
  const checks = defaultWorkerChecks(config.timings.heartbeat_window_seconds);
  return {
    registrationChecks: checks,
    heartbeatChecks: checks,
    heartbeatsOwnNodeOnly: true,
    servesHeartbeat: true,
    offlineAfterSeconds: config.timings.offline_after_seconds,
    obeysSlashing: true,
    gatewayCredential: (seams) => seams,
    nodeMay,
    listen: (options) => createServer(options),
    bindsConnections: true,
    health: (nowMs) => ({ status: 'healthy', timestamp: Math.floor(nowMs / 1000) }),
    dropsRequests: true,
    remembersEvents: true,
    comparesDigests: true,
    payloadFault,
    responseSignature: (signature) => signature,
    serves: (endpoint) => endpoint === config.chain.endpoint,
    rewind: 0n,
    // The chain is followed without a gap anyway; a hint can only be believed or ignored.
    onHint: () => {},
    storeOptions: (options) => options,
    eventPackage: config.chain.package,
    events: (source) => source,
    commands: (commands) => commands,
    kubernetes: (handle) => handle,
    busyShare: config.limits.busy_share,
    requestTtlSeconds: config.timings.request_ttl_seconds,
    eventTtlSeconds: config.timings.event_ttl_seconds,
    log: (log) => log,
    scheduling: schedulingRules,
    metrics: (text) => text,
    metricsForGateways: true,
    stopsCleanly: true,
    teeEnvironment: (environment) => environment,
    attestedNonce: (asked) => asked,
    attestedKey: (own) => own,
    leaseSeconds: config.etcd?.lease_seconds ?? 3,
    standby: (answer) => answer,
    handlers: (handlers) => handlers,
  };
}
