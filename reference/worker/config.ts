import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as v from 'valibot';
import {
  faultLine,
  filled,
  logging,
  mist,
  objectId,
  positive,
  text,
  url,
  validate,
} from '../protocol/schema.ts';
import { ConfigError } from './config-error.ts';
import type { WorkerSeams } from './seams.ts';

/** What the contract itself asks of a node's stake: 1 SUI, in MIST. */
export const CONTRACT_MINIMUM_MIST = 1_000_000_000n;

const amount = v.pipe(
  mist,
  v.transform((value) => BigInt(value)),
);
const file = filled;
const quantity = v.pipe(v.union([v.string(), v.number()]), v.transform(String));

const schema = v.strictObject({
  node_id: v.pipe(text(63), v.regex(/^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/, 'must be a DNS-1123 label')),
  sui_wallet_address: objectId,
  sui_private_key: v.union([filled, v.strictObject({ keystore: file })]),
  sui_rpc_endpoint: url('http', 'https'),
  stake_amount: amount,
  contract_address: objectId,
  /** Address of the master until the chain has been asked; the chain's answer is what counts. */
  nautilus_endpoint: url('http', 'https'),
  container_runtime: filled,
  min_stake_amount: amount,
  pool: objectId,
  registry: objectId,
  cluster: objectId,
  endpoint: v.optional(objectId),
  nautilus_ca: v.optional(file),
  /** Certificate and key to present to a master that asks for one; none when empty. */
  client_certificate: v.optional(v.strictObject({ cert: v.string(), key: v.string() })),
  attestation_root: v.optional(file),
  agent: v.optional(v.picklist(['simulated', 'k3s']), 'simulated'),
  data_dir: v.optional(file),
  heartbeat_interval_seconds: v.optional(v.pipe(positive, v.maxValue(300)), 30),
  log: logging,
  agent_capacity: v.optional(
    v.strictObject({
      cpu: v.optional(quantity, '4'),
      memory: v.optional(v.string(), '8Gi'),
      pods: v.optional(quantity, '110'),
    }),
    {},
  ),
});

/** staker-config.json after validation; relative file names are resolved against its folder. */
export type WorkerConfig = v.InferOutput<typeof schema>;

/** Checks the fields and the rules between them. Throws ConfigError. */
export function parseWorkerConfig(
  input: unknown,
  baseDir: string,
  contractMinimum = CONTRACT_MINIMUM_MIST,
): WorkerConfig {
  const result = validate(schema, input);
  if (!result.ok)
    throw new ConfigError(`worker configuration refused: ${faultLine(result.faults, '(root)')}`);
  const config = result.value;
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
