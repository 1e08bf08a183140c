import { Agent } from 'undici';

/** Times of requests in milliseconds, and how many a second there were. */
export interface Figures {
  requests: number;
  /** Answers with another status than wanted, and requests without an answer. */
  failed: number;
  p50_ms: number;
  p99_ms: number;
  per_second: number;
}

export interface Request {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Where requests go: one server, and who asks. */
export interface Server {
  url: string;
  agent: Agent;
  /** Headers of every request. */
  headers: () => Promise<Record<string, string>>;
}

export function agentFor(tls: { ca: string | undefined; cert?: string; key?: string }): Agent {
  return new Agent({ connect: tls as { ca: string }, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
}

export interface LoadOptions {
  /** Requests under way at a time; the next one is sent when one is answered. */
  concurrency: number;
  /** Ends it, whichever comes first. */
  requests?: number;
  milliseconds?: number;
  /** Status that counts as success. */
  wanted: number;
}

/** A closed loop: so many clients, each of which waits for its answer before it asks again. */
export async function load(
  server: Server,
  next: (index: number) => Request,
  { concurrency, requests = Infinity, milliseconds = Infinity, wanted }: LoadOptions,
): Promise<Figures> {
  const times: number[] = [];
  let [sent, failed] = [0, 0];
  const headers = await server.headers();
  const started = performance.now();
  const client = async (): Promise<void> => {
    while (sent < requests && performance.now() - started < milliseconds) {
      const { method, path, body, headers: own } = next(sent++);
      const before = performance.now();
      try {
        const answer = await server.agent.request({
          origin: server.url,
          path,
          method,
          headers: { ...headers, ...own },
          ...(body !== undefined && { body }),
        });
        await answer.body.dump({ limit: Infinity });
        if (answer.statusCode === wanted) times.push(performance.now() - before);
        else failed += 1;
      } catch {
        failed += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, client));
  return figuresOf(times, failed, performance.now() - started);
}

/** Figures of times that were measured one by one. */
export function figuresOf(times: readonly number[], failed: number, elapsedMs: number): Figures {
  const ordered = times.toSorted((one, other) => one - other);
  return {
    requests: times.length + failed,
    failed,
    p50_ms: percentile(ordered, 0.5),
    p99_ms: percentile(ordered, 0.99),
    per_second: Math.round((times.length / elapsedMs) * 1000),
  };
}

/** Nearest rank; NaN of nothing. */
export function percentile(ordered: readonly number[], share: number): number {
  const value = ordered[Math.max(0, Math.ceil(ordered.length * share) - 1)] ?? Number.NaN;
  return Math.round(value * 100) / 100;
}
