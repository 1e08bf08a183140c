import { parseKubernetesRequest } from '../protocol/kubernetes-request.ts';
import type { RequestEvent, RequestPayload } from './request-record.ts';

/**
 * Why a payload is not what the contract allowed; undefined when it is. The contract judged method,
 * path, namespace and resource as the gateway named them and never saw the payload, so a gateway
 * that named one thing and handed over another is found here.
 */
export function payloadFault(event: RequestEvent, payload: RequestPayload): string | undefined {
  if (event.method !== payload.method) return 'the method is not the one on chain';
  if (event.path !== payload.path) return 'the path is not the one on chain';
  const request = parseKubernetesRequest(payload.method, payload.path, payload.query);
  if (request?.kind !== 'resource') return 'the path names no resource';
  if (request.resource !== event.resource_type) return 'the resource is not the one on chain';
  if (request.verb === 'watch' || follows(payload.query))
    return 'an answer without an end cannot be recorded';
  return undefined;
}

function follows(query: string): boolean {
  const value = new URLSearchParams(query).get('follow');
  return value !== null && value !== 'false' && value !== '0';
}
