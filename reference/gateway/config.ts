import * as v from 'valibot';
import { parseConfig, readConfigFile } from '../protocol/config-file.ts';
import { chain, filled, logging, objectId, positive, url, wallet, whole } from '../protocol/schema.ts';

const count = whole(1);

const schema = v.strictObject({
  listen: v.strictObject({ host: filled, port: whole(0, 65_535) }),
  /** What kubeconfigs name, for example `https://gateway.example:8443`. Default: host and port it listens on. */
  public_url: v.optional(url('https')),
  data_dir: filled,
  chain,
  gateway_cap: objectId,
  wallet,
  master: v.strictObject({
    urls: v.pipe(v.array(url('https')), v.minLength(1)),
    /** Path of the CA the masters' certificates come from. */
    ca: filled,
    /** Paths of the certificate and key to present to masters that ask for one; none when empty. */
    client_certificate: v.optional(v.strictObject({ cert: v.string(), key: v.string() })),
  }),
  /** Path of the attestation root. Default: `attestation-root.crt` beside the master's CA. */
  attestation_root: v.optional(filled),
  limits: v.optional(
    v.strictObject({
      body_bytes: v.optional(count, 3_145_728),
      requests_per_second: v.optional(positive, 200),
      burst: v.optional(count, 400),
      /** Requests on their way over the chain at the same time, fewer while that is too slow; more get 429. */
      contract_requests: v.optional(count, 128),
      /** Nonces of sessions and tokens remembered, each. */
      sessions: v.optional(count, 10_000),
    }),
    {},
  ),
  timings: v.optional(
    v.strictObject({
      request_deadline_ms: v.optional(count, 2_000),
      cache_ttl_seconds: v.optional(whole(1, 300), 300),
      outcome_ttl_seconds: v.optional(count, 300),
      clock_skew_seconds: v.optional(whole(0, 30), 30),
    }),
    {},
  ),
  log: logging,
  features: v.optional(
    v.strictObject({
      /** Reads skip the chain and go straight to the master. */
      direct_reads: v.optional(v.boolean(), true),
      /** Each session credential passes once only; the kubeconfig's plugin then mints one for each request. */
      one_shot_kubectl: v.optional(v.boolean(), false),
    }),
    {},
  ),
});

/** gateway.json after validation: every default filled in, no unknown field. */
export type GatewayConfig = v.InferOutput<typeof schema>;

/** Throws ConfigError. */
export function parseGatewayConfig(input: unknown): GatewayConfig {
  return parseConfig('gateway', schema, input);
}

/** Reads and validates a file of JSON. Throws ConfigError. */
export function loadGatewayConfig(file: string): GatewayConfig {
  return parseGatewayConfig(readConfigFile(file));
}
