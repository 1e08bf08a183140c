import type { HttpDriver } from '../../conformance/drivers/http.ts';
import { poll } from '../../conformance/drivers/wait.ts';
import { at } from '../../conformance/runner/expectations.ts';
import { bearer } from '../../conformance/world/gateway-api.ts';

/** Those of the nodes that are not Ready within the time given. */
export async function lostNodes(
  http: HttpDriver,
  credential: () => Promise<string>,
  nodes: readonly string[],
  withinMs: number,
): Promise<string[]> {
  let lost = [...nodes];
  await poll(
    async () => {
      const headers = bearer(await credential(), {});
      const answer = await http.send('GET', '/api/v1/nodes', { headers }).catch(() => undefined);
      const items = at(answer?.json, 'items');
      const ready = new Set(
        (Array.isArray(items) ? (items as unknown[]) : [])
          .filter(isReady)
          .map((node) => at(node, 'metadata', 'name')),
      );
      lost = nodes.filter((name) => !ready.has(name));
      return lost.length === 0 ? true : undefined;
    },
    { timeoutMs: withinMs, intervalMs: 200 },
  );
  return lost;
}

function isReady(node: unknown): boolean {
  const conditions = at(node, 'status', 'conditions');
  if (!Array.isArray(conditions)) return false;
  return conditions.some((one: unknown) => at(one, 'type') === 'Ready' && at(one, 'status') === 'True');
}
