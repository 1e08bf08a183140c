import type { Attributes } from '../authorization.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { ResourcePath } from '../request/path.ts';
import type { ApiRequest, ApiResponse } from '../types.ts';
import type { Admit, Machinery, Target } from '../verbs/context.ts';

/** Where the lines of pods/log come from; the node agent has them. */
export interface LogSource {
  read(
    pod: { namespace: string; name: string; container: string },
    options: LogOptions,
    signal: AbortSignal,
  ): AsyncIterable<string>;
}

export interface LogOptions {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  tailLines: number | undefined;
  sinceSeconds: number | undefined;
  limitBytes: number | undefined;
}

/** One request on its way through the resource handlers. */
export interface Exchange {
  request: ApiRequest;
  query: URLSearchParams;
  path: ResourcePath;
  resource: ResourceDefinition;
  target: Target;
  attributes: Attributes;
  machinery: Machinery;
  admit: Admit;
  /** Texts of Warning headers. */
  warnings: string[];
  /** May the user do this other thing? Throws Forbidden. */
  authorize(attributes: Attributes): Promise<void>;
  logs: LogSource | undefined;
}

const JSON_TYPE = 'application/json';

export function jsonResponse(
  status: number,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
): ApiResponse {
  return {
    status,
    headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-cache, private', ...headers },
    body: typeof body === 'string' ? Buffer.from(body) : body,
  };
}

/** Value of a Warning header (RFC 9111): one quoted text a warning. */
export function warningHeader(warnings: readonly string[]): Record<string, string> {
  if (warnings.length === 0) return {};
  const quoted = warnings.map(
    (text) => `299 - "${text.replaceAll(/[^\u0020-\u007E]/gu, '?').replaceAll(/["\\]/gu, '\\$&')}"`,
  );
  return { warning: quoted.join(', ') };
}
