import { ApiError, methodNotAllowed, noSuchPath } from '../errors.ts';
import { jsonResponse } from '../handlers/exchange.ts';
import type { JsonObject } from '../meta/json.ts';
import { encodeJson } from '../meta/json.ts';
import { viewOf } from '../request/accept.ts';
import type { ApiRequest, ApiResponse } from '../types.ts';
import { aggregatedContentType, aggregatedVersion, groupDiscoveryList } from './aggregated.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.ts';
import { openApiDocument, openApiIndex } from './openapi.ts';
import { version } from './version.ts';

const HEALTH = new Set(['/healthz', '/livez', '/readyz']);

/** Answers everything that is not about a resource. Throws 404 and 405. */
export function handleDiscovery({ path, method, headers }: ApiRequest): ApiResponse {
  const parts = path.split('/').slice(1);
  if (HEALTH.has(path)) {
    requireGet(method);
    return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from('ok') };
  }
  if (parts[0] === 'openapi') return openApi(parts, method, headers['accept']);
  if (path === '/api' || path === '/apis') {
    requireGet(method);
    const root = path === '/api' ? 'api' : 'apis';
    const aggregated = aggregatedVersion(headers['accept']);
    if (aggregated !== undefined) {
      const body = encodeJson(groupDiscoveryList(root, aggregated));
      return jsonResponse(200, body, { 'content-type': aggregatedContentType(aggregated), vary: 'Accept' });
    }
    return document(root === 'api' ? apiVersions : apiGroupList, headers['accept'], { vary: 'Accept' });
  }
  const found = plainDocument(path, parts);
  if (found === undefined) throw noSuchPath();
  requireGet(method);
  return document(found, headers['accept']);
}

function plainDocument(path: string, parts: readonly string[]): JsonObject | undefined {
  if (path === '/version') return version;
  if (parts[0] === 'api' && parts.length === 2) return apiResourceList('', parts[1] ?? '');
  if (parts[0] !== 'apis') return undefined;
  if (parts.length === 2) return apiGroup(parts[1] ?? '');
  return parts.length === 3 ? apiResourceList(parts[1] ?? '', parts[2] ?? '') : undefined;
}

function openApi(parts: readonly string[], method: string, accept: string | undefined): ApiResponse {
  if (parts[1] !== 'v3') throw new ApiError(404, 'NotFound', 'the server has OpenAPI version 3 only');
  requireGet(method);
  if (parts.length === 2) return document(openApiIndex(), accept);
  const bytes =
    parts[2] === 'api' && parts.length === 4
      ? openApiDocument('', parts[3] ?? '')
      : parts[2] === 'apis' && parts.length === 5
        ? openApiDocument(parts[3] ?? '', parts[4] ?? '')
        : undefined;
  if (bytes === undefined) throw noSuchPath();
  return jsonResponse(200, bytes, { 'cache-control': 'public, immutable' });
}

function document(
  body: JsonObject,
  accept: string | undefined,
  headers: Record<string, string> = {},
): ApiResponse {
  viewOf(accept);
  return jsonResponse(200, encodeJson(body), headers);
}

function requireGet(method: string): void {
  if (method !== 'GET') throw methodNotAllowed();
}
