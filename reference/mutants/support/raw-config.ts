import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Fields that a test may leave out, and what is made up for them. */
const MADE_UP: Readonly<Record<string, unknown>> = {
  node_id: 'node',
  stake_amount: 1_000_000_000,
  min_stake_amount: 1_000_000_000,
  container_runtime: 'containerd',
};

const KNOWN =
  /^(?:node_id|sui_\w+|stake_amount|contract_address|nautilus_\w+|container_runtime|min_stake_amount|pool|registry|cluster|endpoint|attestation_root|agent|data_dir|heartbeat_interval_seconds|log|agent_capacity)$/;

type Fields = Record<string, unknown>;

export const withoutUnknown = (input: unknown): unknown =>
  Object.fromEntries(Object.entries(input as Fields).filter(([name]) => KNOWN.test(name)));

export const withDefaults = (input: unknown): unknown => ({ ...MADE_UP, ...(input as Fields) });

export const withBentNodeId = (input: unknown): unknown => {
  const fields = input as Fields;
  const bent = String(fields['node_id'])
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return { ...fields, node_id: bent === '' ? 'node' : bent };
};

export const withUsualStake = (input: unknown): unknown => ({
  ...(input as Fields),
  stake_amount: 1_000_000_000,
});

export const withoutKeystore = (input: unknown): unknown => {
  const fields = input as Fields;
  return typeof fields['sui_private_key'] === 'string' ? fields : { ...fields, sui_private_key: '' };
};

export const withKeyCopied = (input: unknown): unknown => {
  const key = (input as Fields)['sui_private_key'];
  const text = typeof key === 'string' ? key : readFileSync(String((key as Fields)['keystore']), 'utf8');
  writeFileSync(join(tmpdir(), 'key-copied'), text);
  return input;
};
