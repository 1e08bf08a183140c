/** One HTTP request, as both engines send it. */
export interface LoadRequest {
  method: string;
  /** Path and query. */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Send it with a session credential of this wallet, by its place in the plan's list. */
  session?: number;
}

/** A wallet that signs session credentials while the load runs. */
export interface LoadWallet {
  /** Ed25519 seed, 64 hexadecimal digits. */
  seed: string;
  /** Id of its seal token, or of a GatewayCap. */
  token: string;
  address: string;
  /** Id of the cluster. */
  audience: string;
}

/** An answer that counts as served. */
export interface Expected {
  status: number;
  /** Text that the body must contain. */
  contains?: string;
}

/** A stream of arrivals at a constant rate, whatever the answers do. */
export interface Traffic {
  /** Lower-case letters, digits and underscores; names the metrics of k6. */
  name: string;
  title: string;
  server: 'gateway' | 'master';
  /** Arrivals a second. */
  rate: number;
  seconds: number;
  /** Seconds after the last arrival until what has not ended is given up; 10 unless said. */
  graceSeconds?: number;
  /** Seconds after the beginning of the scenario at which it starts. */
  delaySeconds?: number;
  /** Connections at most; arrivals that find none wait, and the wait counts. */
  connections: number;
  /** Each arrival sends these requests one after the other. Used in turn, from the start again when there are fewer. */
  arrivals: readonly (readonly LoadRequest[])[];
  expect: readonly Expected[];
  /**
   * Asks again after 429, 502, 503, 504 or no answer, as clients do, until so many milliseconds after the request was
   * meant to be sent. The built-in engine alone does so.
   */
  retryWithinMs?: number;
  /** Metric of the catalogue that its latencies, or its accepted copies, are judged by. */
  figure?: string;
}

export const GRACE_SECONDS = 10;

/** All that one scenario sends, to servers that present certificates of these authorities. */
export interface TrafficPlan {
  servers: Partial<Record<Traffic['server'], { url: string; ca: string | undefined }>>;
  wallets: readonly LoadWallet[];
  traffics: readonly Traffic[];
}

/** What happened within one second of the run. */
export interface Second {
  second: number;
  answered: number;
  failed: number;
  /** Null without an answer in this second. */
  p50_ms: number | null;
  p99_ms: number | null;
}

/** What became of one traffic. Percentiles are null where they lie among requests that failed. */
export interface TrafficResult {
  name: string;
  title: string;
  rate: number;
  seconds: number;
  /** Requests that were to be sent. */
  intended: number;
  /** Requests with an answer that was expected. */
  served: number;
  /** Other answers, no answer, or never sent for want of a connection. */
  failed: number;
  /** How often each status came, `0` where none did. */
  statuses: Record<string, number>;
  /** Served in the time of the run, each second. */
  per_second: number;
  p50_ms: number | null;
  p90_ms: number | null;
  p95_ms: number | null;
  p99_ms: number | null;
  p999_ms: number | null;
  max_ms: number | null;
  /** Empty where the engine keeps none. */
  series: Second[];
}
