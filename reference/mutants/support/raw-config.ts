const KNOWN =
  /^(?:node_id|sui_\w+|stake_amount|contract_address|nautilus_\w+|container_runtime|min_stake_amount|pool|registry|cluster|endpoint|attestation_root|agent|data_dir|heartbeat_interval_seconds|log|agent_capacity)$/;

type Fields = Record<string, unknown>;

export const withoutUnknown = (input: unknown): unknown =>
  Object.fromEntries(Object.entries(input as Fields).filter(([name]) => KNOWN.test(name)));
