/** A request to the Kubernetes API after transport and authentication. */
export interface ApiRequest {
  method: string;
  /** Canonical path, without the query. */
  path: string;
  /** Raw query string, without `?`. */
  query: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  user: UserInfo;
  /** Aborts when the client goes away. */
  signal: AbortSignal;
  requestId: string;
}

export interface UserInfo {
  name: string;
  groups: readonly string[];
}

/** An answer; a body of several chunks is a watch and is flushed chunk by chunk. */
export interface ApiResponse {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array | AsyncIterable<Uint8Array>;
}
