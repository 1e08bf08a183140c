import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigError } from './config-error.ts';
import type { WorkerSeams } from './seams.ts';

/** What the contract itself asks of a node's stake: 1 SUI, in MIST. */
export const CONTRACT_MINIMUM_MIST = 1_000_000_000n;

const id = z.string().regex(/^0x[0-9a-f]{64}$/, 'must be 0x and 64 lower-case hex digits');
const mist = z
  .union([
    z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
    z.string().regex(/^(?:0|[1-9][0-9]{0,19})$/, 'must be an amount in MIST'),
  ])
  .transform((amount) => BigInt(amount));
const file = z.string().min(1);

const schema = z.strictObject({
  node_id: z
    .string()
    .max(63)
    .regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, 'must be a DNS-1123 label'),
  sui_wallet_address: id,
  sui_private_key: z.union([z.string().min(1), z.strictObject({ keystore: file })]),
  sui_rpc_endpoint: z.url({ protocol: /^https?$/ }),
  stake_amount: mist,
  contract_address: id,
  /** Address of the master until the chain has been asked; the chain's answer is what counts. */
  nautilus_endpoint: z.url({ protocol: /^https?$/ }),
  container_runtime: z.string().min(1),
  min_stake_amount: mist,
  pool: id,
  registry: id,
  cluster: id,
  endpoint: id.optional(),
  nautilus_ca: file.optional(),
  /** Certificate and key to present to a master that asks for one; none when empty. */
  client_certificate: z.strictObject({ cert: z.string(), key: z.string() }).optional(),
  attestation_root: file.optional(),
  agent: z.enum(['simulated', 'k3s']).default('simulated'),
  data_dir: file.optional(),
  heartbeat_interval_seconds: z.number().positive().max(300).default(30),
  log: z
    .strictObject({
      level: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
      file: file.optional(),
    })
    .prefault({}),
  agent_capacity: z
    .strictObject({
      cpu: z.union([z.string(), z.number()]).transform(String).default('4'),
      memory: z.string().default('8Gi'),
      pods: z.union([z.string(), z.number()]).transform(String).default('110'),
    })
    .prefault({}),
});

/** staker-config.json after validation; relative file names are resolved against its folder. */
export type WorkerConfig = z.infer<typeof schema>;

/** Checks the fields and the rules between them. Throws ConfigError. */
export function parseWorkerConfig(
  input: unknown,
  baseDir: string,
  contractMinimum = CONTRACT_MINIMUM_MIST,
): WorkerConfig {
  const result = schema.safeParse(input);
  if (!result.success) {
    const faults = result.error.issues.map(
      (issue) => `${issue.path.join('.') || '(root)'}: ${issue.message}`,
    );
    throw new ConfigError(`worker configuration refused: ${faults.join('; ')}`);
  }
  const config = result.data;
  checkStake(config.stake_amount, config.min_stake_amount, contractMinimum);
  const inBase = (name: string): string => resolve(baseDir, name);
  const key = config.sui_private_key;
  return {
    ...config,
    sui_private_key: typeof key === 'string' ? key : { keystore: inBase(key.keystore) },
    ...(config.nautilus_ca === undefined ? {} : { nautilus_ca: inBase(config.nautilus_ca) }),
    ...(config.client_certificate?.cert
      ? {
          client_certificate: {
            cert: inBase(config.client_certificate.cert),
            key: inBase(config.client_certificate.key),
          },
        }
      : {}),
    ...(config.attestation_root === undefined ? {} : { attestation_root: inBase(config.attestation_root) }),
    ...(config.data_dir === undefined ? {} : { data_dir: inBase(config.data_dir) }),
  };
}

/**
 * Refuses a stake below the operator's own minimum or below the contract's, whichever is higher: a
 * lower figure in the file must not let a worker try what the contract will abort.
 * Throws ConfigError.
 */
export function checkStake(stake: bigint, configuredMinimum: bigint, contractMinimum: bigint): void {
  const minimum = configuredMinimum > contractMinimum ? configuredMinimum : contractMinimum;
  if (stake < minimum) {
    throw new ConfigError(`stake_amount: ${stake} MIST is below the minimum of ${minimum} MIST`);
  }
}

const STRICT = {
  minimumStakeMist: CONTRACT_MINIMUM_MIST,
  rawConfig: (input: unknown): unknown => input,
  checksFileModes: true,
};

/**
 * Reads and validates staker-config.json. A file that holds the private key itself must be closed
 * to other users. Throws ConfigError.
 */
export function loadWorkerConfig(
  path: string,
  rules: Pick<WorkerSeams, 'minimumStakeMist' | 'rawConfig' | 'checksFileModes'> = STRICT,
): WorkerConfig {
  let input: unknown;
  try {
    input = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    // A JSON parser's message may quote the text, and the text may hold the key.
    throw new ConfigError(
      `cannot read ${path}: ${cause instanceof SyntaxError ? 'not JSON' : String(cause)}`,
    );
  }
  const config = parseWorkerConfig(rules.rawConfig(input), dirname(resolve(path)), rules.minimumStakeMist);
  if (typeof config.sui_private_key === 'string' && rules.checksFileModes) checkClosed(path);
  return config;
}

/** Throws ConfigError when the group or others may read or write the file. */
export function checkClosed(path: string): void {
  if (process.platform === 'win32') return;
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new ConfigError(
      `${path} holds a private key and others may read it (mode ${mode.toString(8)}); use 600`,
    );
  }
}
