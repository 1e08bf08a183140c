import * as v from 'valibot';
import { parseConfig, readConfigFile } from '../protocol/config-file.ts';
import {
  chain,
  filled,
  logging,
  matching,
  objectId,
  positive,
  url,
  wallet,
  whole,
} from '../protocol/schema.ts';

const port = whole(0, 65_535);
const seconds = whole(1);
const listen = v.strictObject({ host: filled, port });
const pcr = matching(/^[0-9a-f]{96}$/, 'must be 48 bytes in lower-case hex');

/** A cluster that exists already. */
const cluster = v.strictObject({
  /** Path of a kubeconfig of an administrator of it. */
  kubeconfig: filled,
  /** A context of it; the current one when absent. */
  context: v.optional(filled),
  /** Whether it is told for whom the master asks, so that its own RBAC and audit log see the wallet. */
  impersonate: v.optional(v.boolean(), false),
});

const schema = v.strictObject({
  listen,
  /** What workers and gateways are told to call, e.g. `https://master.example:8443`. */
  public_url: url('https'),
  data_dir: filled,
  /** What replicas share: certificate authority, and what stands for the platform where the TEE is simulated. */
  shared_dir: v.optional(filled),
  /** Several masters on one etcd, one of which leads; each a store of its own when absent. */
  etcd: v.optional(
    v.strictObject({
      endpoints: v.pipe(v.array(url('http', 'https')), v.minLength(1)),
      prefix: v.optional(matching(/^\/.*\/$/, 'must begin and end with a slash'), '/k3s-daas/'),
      /** Silence after which a leader has lost its place. */
      lease_seconds: v.optional(seconds, 3),
    }),
  ),
  chain,
  /** Path of the CA whose certificates clients must present, each for its wallet (URI `sui:0x…`); none asked for when empty. */
  client_ca: v.optional(v.string()),
  master_cap: objectId,
  wallet,
  tee: v.strictObject({
    mode: v.picklist(['simulated', 'nitro']),
    pcrs: v.optional(v.strictTuple([pcr, pcr, pcr])),
  }),
  timings: v.optional(
    v.strictObject({
      offline_after_seconds: v.optional(seconds, 300),
      request_ttl_seconds: v.optional(seconds, 300),
      cache_ttl_seconds: v.optional(whole(1, 300), 300),
      clock_skew_seconds: v.optional(whole(0, 30), 30),
      key_rotation_seconds: v.optional(seconds, 86_400),
      /** How long events and leases are kept. */
      event_ttl_seconds: v.optional(seconds, 3_600),
      /** How far a registration's or heartbeat's own timestamp may lie from the master's clock. */
      heartbeat_window_seconds: v.optional(whole(1, 30), 30),
      endpoint_heartbeat_seconds: v.optional(seconds, 300),
    }),
    {},
  ),
  limits: v.optional(
    v.strictObject({
      nonces: v.optional(whole(1), 1_000_000),
      store_entries: v.optional(whole(1), 1_000_000),
      store_bytes: v.optional(whole(1), 2_147_483_648),
      body_bytes: v.optional(whole(1), 3_145_728),
      requests_per_second: v.optional(positive, 500),
      burst: v.optional(whole(1), 1_000),
      /** Share of a worker's cpu, memory or disk from which it counts as busy. */
      busy_share: v.optional(v.pipe(positive, v.maxValue(1)), 0.9),
      pending_requests: v.optional(whole(1), 10_000),
    }),
    {},
  ),
  /** The Kubernetes behind the master: its own, or a cluster that exists already. */
  k8s_backend: v.optional(v.union([v.literal('embedded'), cluster]), 'embedded'),
  metrics: v.optional(v.strictObject({ listen })),
  log: logging,
});

/** master.json after validation: every default filled in, no unknown field. */
export type MasterConfig = v.InferOutput<typeof schema>;

export type ClusterConfig = v.InferOutput<typeof cluster>;

/** Throws ConfigError. */
export function parseMasterConfig(input: unknown): MasterConfig {
  return parseConfig('master', schema, input);
}

/** Reads and validates a file of JSON. Throws ConfigError. */
export function loadMasterConfig(file: string): MasterConfig {
  return parseMasterConfig(readConfigFile(file));
}
