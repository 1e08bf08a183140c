import { readFileSync } from 'node:fs';
import { z } from 'zod';

const objectId = z.string().regex(/^0x[0-9a-f]{64}$/, 'an object id: 0x and 64 lower-case hex digits');
const count = z.number().int().positive();

const schema = z.strictObject({
  listen: z.strictObject({ host: z.string().min(1), port: z.number().int().min(0).max(65_535) }),
  /** What kubeconfigs name, for example `https://gateway.example:8443`. Default: host and port it listens on. */
  public_url: z.url({ protocol: /^https$/ }).optional(),
  data_dir: z.string().min(1),
  chain: z.strictObject({
    url: z.url({ protocol: /^https?$/ }),
    package: objectId,
    pool: objectId,
    registry: objectId,
    cluster: objectId,
    endpoint: objectId,
  }),
  gateway_cap: objectId,
  wallet: z.union([
    z.strictObject({ secret_key: z.string().min(1) }),
    z.strictObject({ keystore: z.string().min(1) }),
  ]),
  master: z.strictObject({
    urls: z.array(z.url({ protocol: /^https$/ })).min(1),
    /** Path of the CA the masters' certificates come from. */
    ca: z.string().min(1),
    /** Paths of the certificate and key to present to masters that ask for one; none when empty. */
    client_certificate: z.strictObject({ cert: z.string(), key: z.string() }).optional(),
  }),
  /** Path of the attestation root. Default: `attestation-root.crt` beside the master's CA. */
  attestation_root: z.string().min(1).optional(),
  limits: z
    .strictObject({
      body_bytes: count.default(3_145_728),
      requests_per_second: z.number().positive().default(200),
      burst: count.default(400),
      /** Requests on their way over the chain at the same time, fewer while that is too slow; more get 429. */
      contract_requests: count.default(128),
      /** Nonces of sessions and tokens remembered, each. */
      sessions: count.default(10_000),
    })
    .prefault({}),
  timings: z
    .strictObject({
      request_deadline_ms: count.default(2_000),
      cache_ttl_seconds: count.max(300).default(300),
      outcome_ttl_seconds: count.default(300),
      clock_skew_seconds: z.number().int().min(0).max(30).default(30),
    })
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
      file: z.string().min(1).optional(),
    })
    .prefault({}),
  features: z
    .strictObject({
      /** Reads skip the chain and go straight to the master. */
      direct_reads: z.boolean().default(true),
      /** Each session credential passes once only; the kubeconfig's plugin then mints one for each request. */
      one_shot_kubectl: z.boolean().default(false),
    })
    .prefault({}),
});

/** gateway.json after validation: every default filled in, no unknown field. */
export type GatewayConfig = z.infer<typeof schema>;

/** The configuration cannot be used; the message names each field that is at fault and never its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Throws ConfigError. */
export function parseGatewayConfig(input: unknown): GatewayConfig {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`);
  throw new ConfigError(`gateway configuration refused: ${faults.join('; ')}`);
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
