import { createHash } from 'node:crypto';
import type { HttpAnswer } from '../drivers/http.ts';
import { responseMessage, signedBy } from '../drivers/enclave-signature.ts';
import { HttpDriver } from '../drivers/http.ts';
import { payloadDigest } from '../drivers/payload-digest.ts';
import type { CheckContext } from '../runner/context.ts';
import { at, equal, ok, status } from '../runner/expectations.ts';
import type { Actor } from './actors.ts';
import { MasterApi, type GatewayIdentity } from './master-api.ts';

/** A request as the suite sent it. */
export interface SentRequest {
  actor: Actor;
  method: string;
  /** Path and query. */
  target: string;
  contentType: string;
  body: string;
}

/** One request at each hop, all under one id. Digests and keys in hex. */
export interface JoinedRequest {
  request_id: string;
  method: string;
  path: string;
  gateway: { audit_id: string; status: number; body_digest: string };
  chain: {
    request: { transaction: string; checkpoint: string; payload_digest: string; requester: string };
    result: { transaction: string; checkpoint: string; status_code: number; body_digest: string };
  };
  /** Undefined when the suite does not hold the gateway's wallet, which alone may read the master's record. */
  enclave?: { key_version: number; public_key: string; signature: string };
}

/**
 * Follows an accepted write through all hops: what the gateway answered, both events on chain, and what the enclave
 * signed. Fails where two of them do not agree. `gateway` is the identity of the gateway that took the request.
 */
export async function joinedRequest(
  t: CheckContext,
  sent: SentRequest,
  answer: HttpAnswer,
  gateway: GatewayIdentity | undefined,
): Promise<JoinedRequest> {
  const requestId = answer.headers['audit-id'] ?? '';
  const fields = { request_id: requestId };
  const result = await t.chain.event('K8sAPIResult', fields);
  const request = await t.chain.event('K8sAPIRequest', fields);
  ok('both events of the request are on chain', request !== undefined && result !== undefined, {
    wanted: fields,
    got: { request, result },
  });
  const [path = '', query = ''] = sent.target.split('?');
  const digest = payloadDigest({
    method: sent.method,
    path,
    query,
    contentType: sent.contentType,
    body: Buffer.from(sent.body),
  });
  const seen = {
    token: request.data.token,
    method: request.data.method,
    path: request.data.path,
    payload: hex(request.data.payload_digest),
    status: result.data.status_code,
    body: hex(result.data.body_digest),
  };
  equal('the request on chain', seen, {
    token: sent.actor.token,
    method: sent.method,
    path,
    payload: digest.toString('hex'),
    status: answer.status,
    body: sha256(answer.body),
  });
  const enclave = gateway && (await signedRecord(t, requestId, answer, gateway));
  return {
    request_id: requestId,
    method: sent.method,
    path,
    gateway: { audit_id: requestId, status: answer.status, body_digest: sha256(answer.body) },
    chain: {
      request: {
        transaction: request.digest,
        checkpoint: request.checkpoint,
        payload_digest: seen.payload,
        requester: request.data.requester,
      },
      result: {
        transaction: result.digest,
        checkpoint: result.checkpoint,
        status_code: result.data.status_code,
        body_digest: seen.body,
      },
    },
    ...(enclave && { enclave }),
  };
}

/** What the enclave signed about the answer, by the key that the chain has for it. */
async function signedRecord(
  t: CheckContext,
  requestId: string,
  answer: HttpAnswer,
  gateway: GatewayIdentity,
): Promise<JoinedRequest['enclave']> {
  const { master, chain } = t.world;
  if (!master) return undefined;
  await using http = new HttpDriver({ baseUrl: master.url, ca: master.ca });
  const api = new MasterApi(
    http.recording(() => undefined),
    t.actors,
    chain.ids.cluster,
    gateway,
  );
  const record = await api.asGateway('GET', `/api/v1/responses/${requestId}?timeout_seconds=5`);
  status(record, 200);
  const endpoint = await t.chain.object('NautilusEndpoint', chain.ids.endpoint);
  const keyVersion = Number(at(record.json, 'key_version'));
  const signature = String(at(record.json, 'signature'));
  const message = responseMessage({
    requestId,
    status: answer.status,
    body: answer.body,
    keyVersion,
    timestampMs: Number(at(record.json, 'timestamp_ms')),
  });
  equal('the version of the key that signed', keyVersion, Number(endpoint.key_version));
  const publicKey = Uint8Array.from(endpoint.public_key);
  ok(
    'the enclave’s registered key signed this answer',
    signedBy(publicKey, message, Buffer.from(signature, 'base64url')),
    { got: { key_version: keyVersion, public_key: hex(publicKey), signature } },
  );
  return { key_version: keyVersion, public_key: hex(publicKey), signature };
}

const hex = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
