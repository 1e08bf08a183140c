/** Ids of the published package and its shared objects, 0x + 64 hex. */
export interface ChainIds {
  package: string;
  pool: string;
  registry: string;
  cluster: string;
  endpoint: string;
}

export interface CallOptions {
  signal?: AbortSignal;
  /** Longest wait for the node in milliseconds. */
  deadlineMs?: number;
}

export type StakeStatus = 'active' | 'slashed' | 'withdrawn';
export type StakeType = 'user' | 'node' | 'admin';
export type EndpointStatus = 'active' | 'maintenance' | 'offline';

/** Times in Unix seconds, amounts in MIST. */
export interface SealToken {
  id: string;
  owner: string;
  stakeRecord: string;
  /** Empty for user and admin tokens. */
  nodeId: string;
  stakeAmount: bigint;
  stakeType: StakeType;
  permissions: readonly string[];
  issuedAt: number;
  expiresAt: number;
  revoked: boolean;
  nautilusEndpoint: string;
}

export interface StakeRecord {
  id: string;
  staker: string;
  amount: bigint;
  /** Epochs. */
  stakedAt: bigint;
  lockedUntil: bigint;
  status: StakeStatus;
  nodeId: string;
  stakeType: StakeType;
}

export interface GatewayCap {
  id: string;
  registry: string;
  gateway: string;
  /** Address that holds the capability now. */
  owner: string;
}

export interface MasterCap {
  id: string;
  endpoint: string;
  master: string;
  owner: string;
}

export interface NautilusEndpoint {
  id: string;
  url: string;
  status: EndpointStatus;
  /** Ed25519 key of the enclave, 32 bytes; empty until the master registered one. */
  publicKey: Uint8Array;
  keyVersion: bigint;
  /** PCR0 to PCR2, 48 bytes each. */
  expectedPcrs: readonly Uint8Array[];
  lastHeartbeat: number;
}

export interface Cluster {
  id: string;
  name: string;
  nautilusEndpoint: string;
  owner: string;
  status: 'active' | 'paused';
  authorizedUsers: readonly string[];
  createdAt: number;
}

/** Facts about the node itself. */
export interface ChainStatus {
  chainId: string;
  epoch: bigint;
  /** Newest checkpoint. */
  checkpoint: bigint;
  /** Oldest checkpoint the node still serves. */
  lowestCheckpoint: bigint;
}

/**
 * Typed reads. Every method rejects with ChainError: `unavailable`, `not_found` or `wrong_type`
 * (another type, or the same type of another package).
 */
export interface ChainReader {
  sealToken(id: string, options?: CallOptions): Promise<SealToken>;
  stakeRecord(id: string, options?: CallOptions): Promise<StakeRecord>;
  /** The token and its stake record, each as of the newest state. */
  tokenWithStake(id: string, options?: CallOptions): Promise<{ token: SealToken; stake: StakeRecord }>;
  gatewayCap(id: string, options?: CallOptions): Promise<GatewayCap>;
  /** Whether an administrator has retired this capability. */
  gatewayRetired(capId: string, options?: CallOptions): Promise<boolean>;
  masterCap(id: string, options?: CallOptions): Promise<MasterCap>;
  endpoint(id: string, options?: CallOptions): Promise<NautilusEndpoint>;
  cluster(id: string, options?: CallOptions): Promise<Cluster>;
  /** Id of an address's stake record, undefined when it has none. */
  stakeRecordOf(address: string, options?: CallOptions): Promise<string | undefined>;
  /** Id of the live seal token of a stake record, undefined when there is none. */
  sealTokenOf(stakeRecord: string, options?: CallOptions): Promise<string | undefined>;
  /** SUI balance in MIST. */
  balance(address: string, options?: CallOptions): Promise<bigint>;
  status(options?: CallOptions): Promise<ChainStatus>;
}

/** What a transaction did. */
export interface Receipt {
  digest: string;
  /** Events of this package, in order. Checkpoint is not known yet when the node answers at once. */
  events: readonly PackageEvent[];
  /** Objects the transaction created. */
  created: readonly { id: string; type: string }[];
  /** Computation + storage − rebate, MIST. */
  gasUsed: bigint;
}

