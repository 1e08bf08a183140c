import type { HttpAnswer } from '../../drivers/http.ts';
import { pause, poll } from '../../drivers/wait.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { CONFIG_MAPS, configMap } from './config-map.ts';

const LANES = 5;
const RETRY_MS = 10_000;
const AGAIN_MS = 100;
/** Requests that a crowd makes at least. */
const ENOUGH = 30;
/** What tells a client to come again. */
const LATER = [429, 503, 504];
const BUSY = [429, 504];

export interface CrowdResult {
  requests: number;
  /** Those that did not succeed within 10 s, with what they were told last. */
  failed: string[];
  /** Attempts that were told something else than to come again, though there was nothing wrong with them. */
  misled: string[];
  /** Attempts that did not succeed, other than by 429 or 504, as a busy machine answers. */
  troubled: string[];
}

/** Users who read and write while `meanwhile` runs and a little longer, and try again what fails, for 10 s at most. */
export async function crowd(
  t: CheckContext,
  admin: Actor,
  meanwhile: () => Promise<void>,
): Promise<CrowdResult> {
  const result: CrowdResult = { requests: 0, failed: [], misled: [], troubled: [] };
  const over = new AbortController();
  const lane = async (): Promise<void> => {
    const first = t.name('crowd');
    for (let name = first; !over.signal.aborted; name = t.name('crowd')) {
      await insistent(result, `create ${name}`, [201, 409], () =>
        t.gateway.as(admin, 'POST', CONFIG_MAPS, { body: configMap(name), timeoutMs: 4_000 }),
      );
      // What was there long ago must be there still.
      for (const one of new Set([name, first])) {
        await insistent(result, `get ${one}`, [200], () =>
          t.gateway.as(admin, 'GET', `${CONFIG_MAPS}/${one}`, { timeoutMs: 4_000 }),
        );
      }
    }
  };
  const lanes = Promise.all(Array.from({ length: LANES }, lane));
  await pause(300);
  try {
    await meanwhile();
    await pause(300);
    // A busy machine makes few requests, and of few nothing can be said.
    await poll(() => (result.requests > ENOUGH ? true : undefined), { timeoutMs: RETRY_MS });
  } finally {
    over.abort();
    await lanes;
  }
  return result;
}

async function insistent(
  result: CrowdResult,
  what: string,
  good: readonly number[],
  send: () => Promise<HttpAnswer>,
): Promise<void> {
  result.requests += 1;
  let last = '';
  for (const until = performance.now() + RETRY_MS; performance.now() < until; await pause(AGAIN_MS)) {
    try {
      const answer = await send();
      if (good.includes(answer.status)) return;
      last = `${answer.status} ${answer.text.slice(0, 200)}`;
      if (!LATER.includes(answer.status) || at(answer.json, 'kind') !== 'Status')
        result.misled.push(`${what}: ${last}`);
      if (!BUSY.includes(answer.status)) result.troubled.push(`${what}: ${last}`);
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
      result.troubled.push(`${what}: ${last}`);
    }
  }
  result.failed.push(`${what}: ${last}`);
}
