import type { Redactor } from '../conformance/report/redact.ts';
import type { CheckContext } from '../conformance/runner/context.ts';
import type { Part } from '../conformance/target/part.ts';
import type { World } from '../conformance/target/world.ts';
import type { ChainMoment } from './model.ts';
import type { Stage } from './stage.ts';

const LOG_CHARACTERS = 12_000;
const MOMENTS = 200;

/** The ends of the logs of all parts, without secrets. */
export async function logsOf(
  world: World,
  stage: Stage,
  redactor: Redactor,
): Promise<Record<string, string>> {
  const parts: [string, Part][] = [...world.servers].map(([name, { part }]) => [name, part]);
  for (const [name, { id }] of stage.workers) {
    const part = world.workers?.get(id);
    if (part) parts.push([name, part]);
  }
  const texts = await Promise.all(
    parts.map(async ([name, part]) => {
      const text = await part.logs().catch((error: unknown) => `cannot be read: ${String(error)}`);
      // What a part prints it may write to its log file as well.
      const once = [...new Set(text.split('\n'))].join('\n');
      return [name, redactor.text(once).slice(-LOG_CHARACTERS)] as const;
    }),
  );
  return Object.fromEntries(texts);
}

/** What the chain says that happened since then, with the chain's own time where an event has one. */
export async function momentsOf(t: CheckContext, beganMs: number): Promise<ChainMoment[]> {
  const at = (timestampMs: bigint | string | number): number => Number(timestampMs) - beganMs;
  const requests = (await t.chain.events('K8sAPIRequest')).map(({ data }) => ({
    at_ms: at(data.timestamp_ms),
    name: 'K8sAPIRequest',
    what: `${data.method} ${data.path} (${data.request_id.slice(0, 8)})`,
  }));
  const results = (await t.chain.events('K8sAPIResult')).map(({ data }) => ({
    at_ms: at(data.timestamp_ms),
    name: 'K8sAPIResult',
    what: `${data.status_code} (${data.request_id.slice(0, 8)})`,
  }));
  return [...requests, ...results].toSorted((a, b) => a.at_ms - b.at_ms).slice(0, MOMENTS);
}
