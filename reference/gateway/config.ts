import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import {
  chain,
  faultLine,
  filled,
  logging,
  objectId,
  positive,
  url,
  validate,
  wallet,
  whole,
} from '../protocol/schema.ts';

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

/** The configuration cannot be used; the message names each field that is at fault and never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Throws ConfigError. */
export function parseGatewayConfig(input: unknown): GatewayConfig {
  const result = validate(schema, input);
  if (result.ok) return result.value;
  throw new ConfigError(`gateway configuration refused: ${faultLine(result.faults, '(root)')}`);
}

/** Reads and validates a file of JSON. Throws ConfigError. */
export function loadGatewayConfig(file: string): GatewayConfig {
  let input: unknown;
  try {
    input = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    // The parser's message may quote the text, and the text holds the wallet's key.
    const why = cause instanceof SyntaxError ? 'not JSON' : String(cause);
    throw new ConfigError(`cannot read ${file}: ${why}`);
  }
  return parseGatewayConfig(input);
}
