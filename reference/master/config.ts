import { readFileSync } from 'node:fs';
import { z } from 'zod';

const objectId = z.string().regex(/^0x[0-9a-f]{64}$/, 'an object id: 0x and 64 lower-case hex digits');
const port = z.number().int().min(0).max(65_535);
const seconds = z.number().int().positive();
const listen = z.strictObject({ host: z.string().min(1), port });
const pcr = z.string().regex(/^[0-9a-f]{96}$/, '48 bytes in lower-case hex');

/** A cluster that exists already. */
const cluster = z.strictObject({
  /** Path of a kubeconfig of an administrator of it. */
  kubeconfig: z.string().min(1),
  /** A context of it; the current one when absent. */
  context: z.string().min(1).optional(),
  /** Whether it is told for whom the master asks, so that its own RBAC and audit log see the wallet. */
  impersonate: z.boolean().default(false),
});

const schema = z.strictObject({
  listen,
  /** What workers and gateways are told to call, e.g. `https://master.example:8443`. */
  public_url: z.url({ protocol: /^https$/ }),
  data_dir: z.string().min(1),
  /** What replicas share: certificate authority, and what stands for the platform where the TEE is simulated. */
  shared_dir: z.string().min(1).optional(),
  /** Several masters on one etcd, one of which leads; each a store of its own when absent. */
  etcd: z
    .strictObject({
      endpoints: z.array(z.url({ protocol: /^https?$/ })).min(1),
      prefix: z
        .string()
        .regex(/^\/.*\/$/, 'begins and ends with a slash')
        .default('/k3s-daas/'),
      /** Silence after which a leader has lost its place. */
      lease_seconds: seconds.default(3),
    })
    .optional(),
  chain: z.strictObject({
    url: z.url({ protocol: /^https?$/ }),
    package: objectId,
    pool: objectId,
    registry: objectId,
    cluster: objectId,
    endpoint: objectId,
  }),
  /** Path of the CA whose certificates clients must present, each for its wallet (URI `sui:0x…`); none asked for when empty. */
  client_ca: z.string().optional(),
  master_cap: objectId,
  wallet: z.union([
    z.strictObject({ secret_key: z.string().min(1) }),
    z.strictObject({ keystore: z.string().min(1) }),
  ]),
  tee: z.strictObject({
    mode: z.enum(['simulated', 'nitro']),
    pcrs: z.tuple([pcr, pcr, pcr]).optional(),
  }),
  timings: z
    .strictObject({
      offline_after_seconds: seconds.default(300),
      request_ttl_seconds: seconds.default(300),
      cache_ttl_seconds: seconds.max(300).default(300),
      clock_skew_seconds: z.number().int().min(0).max(30).default(30),
      key_rotation_seconds: seconds.default(86_400),
      /** How long events and leases are kept. */
      event_ttl_seconds: seconds.default(3_600),
      /** How far a registration's or heartbeat's own timestamp may lie from the master's clock. */
      heartbeat_window_seconds: seconds.max(30).default(30),
      endpoint_heartbeat_seconds: seconds.default(300),
    })
    .prefault({}),
  limits: z
    .strictObject({
      nonces: z.number().int().positive().default(1_000_000),
      store_entries: z.number().int().positive().default(1_000_000),
      store_bytes: z.number().int().positive().default(2_147_483_648),
      body_bytes: z.number().int().positive().default(3_145_728),
      requests_per_second: z.number().positive().default(500),
      burst: z.number().int().positive().default(1_000),
      /** Share of a worker's cpu, memory or disk from which it counts as busy. */
      busy_share: z.number().positive().max(1).default(0.9),
      pending_requests: z.number().int().positive().default(10_000),
    })
    .prefault({}),
  /** The Kubernetes behind the master: its own, or a cluster that exists already. */
  k8s_backend: z.union([z.literal('embedded'), cluster]).default('embedded'),
  metrics: z.strictObject({ listen }).optional(),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
      file: z.string().min(1).optional(),
    })
    .prefault({}),
});

/** master.json after validation: every default filled in, no unknown field. */
export type MasterConfig = z.infer<typeof schema>;

export type ClusterConfig = z.infer<typeof cluster>;

/** The configuration cannot be used; the message names each field that is at fault and never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Throws ConfigError. */
export function parseMasterConfig(input: unknown): MasterConfig {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new ConfigError(`master configuration refused: ${faults.join('; ')}`);
}

/** Reads and validates a file of JSON. Throws ConfigError. */
export function loadMasterConfig(file: string): MasterConfig {
  let input: unknown;
  try {
    input = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    // The parser's message may quote the text, which holds the wallet's key.
    throw new ConfigError(
      `cannot read ${file}: ${cause instanceof SyntaxError ? 'not JSON' : String(cause)}`,
    );
  }
  return parseMasterConfig(input);
}
