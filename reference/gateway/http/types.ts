import type { RequestLine } from '../../http/request-line.ts';

export type { Reply } from '../../http/reply.ts';

/** A request as the handlers see it: the target is canonical, nothing else has been judged. */
export interface GatewayRequest extends RequestLine {
  /** Made by the gateway, 32 hex digits; the answer's Audit-Id. */
  id: string;
  /** Lower-case names; repeated ones joined as node does it. */
  headers: Readonly<Record<string, string>>;
  /** Name, value, name, value … as they came. */
  rawHeaders: readonly string[];
  /** Aborts when the client has gone or has its answer. */
  signal: AbortSignal;
  /** Reads the whole body. Rejects with ProtocolError PayloadTooLarge, BadRequest or UnsupportedMediaType. */
  readBody(): Promise<Uint8Array>;
}