/** An event of the k3s_daas package. `data` has the fields that contracts/bindings decode. */
export interface PackageEvent {
  module: string;
  /** Struct name without module, for example `K8sAPIRequest`. */
  name: string;
  /** Full type, package::module::Name. */
  type: string;
  data: Readonly<Record<string, unknown>>;
  sender: string;
}

/** A package event with its place in the chain's order; (checkpoint, txIndex, eventSeq) is unique and ascending. */
export interface ChainEvent extends PackageEvent {
  checkpoint: bigint;
  /** Checkpoint time, Unix milliseconds. */
  timestampMs: number;
  txDigest: string;
  /** Position of the event inside its transaction. */
  eventSeq: number;
}

/** One checkpoint with the package's events in it; empty for most checkpoints. */
export interface EventBatch {
  checkpoint: bigint;
  timestampMs: number;
  events: readonly ChainEvent[];
}

export interface FollowOptions {
  /** First checkpoint to deliver. The caller's durable cursor plus one. */
  from: bigint;
  signal: AbortSignal;
}

/**
 * Checkpoints in order, none skipped, each at least once across restarts (the caller keeps the
 * cursor). The iterator ends when `signal` aborts; it never throws for an unreachable node, it
 * retries. It throws ChainError `not_found` when the node has pruned the checkpoint asked for.
 */
export interface EventSource {
  follow(options: FollowOptions): AsyncIterable<EventBatch>;
}

export interface ExecuteKubectlCommand {
  gatewayCap: string;
  token: string;
  stakeRecord: string;
  requestId: string;
  method: string;
  /** Canonical path, no query. */
  path: string;
  namespace: string;
  resourceType: string;
  /** 32 bytes. */
  payloadDigest: Uint8Array;
}

export interface RecordResponse {
  masterCap: string;
  requestId: string;
  statusCode: number;
  /** 32 bytes. */
  bodyDigest: Uint8Array;
}

/**
 * Calls of the package as one wallet. All are serialised on the wallet's objects; calls waiting at
 * the same time may share one transaction. They reject with ChainAbortError (the contract said no)
 * or ChainError (`unavailable`: nothing was sent or it certainly had no effect;
 * `outcome_unknown`: it may yet take effect; `no_gas`).
 */
export interface ChainCommands {
  readonly address: string;
  executeKubectlCommand(args: ExecuteKubectlCommand, options?: CallOptions): Promise<Receipt>;
  recordResponse(args: RecordResponse, options?: CallOptions): Promise<Receipt>;
  registerEnclaveKey(
    args: { masterCap: string; publicKey: Uint8Array },
    options?: CallOptions,
  ): Promise<Receipt>;
  endpointHeartbeat(args: { masterCap: string }, options?: CallOptions): Promise<Receipt>;
  /** `amount` in MIST, split off the gas coin. Answers the id of the new record. */
  stakeForNode(
    args: { amount: bigint; nodeId: string },
    options?: CallOptions,
  ): Promise<Receipt & { stakeRecord: string }>;
  stakeForUser(args: { amount: bigint }, options?: CallOptions): Promise<Receipt & { stakeRecord: string }>;
  stakeForAdmin(args: { amount: bigint }, options?: CallOptions): Promise<Receipt & { stakeRecord: string }>;
  createSealToken(
    args: { type: StakeType; stakeRecord: string },
    options?: CallOptions,
  ): Promise<Receipt & { token: string }>;
  revokeSealToken(args: { token: string }, options?: CallOptions): Promise<Receipt>;
  shortenSealToken(args: { token: string; expiresAt: number }, options?: CallOptions): Promise<Receipt>;
  withdrawStake(args: { stakeRecord: string }, options?: CallOptions): Promise<Receipt>;
  /** Ends after the queued calls are settled. */
  close(): Promise<void>;
}

/** Keys that sign for one address; every key pair of @mysten/sui is one. */
export interface Wallet {
  toSuiAddress(): string;
  /** Both resolve to the base64 of flag, signature and public key. */
  signTransaction(bytes: Uint8Array): Promise<{ signature: string }>;
  signPersonalMessage(bytes: Uint8Array): Promise<{ signature: string }>;
}
