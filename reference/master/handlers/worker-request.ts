import * as v from 'valibot';
import { faultLine, validate, whole, type Schema } from '../../protocol/schema.ts';
import type { Clock } from '../../protocol/clock.ts';
import { isId } from '../../protocol/ids.ts';
import { isNodeId } from '../../protocol/node-id.ts';
import { parseStrictJsonPlain } from '../../protocol/strict-json.ts';
import type { CredentialVerifier } from '../../protocol/verifier.ts';
import type { Principal } from '../../protocol/verifier-types.ts';
import { ProtocolError } from '../../protocol/status.ts';
import { requireOwnConnection } from '../http/own-connection.ts';
import type { HttpRequest } from '../http/request.ts';
import { isTimely } from '../../protocol/wire.ts';
import { verdictError } from '../http/verdict-error.ts';
import type { MasterMetrics } from '../metrics.ts';
import type { RateLimiter } from '../rate-limiter.ts';
import type { WorkerIdentity } from '../worker-registry.ts';

/** The checks a worker's request passes after its credential; each one may be replaced. */
export interface WorkerChecks {
  timestamp: (timestamp: number, nowMs: number) => void;
  /** `claimed` is the body's node id, `bound` the token's. */
  nodeId: (claimed: string, bound: string) => void;
}

/** Throws ProtocolError. */
export function defaultWorkerChecks(windowSeconds: number): WorkerChecks {
  return {
    timestamp: (timestamp, nowMs) => {
      if (isTimely(timestamp, nowMs, windowSeconds)) return;
      throw new ProtocolError('TimestampOutOfRange', `timestamp is more than ${windowSeconds} s off`);
    },
    nodeId: (claimed, bound) => {
      if (claimed !== bound)
        throw new ProtocolError('NodeIdMismatch', 'node_id is not the one of the seal token');
    },
  };
}

export interface WorkerRequestDeps {
  verifier: CredentialVerifier;
  clock: Clock;
  checks: WorkerChecks;
  limiter: RateLimiter;
  metrics: MasterMetrics;
}

/** Longest body of a worker's call, bytes. */
export const SMALL_BODY = 65_536;

/** What the body of every worker's call says. */
interface WorkerFields {
  node_id: string;
  timestamp: number;
}

/** A worker's call that is the worker's own, fresh and about its own node. */
export interface WorkerRequest<T extends WorkerFields> {
  principal: Principal;
  fields: T;
  nowMs: number;
}

/** Checks a worker's call: credential, shape of the body, time, node. Throws ProtocolError. */
export async function readWorkerRequest<T extends WorkerFields>(
  request: HttpRequest,
  schema: Schema<T>,
  deps: WorkerRequestDeps,
): Promise<WorkerRequest<T>> {
  const { principal, body } = await verifyWorker(request, deps);
  const fields = parseBody(schema, body);
  if (!isNodeId(fields.node_id)) {
    throw new ProtocolError('InvalidNodeId', 'node_id must be a DNS-1123 label');
  }
  const nowMs = deps.clock.nowMs();
  deps.checks.timestamp(fields.timestamp, nowMs);
  deps.checks.nodeId(fields.node_id, principal.nodeId);
  return { principal, fields, nowMs };
}

/** Verifies the one-shot credential. Throws ProtocolError. */
async function verifyWorker(
  request: HttpRequest,
  deps: WorkerRequestDeps,
): Promise<{ principal: Principal; body: Uint8Array }> {
  const credential = request.headers['x-seal-token'];
  if (credential === undefined) throw new ProtocolError('MalformedCredential', 'X-Seal-Token is missing');
  const body = await request.readBody(SMALL_BODY);
  const verdict = await deps.verifier.verifyOneShot(credential, {
    method: request.method,
    target: request.target,
    body,
  });
  deps.metrics.tokenValidation('worker', verdict);
  if (!verdict.ok) throw verdictError(verdict);
  requireOwnConnection(request, verdict.principal.owner);
  const wait = deps.limiter.take(verdict.principal.tokenId);
  if (wait !== undefined) {
    throw new ProtocolError('TooManyRequests', 'too many requests with this token', { retryAfter: wait });
  }
  return { principal: verdict.principal, body };
}

/** What the registry needs to know of the caller. */
export function identityOf(principal: Principal): WorkerIdentity {
  const { token } = principal;
  return {
    nodeId: principal.nodeId,
    owner: principal.owner,
    sealToken: principal.tokenId,
    stakeRecord: token.stakeRecord,
    stakeAmount: token.stakeAmount,
    tokenExpiresAt: token.expiresAt,
  };
}

/** A DNS-1123 label; looked at apart, as it has a reason of its own. */
export const nodeIdField = v.string();
/** Unix seconds. */
export const timestampField = whole();
/** An object id. */
export const idField = v.pipe(
  v.string(),
  v.check((value) => isId(value), 'must be 0x and 64 lower-case hex digits'),
);

/** Reads a body of JSON against its schema. Throws ProtocolError BadRequest. */
export function parseBody<T>(schema: Schema<T>, body: Uint8Array): T {
  const parsed = parseStrictJsonPlain(body, { maxDepth: 8 });
  if (!parsed.ok) throw new ProtocolError('BadRequest', `the body is not JSON: ${parsed.error}`);
  const result = validate(schema, parsed.value);
  if (result.ok) return result.value;
  throw new ProtocolError('BadRequest', faultLine(result.faults, 'body').slice(0, 500));
}
