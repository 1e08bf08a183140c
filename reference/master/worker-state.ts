/**
 * pending (registered, not heard of yet) → active ⇄ busy → offline → active on the next heartbeat.
 * slashed is terminal.
 */
export type WorkerState = 'pending' | 'active' | 'busy' | 'offline' | 'slashed';

/** Shares of the machine in use: 0 to 1, or percent where a figure is above 1. */
export interface ResourceUsage {
  cpu: number;
  memory: number;
  disk: number;
}

export interface WorkerRecord {
  node_id: string;
  /** Address of the wallet whose stake stands behind the node. */
  owner: string;
  seal_token: string;
  stake_record: string;
  /** MIST, decimal. */
  stake_amount: string;
  state: WorkerState;
  /** Unix seconds. */
  registered_at: number;
  /** Unix seconds of the last registration or heartbeat. */
  last_seen: number;
  /** Unix seconds at which the seal token ends, and the join token with it. */
  token_expires_at: number;
  /** base64url SHA-256 of the join token in force; empty when none is. */
  join_digest: string;
  running_pods?: number;
  resource_usage?: ResourceUsage;
}

export interface HeartbeatReport {
  running_pods: number;
  resource_usage: ResourceUsage;
}

/** State after a heartbeat; `busyShare` is the share in use from which a worker counts as busy. */
export function stateAfterHeartbeat(
  state: WorkerState,
  report: HeartbeatReport,
  busyShare: number,
): WorkerState {
  if (state === 'slashed') return 'slashed';
  const { cpu, memory, disk } = report.resource_usage;
  const fullest = Math.max(...[cpu, memory, disk].map((figure) => (figure > 1 ? figure / 100 : figure)));
  return fullest >= busyShare ? 'busy' : 'active';
}

/** Whether a worker heard of last at `lastSeen` counts as gone at `now` (both Unix seconds). */
export function isOverdue(record: WorkerRecord, now: number, offlineAfterSeconds: number): boolean {
  if (record.state === 'offline' || record.state === 'slashed') return false;
  return now - record.last_seen > offlineAfterSeconds;
}
