import * as v from 'valibot';
import { mist, text, whole } from '../../protocol/schema.ts';
import { ProtocolError } from '../../protocol/status.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Reply } from '../http/reply.ts';
import { json } from '../http/reply.ts';
import type { WorkerRegistry } from '../worker-registry.ts';
import { UnknownNodeError, WorkerSlashedError } from '../worker-registry.ts';
import type { WorkerRequestDeps } from './worker-request.ts';
import { identityOf, nodeIdField, readWorkerRequest, timestampField } from './worker-request.ts';

export interface HeartbeatDeps extends WorkerRequestDeps {
  registry: WorkerRegistry;
  /** Whether a heartbeat counts for the caller's own, registered node alone. */
  ownNodeOnly: boolean;
}

const figure = v.pipe(v.number(), v.finite(), v.minValue(0));

const bodySchema = v.strictObject({
  node_id: nodeIdField,
  timestamp: timestampField,
  stake_status: text(64),
  stake_amount: mist,
  running_pods: whole(0, 100_000),
  resource_usage: v.strictObject({ cpu: figure, memory: figure, disk: figure }),
});

/**
 * POST /api/v1/heartbeat. What the worker says about its stake is checked for shape only: the chain
 * is what counts. Throws ProtocolError.
 */
export async function heartbeat(request: HttpRequest, deps: HeartbeatDeps): Promise<Reply> {
  const { principal, fields, nowMs } = await readWorkerRequest(request, bodySchema, deps);
  const own = identityOf(principal);
  const owner = deps.ownNodeOnly ? own.owner : (deps.registry.get(fields.node_id)?.owner ?? own.owner);
  const identity = { ...own, owner, nodeId: fields.node_id };
  await deps.registry.heartbeat(identity, fields).catch((error: unknown) => {
    if (deps.ownNodeOnly || !(error instanceof UnknownNodeError)) throw refused(error);
  });
  return json(200, { status: 'acknowledged', node_id: fields.node_id, timestamp: Math.floor(nowMs / 1000) });
}

function refused(error: unknown): unknown {
  if (error instanceof UnknownNodeError)
    return new ProtocolError('UnknownNode', 'this node has not registered');
  if (error instanceof WorkerSlashedError) return new ProtocolError('StakeInactive', 'the stake was slashed');
  return error;
}
