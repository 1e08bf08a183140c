import type { Tee } from '../attestation/tee.ts';
import type { ApiRequest, ApiResponse } from '../kubernetes/types.ts';
import type { Clock } from '../protocol/clock.ts';
import { bearerToken } from './http/bearer.ts';
import { requireOwnConnection } from './http/own-connection.ts';
import { ProtocolError } from '../protocol/status.ts';
import type { TokenSource } from '../protocol/tokens.ts';
import type { CredentialVerifier } from '../protocol/verifier.ts';
import type { MasterConfig } from './config.ts';
import type { Enclave } from './enclave.ts';
import type { EventProcessor } from './event-processor.ts';
import { attestation } from './handlers/attestation.ts';
import { heartbeat } from './handlers/heartbeat.ts';
import { kubernetes } from './handlers/kubernetes.ts';
import { registerWorker } from './handlers/register-worker.ts';
import { getResponse, putRequest } from './handlers/requests.ts';
import { suiEvents } from './handlers/sui-events.ts';
import { verdictError } from './http/verdict-error.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import type { MasterMetrics } from './metrics.ts';
import type { NodeLifecycle } from './node-lifecycle.ts';
import type { PodLogs } from './pod-logs.ts';
import type { RateLimiter } from './rate-limiter.ts';
import type { RequestBook } from './request-book.ts';
import type { Handler, Handlers } from './router.ts';
import { healthHandler, metricsHandler } from './router.ts';
import type { MasterSeams } from './seams.ts';
import type { StreamGuard } from './stream-guard.ts';
import type { WorkerRegistry } from './worker-registry.ts';

export interface HandlerParts {
  config: MasterConfig;
  clock: Clock;
  seams: MasterSeams;
  metrics: MasterMetrics;
  registry: WorkerRegistry;
  book: RequestBook;
  enclave: Enclave;
  streams: StreamGuard;
  client: KubernetesClient;
  lifecycle: NodeLifecycle;
  processor: EventProcessor;
  tokens: TokenSource;
  tee: Tee;
  logs: PodLogs;
  ca: string;
  handle: (request: ApiRequest) => Promise<ApiResponse>;
  limiter: RateLimiter;
  verifier: CredentialVerifier;
  gatewayVerifier: CredentialVerifier;
}

/** Gives every endpoint what it works on. */
export function bindHandlers(parts: HandlerParts): Handlers {
  const { config, clock, seams, metrics, registry, book, enclave, gatewayVerifier } = parts;
  const worker = { verifier: parts.verifier, clock, limiter: parts.limiter, metrics, registry };
  const registration = {
    ...worker,
    checks: seams.registrationChecks,
    obeysSlashing: seams.obeysSlashing,
    tokens: parts.tokens,
    enclave,
    settled: (nodeId: string) => parts.lifecycle.settled(nodeId),
    publicUrl: config.public_url,
    ca: parts.ca,
  };
  const bodyBytes = config.limits.body_bytes;
  const beat = { ...worker, checks: seams.heartbeatChecks, ownNodeOnly: seams.heartbeatsOwnNodeOnly };
  const requests = { book, gatewayVerifier, metrics, bodyBytes };
  const attest = {
    attest: (nonce: Uint8Array) =>
      parts.tee.attest({
        nonce: seams.attestedNonce(nonce),
        publicKey: seams.attestedKey(enclave.key.publicKey),
      }),
  };
  const api = {
    gatewayVerifier,
    registry,
    streams: parts.streams,
    logs: parts.logs,
    bodyBytes,
    handle: parts.handle,
    metrics,
    nodeMay: seams.nodeMay,
    authorizer: {
      nodeOfPod: async (namespace: string, name: string) =>
        (await parts.client.get(`/api/v1/namespaces/${namespace}/pods/${name}`))?.spec?.nodeName,
    },
  };
  return {
    registerWorker: (request) => registerWorker(request, registration),
    heartbeat: seams.servesHeartbeat ? (request) => heartbeat(request, beat) : undefined,
    suiEvents: (request) => suiEvents(request, { onHint: (events) => seams.onHint(events, parts.processor) }),
    putRequest: (request, id) => putRequest(request, id, requests),
    getResponse: (request, id) => getResponse(request, id, requests),
    attestation: (request) => attestation(request, attest),
    health: healthHandler(seams.health, clock),
    // On a port of their own metrics are no business of this one.
    metrics: metricsFor(config, seams, metricsHandler(metrics), gatewayVerifier),
    kubernetes: (request) => kubernetes(request, api),
  };
}

function metricsFor(
  config: MasterConfig,
  seams: MasterSeams,
  handler: Handler,
  verifier: CredentialVerifier,
): Handler | undefined {
  if (!seams.metricsForGateways) return handler;
  return config.metrics ? undefined : forGateways(handler, verifier);
}

function forGateways(handler: Handler, verifier: CredentialVerifier): Handler {
  return async (request) => {
    const credential = bearerToken(request);
    if (credential === undefined) throw new ProtocolError('MalformedCredential');
    const verdict = await verifier.verifySession(credential);
    if (!verdict.ok) throw verdictError(verdict);
    requireOwnConnection(request, verdict.principal.owner);
    return await handler(request);
  };
}
