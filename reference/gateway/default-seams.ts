import { createServer } from 'node:https';
import { Transaction } from '@mysten/sui/transactions';
import type { ChainAbortError } from '../chain/errors.ts';
import { permits } from '../protocol/permissions.ts';
import { isReason, REASONS } from '../protocol/reasons.ts';
import { checkBody } from './check-body.ts';
import { forwardedHeaders } from './direct-mode.ts';
import { Failure } from './http/reply.ts';
import type { GatewayRequest, Reply } from './http/types.ts';
import { checkResponse } from './response-check.ts';
import type { GatewaySeams } from './seams.ts';

/** The gateway's seams without any defect. */
export const DEFAULT_SEAMS: GatewaySeams = {
  config: (config) => config,
  listen: (options) => createServer(options),
  keepsConnections: true,
  verifiesCertificates: true,
  serve: (serve) => serve,
  permits,
  abortAnswer,
  checkResponse,
  forwardedHeaders,
  checkBody,
  transaction: () => new Transaction(),
  chainCommand: (command) => command,
  health,
  logFields,
};

const KUBERNETES_REASONS: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  409: 'Conflict',
  429: 'TooManyRequests',
  503: 'ServiceUnavailable',
};

/** The contract's refusal by the table that all parts share. */
function abortAnswer({ abort }: ChainAbortError): Failure {
  const { reason, http, message } = abort;
  const kubernetes = isReason(reason) ? REASONS[reason].kubernetes : KUBERNETES_REASONS[http];
  return new Failure({
    http,
    kubernetes: kubernetes ?? 'InternalError',
    reason,
    message,
    ...(http === 503 || http === 429 ? { retryAfter: 2 } : {}),
  });
}

function health(): Reply {
  return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: Buffer.from('ok') };
}

/** The query stays out: people put tokens there. */
function logFields({ method, path }: GatewayRequest): Record<string, unknown> {
  return { method, path };
}
