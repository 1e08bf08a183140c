/** A request as the handlers see it: the target is canonical, nothing else has been judged. */
export interface GatewayRequest {
  /** Made by the gateway, 32 hex digits; the answer's Audit-Id. */
  id: string;
  method: string;
  /** Canonical path. */
  path: string;
  /** Raw query without `?`. */
  query: string;
  /** Lower-case names; repeated ones joined as node does it. */
  headers: Readonly<Record<string, string>>;
  /** Name, value, name, value … as they came. */
  rawHeaders: readonly string[];
  /** Aborts when the client goes away before it has its answer. */
  signal: AbortSignal;
  /** Reads the whole body. Rejects with ProtocolError PayloadTooLarge, BadRequest or UnsupportedMediaType. */
  readBody(): Promise<Uint8Array>;
}

/** An answer; a body of several chunks is flushed chunk by chunk. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array | AsyncIterable<Uint8Array>;
}
