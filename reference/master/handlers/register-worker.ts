import * as v from 'valibot';
import { encodeBase64url } from '../../protocol/base64url.ts';
import { sha256 } from '../../protocol/digest.ts';
import { signJoin } from '../../protocol/response-signature.ts';
import type { TokenSource } from '../../protocol/tokens.ts';
import type { Enclave } from '../enclave.ts';
import { ProtocolError } from '../../protocol/status.ts';
import type { HttpRequest } from '../http/request.ts';
import type { Reply } from '../http/reply.ts';
import { json } from '../http/reply.ts';
import type { WorkerRegistry } from '../worker-registry.ts';
import { NodeIdTakenError, WorkerSlashedError } from '../worker-registry.ts';
import type { WorkerRequestDeps } from './worker-request.ts';
import { idField, identityOf, nodeIdField, readWorkerRequest, timestampField } from './worker-request.ts';

export interface RegisterWorkerDeps extends WorkerRequestDeps {
  registry: WorkerRegistry;
  tokens: TokenSource;
  enclave: Enclave;
  /** Whether a slashing that is seen late still undoes the registration. */
  obeysSlashing: boolean;
  /** Resolves when the node's Node object is up to date. */
  settled: (nodeId: string) => Promise<void>;
  /** Base URL of the Kubernetes API that agents join. */
  publicUrl: string;
  /** PEM of the CA that agents must trust. */
  ca: string;
}

const bodySchema = v.strictObject({ node_id: nodeIdField, seal_token: idField, timestamp: timestampField });

/** POST /api/v1/register-worker. Throws ProtocolError. */
export async function registerWorker(request: HttpRequest, deps: RegisterWorkerDeps): Promise<Reply> {
  const { principal, fields, nowMs } = await readWorkerRequest(request, bodySchema, deps);
  if (fields.seal_token !== principal.tokenId) {
    throw new ProtocolError('Forbidden', 'seal_token is not the token of the credential');
  }
  const identity = { ...identityOf(principal), nodeId: fields.node_id };
  const { joinToken } = await deps.registry.register(identity).catch(refused);
  // The Node is there before its agent is let in, so that neither overwrites the other's first report.
  await deps.settled(fields.node_id);
  if (deps.obeysSlashing) await requireStillValid(principal.tokenId, identity.stakeRecord, deps);
  return json(200, {
    status: 'registered',
    node_id: fields.node_id,
    message: `${fields.node_id} may join the cluster`,
    join: joinData(fields.node_id, joinToken, nowMs, deps),
  });
}

/** A slashing seen between the credential check and the registration must win. */
async function requireStillValid(token: string, stake: string, deps: RegisterWorkerDeps): Promise<void> {
  const now = await deps.tokens.lookup(token, 'seal');
  if (now.status !== 'found' || now.stakeStatus === 'active') return;
  await deps.registry.slash(stake);
  throw new ProtocolError('StakeInactive', 'the stake is no longer active');
}

function joinData(nodeId: string, token: string, timestampMs: number, deps: RegisterWorkerDeps): object {
  const joinTokenDigest = sha256(token);
  const server = deps.publicUrl;
  const keyVersion = deps.enclave.keyVersion();
  const statement = { nodeId, server, joinTokenDigest, keyVersion };
  const signature = signJoin(deps.enclave.key.sign, statement, timestampMs);
  return {
    server,
    token,
    ca: deps.ca,
    timestamp_ms: timestampMs,
    key_version: Number(keyVersion),
    signature: encodeBase64url(signature),
  };
}

function refused(error: unknown): never {
  if (error instanceof NodeIdTakenError)
    throw new ProtocolError('NodeIdTaken', 'another owner holds this node_id');
  if (error instanceof WorkerSlashedError) throw new ProtocolError('StakeInactive', 'the stake was slashed');
  throw error;
}
