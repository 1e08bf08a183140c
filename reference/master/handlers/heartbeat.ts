import { z } from 'zod';
import { ProtocolError } from '../../protocol/status.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Reply } from '../http/reply.ts';
import { json } from '../http/reply.ts';
import type { WorkerRegistry } from '../worker-registry.ts';
import { UnknownNodeError, WorkerSlashedError } from '../worker-registry.ts';
import type { WorkerRequestDeps } from './worker-request.ts';
import {
  identityOf,
  nodeIdField,
  parseBody,
  requireNodeId,
  timestampField,
  verifyWorker,
} from './worker-request.ts';

export interface HeartbeatDeps extends WorkerRequestDeps {
  registry: WorkerRegistry;
}

const figure = z.number().nonnegative();
const mist = z.union([
  z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
  z.string().regex(/^(?:0|[1-9][0-9]{0,19})$/, 'must be an amount in MIST'),
]);

const bodySchema = z.strictObject({
  node_id: nodeIdField,
  timestamp: timestampField,
  stake_status: z.string().max(64),
  stake_amount: mist,
  running_pods: z.number().int().nonnegative().max(100_000),
  resource_usage: z.strictObject({ cpu: figure, memory: figure, disk: figure }),
});

/**
 * POST /api/v1/heartbeat. What the worker says about its stake is checked for shape only: the chain
 * is what counts. Throws ProtocolError.
 */
export async function heartbeat(request: HttpRequest, deps: HeartbeatDeps): Promise<Reply> {
  const { principal, body } = await verifyWorker(request, deps);
  const fields = parseBody(bodySchema, body);
  requireNodeId(fields.node_id);
  const nowMs = deps.clock.nowMs();
  deps.checks.timestamp(fields.timestamp, nowMs);
  deps.checks.nodeId(fields.node_id, principal.nodeId);
  const identity = { ...identityOf(principal), nodeId: fields.node_id };
  await deps.registry.heartbeat(identity, fields).catch(refused);
  return json(200, { status: 'acknowledged', node_id: fields.node_id, timestamp: Math.floor(nowMs / 1000) });
}

function refused(error: unknown): never {
  if (error instanceof UnknownNodeError)
    throw new ProtocolError('UnknownNode', 'this node has not registered');
  if (error instanceof WorkerSlashedError) throw new ProtocolError('StakeInactive', 'the stake was slashed');
  throw error;
}
