import type { HttpAnswer } from '../../drivers/http.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok } from '../../runner/expectations.ts';

/** What a busy machine may add to the deadline. */
const SLACK_MS = 750;

/** An answer and how long it took, or the words of what came in its place. */
export interface Timed {
  status?: number;
  headers?: Readonly<Record<string, string>>;
  json?: unknown;
  ms: number;
  failure?: string;
}

/** Times a request; what cannot be answered is a failure in words. */
export async function timed(send: () => Promise<HttpAnswer>): Promise<Timed> {
  const before = performance.now();
  try {
    const answer = await send();
    const { status: got, headers, json } = answer;
    return { status: got, headers, json, ms: performance.now() - before };
  } catch (error) {
    return {
      ms: performance.now() - before,
      failure: error instanceof Error ? error.message : String(error),
    };
  }
}

/** Answered in time as what is out of reach. */
export function outOfReach(t: CheckContext, { status: got, json, ms, failure }: Timed): void {
  equal('a failure to answer', failure, undefined);
  ok('the status is 503 or 504', got === 503 || got === 504, { got });
  equal('the kind of its body', at(json, 'kind'), 'Status');
  const deadline = t.world.timings.request_deadline_ms + SLACK_MS;
  ok('the answer came within the request deadline', ms <= deadline, {
    wanted: deadline,
    got: Math.round(ms),
  });
}
