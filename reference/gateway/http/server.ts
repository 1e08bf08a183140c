import type { IncomingMessage } from 'node:http';
import { readBody } from '../../http/body.ts';
import { endsConnection } from '../../http/reply.ts';
import { headersOf, requestLineOf } from '../../http/request-line.ts';
import type { HttpsServerOptions } from '../../http/server.ts';
import { HttpsServer } from '../../http/server.ts';
import { singleHeader } from '../../protocol/bearer.ts';
import { ProtocolError } from '../../protocol/status.ts';
import { Failure, failureReply } from './reply.ts';
import type { GatewayRequest, Reply } from './types.ts';

export interface GatewayServerOptions extends Pick<HttpsServerOptions, 'tls' | 'listen'> {
  bodyBytes: number;
  newRequestId: () => string;
  /** Answers a request; rejections become a Status. */
  handle: (request: GatewayRequest) => Promise<Reply>;
  /** Told about each answered request; `error` is what was not a refusal of ours. */
  onAnswered?: (request: GatewayRequest | undefined, status: number, error: unknown) => void;
}

/** The HTTPS side of the gateway: each answer carries the id its request was given. */
export function gatewayServer(options: GatewayServerOptions): HttpsServer {
  return new HttpsServer({
    tls: options.tls,
    listen: options.listen,
    // Looked at below, since node's own answer would be no Status.
    requireHostHeader: false,
    answer: (message, signal) => answer(message, signal, options),
    unreadable: (status) => failureReply(UNREADABLE[status]),
  });
}

async function answer(
  message: IncomingMessage,
  signal: AbortSignal,
  options: GatewayServerOptions,
): Promise<Reply> {
  const id = options.newRequestId();
  let request: GatewayRequest | undefined;
  let reply: Reply;
  let unexpected: unknown;
  try {
    request = toGatewayRequest(message, id, signal, options.bodyBytes);
    reply = await options.handle(request);
  } catch (error) {
    if (!(error instanceof Failure) && !(error instanceof ProtocolError)) unexpected = error;
    reply = failureReply(error);
  }
  options.onAnswered?.(request, reply.status, unexpected);
  if (request === undefined) reply = endsConnection(reply);
  return { ...reply, headers: { ...reply.headers, 'audit-id': id } };
}

function toGatewayRequest(
  message: IncomingMessage,
  id: string,
  signal: AbortSignal,
  bodyBytes: number,
): GatewayRequest {
  if (singleHeader(message.rawHeaders, 'host').status !== 'one') {
    throw new ProtocolError('BadRequest', 'a request has exactly one Host header');
  }
  return {
    id,
    ...requestLineOf(message),
    headers: headersOf(message),
    rawHeaders: message.rawHeaders,
    signal,
    readBody: () => readBody(message, bodyBytes),
  };
}

const UNREADABLE = {
  400: new ProtocolError('BadRequest', 'the request cannot be read'),
  408: new Failure({
    http: 408,
    kubernetes: 'Timeout',
    reason: 'RequestTimeout',
    message: 'the request did not arrive in time',
  }),
  431: new Failure({
    http: 431,
    kubernetes: 'RequestHeaderFieldsTooLarge',
    reason: 'RequestHeaderFieldsTooLarge',
    message: 'the header fields are too large',
  }),
};
