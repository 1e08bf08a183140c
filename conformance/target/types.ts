/** A target file after parsing; the JSON Schema conformance/schemas/target.schema.json is its definition. */
export interface TargetFile {
  schema_version: 1;
  name: string;
  version?: string;
  description?: string;
  features?: string[];
  chain: ChainConfig;
  wallets?: Partial<Record<'operator' | 'gateway' | 'master', WalletSource>>;
  timings?: Partial<Timings>;
  attestation?: { pcrs?: [string, string, string]; root?: string };
  gateway?: ServerConfig | 'bundled';
  master?: ServerConfig | 'bundled';
  worker?: WorkerConfig | 'bundled';
  /** A further master that takes over from the first; for the feature HighAvailability. */
  standby?: ServerConfig;
  /** What masters share, for instance etcd: started before them. */
  store?: PartConfig;
}

/** A target file that names a cluster in place of parts: nothing is started, and its Kubernetes API alone is checked. */
export interface ClusterTargetFile {
  schema_version: 1;
  name: string;
  version?: string;
  description?: string;
  kubernetes: KubernetesConfig;
}

export interface KubernetesConfig {
  /** Path of the kubeconfig, relative to the target file. */
  kubeconfig: string;
  /** Its current context unless told. */
  context?: string;
  /** Where a server has custom resources only: those that take the place of ConfigMaps and Secrets in checks. */
  stand_ins?: Partial<Record<'configmaps' | 'secrets', CustomResource>>;
}

/** A resource of a CustomResourceDefinition, shaped like the one that it stands in for. */
export interface CustomResource {
  group: string;
  version: string;
  plural: string;
  kind: string;
}

export type ChainConfig =
  | ({ provider: 'embedded' } & OwnContracts)
  | ({ provider: 'url'; url: string } & ChainIds)
  | ({ provider: 'sui'; binary?: string; timeout_seconds?: number } & OwnContracts)
  | ({ provider: 'container'; image?: string; timeout_seconds?: number } & OwnContracts);

/** On a chain that the suite starts. */
export interface OwnContracts {
  /** Folder of the Move package to publish in place of the bundled one, relative to the target file. */
  contracts?: string;
}

/** Ids on the chain, 0x and 64 hex digits each. */
export interface ChainIds {
  package: string;
  pool: string;
  registry: string;
  cluster: string;
  endpoint: string;
  gateway_cap?: string;
  master_cap?: string;
}

export type WalletSource = { secret_key: string } | { env: string } | { file: string };

export interface Timings {
  request_deadline_ms: number;
  request_ttl_seconds: number;
  outcome_ttl_seconds: number;
  heartbeat_interval_seconds: number;
  offline_after_seconds: number;
  cache_ttl_seconds: number;
  clock_skew_seconds: number;
}

/** The protocol’s own defaults, used for what a target file leaves out. */
export const DEFAULT_TIMINGS: Timings = {
  request_deadline_ms: 2000,
  request_ttl_seconds: 300,
  outcome_ttl_seconds: 300,
  heartbeat_interval_seconds: 30,
  offline_after_seconds: 300,
  cache_ttl_seconds: 300,
  clock_skew_seconds: 30,
};

/**
 * Placeholders beside those of names and places. The suite varies them at a restart: a target file that uses one lets it
 * check what happens at a small bound or in another mode.
 */
export const ORDINARY_VALUES = {
  /** Sessions, and tokens, that the gateway remembers. */
  'limits.sessions': 10_000,
  /** Nonces that the master remembers. */
  'limits.nonces': 1_000_000,
  /** Objects, and their bytes, that the master's store takes. */
  'limits.store_entries': 1_000_000,
  'limits.store_bytes': 2_147_483_648,
  /** Share of a worker in use from which it is busy. */
  'limits.busy_share': 0.9,
  /** Seconds between two keys of the master's store. */
  'intervals.key_rotation_seconds': 86_400,
  /** Seconds that events and leases stay in the store. */
  'intervals.event_ttl_seconds': 3_600,
  /** `true` or `false`. */
  'features.one_shot_kubectl': 'false',
  /** Path of a kubeconfig of the cluster that the master is to use; its own when empty. */
  'kubernetes.kubeconfig': '',
  /** Path of a file with the seconds that the master's clock is off ("-20", "+40"); no such file when empty. */
  'clock.step_file': '',
  /** Path of the CA whose certificates the master's clients must present; none asked for when empty. */
  'clients.ca': '',
  /** Paths of the certificates, and their keys, that gateway and worker present; none when empty. */
  'gateway.client_cert': '',
  'gateway.client_key': '',
  'worker.client_cert': '',
  'worker.client_key': '',
} as const;

export interface StartConfig {
  command?: string[];
  container?: { image: string; args?: string[] };
  cwd?: string;
  env?: Record<string, string>;
  timeout_seconds?: number;
}

export interface PartConfig {
  start?: StartConfig;
  stop?: { signal?: 'SIGTERM' | 'SIGINT'; timeout_seconds?: number };
  files?: Record<string, string>;
  logs?: string[];
  storage?: string[];
}

export interface ServerConfig extends PartConfig {
  url: string;
  ca?: string;
  metrics_url?: string;
  /** How a master is told to replace the key of its store. */
  rotate_keys?: { signal: NodeJS.Signals };
}

export interface WorkerConfig extends PartConfig {
  start: StartConfig;
}

export type PartName = 'gateway' | 'master' | 'worker';
