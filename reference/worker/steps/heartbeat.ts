import type { StakeRecord } from '../../chain/types.ts';
import type { Clock } from '../../protocol/clock.ts';
import type { Reason } from '../../protocol/reasons.ts';
import { heartbeatJson } from '../../protocol/wire.ts';
import { reasonOfApiError } from '../../protocol/wire-responses.ts';
import type { Agent } from '../agent/types.ts';
import type { MasterClient } from '../master-client.ts';
import { MasterUnreachableError } from '../master-client.ts';

/** What a heartbeat tells the master. */
export type Heartbeat = Parameters<typeof heartbeatJson>[0];

/** What became of one heartbeat. */
export type HeartbeatOutcome =
  | { kind: 'acknowledged' }
  | { kind: 'failed'; why: string; retryAfter: number | undefined }
  /** The master does not know the node, or no longer believes the token. */
  | { kind: 'rejoin'; reason: Reason }
  /** The master holds the stake to be inactive. */
  | { kind: 'stake-doubted' };

export interface HeartbeatDeps {
  master: Pick<MasterClient, 'post'>;
  nodeId: string;
  agent: Pick<Agent, 'runningPods' | 'usage'>;
  clock: Clock;
  /** Longest wait for the answer, milliseconds. */
  timeoutMs: number;
  /** What is said, from what is so. */
  report?: (report: Heartbeat) => Heartbeat;
}

const REJOIN: ReadonlySet<Reason> = new Set(['UnknownNode', 'TokenRevoked', 'TokenExpired', 'UnknownToken']);

/** Sends one heartbeat. Rejects with the signal's reason only. */
export async function sendHeartbeat(
  token: string,
  stake: Pick<StakeRecord, 'status' | 'amount'>,
  deps: HeartbeatDeps,
  signal: AbortSignal,
): Promise<HeartbeatOutcome> {
  const { report = (same: Heartbeat) => same } = deps;
  const body = heartbeatJson(
    report({
      node_id: deps.nodeId,
      timestamp: Math.floor(deps.clock.nowMs() / 1000),
      stake_status: stake.status,
      stake_amount: stake.amount,
      running_pods: deps.agent.runningPods(),
      resource_usage: { ...deps.agent.usage() },
    }),
  );
  try {
    const answer = await deps.master.post('/api/v1/heartbeat', token, body, signal, deps.timeoutMs);
    if (answer.status === 200) return { kind: 'acknowledged' };
    const reason = reasonOfApiError(answer.body);
    if (reason === 'StakeInactive') return { kind: 'stake-doubted' };
    if (reason !== undefined && REJOIN.has(reason)) return { kind: 'rejoin', reason };
    const why = `${answer.status} ${reason ?? ''}`.trim();
    return { kind: 'failed', why, retryAfter: answer.retryAfter };
  } catch (error) {
    if (!(error instanceof MasterUnreachableError)) throw error;
    return { kind: 'failed', why: error.message, retryAfter: undefined };
  }
}
