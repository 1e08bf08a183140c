import type { HttpDriver } from '../drivers/http.ts';
import { poll } from '../drivers/wait.ts';
import { HarnessError } from '../errors.ts';
import type { Session } from '../runner/context.ts';
import { at } from '../runner/expectations.ts';
import { bearer } from '../world/gateway-api.ts';
import type { ChainRequest } from './chain-facts.ts';
import type { Operation } from './operation.ts';
import { APPEND_LABEL, COLLECTION, RUN_LABEL } from './requests.ts';

type Credential = () => Promise<string>;

/**
 * The requests of these operations as the chain has them, once each has its result or is too old to get one.
 * `ttlSeconds`: how long a request may wait for its other half.
 */
export async function chainRequests(
  session: Session,
  operations: readonly Operation[],
  ttlSeconds: number,
): Promise<ChainRequest[]> {
  const digests = new Set(operations.flatMap(({ digest }) => (digest === undefined ? [] : [digest])));
  let requests: ChainRequest[] = [];
  await poll(
    async () => {
      const results = Map.groupBy(await session.chain.events('K8sAPIResult'), ({ data }) => data.request_id);
      requests = (await session.chain.events('K8sAPIRequest')).flatMap(({ data }) => {
        const digest = Buffer.from(data.payload_digest).toString('hex');
        if (!digests.has(digest)) return [];
        const answers = (results.get(data.request_id) ?? []).map((result) => Number(result.data.status_code));
        return [{ requestId: data.request_id, digest, results: answers }];
      });
      return requests.every((request) => request.results.length > 0) ? true : undefined;
    },
    { timeoutMs: (ttlSeconds + 2) * 1000, intervalMs: 200 },
  );
  return requests;
}

/** Names of the objects that appends left, by their label, and the version at which they were listed. */
export async function appendedObjects(
  http: HttpDriver,
  credential: Credential,
  run: string,
): Promise<{ appended: Map<string, string[]>; resourceVersion: string }> {
  const target = `${COLLECTION}?labelSelector=${encodeURIComponent(`${RUN_LABEL}=${run}`)}`;
  const answer = await http.send('GET', target, {
    headers: bearer(await credential(), {}),
    timeoutMs: 30_000,
  });
  const [items, resourceVersion] = [at(answer.json, 'items'), at(answer.json, 'metadata', 'resourceVersion')];
  if (!Array.isArray(items) || typeof resourceVersion !== 'string') {
    throw new HarnessError(`the list of the run’s objects was answered ${answer.status} and is no list`);
  }
  const appended = new Map<string, string[]>();
  for (const item of items as unknown[]) {
    const label = at(item, 'metadata', 'labels', APPEND_LABEL);
    if (typeof label !== 'string') continue;
    appended.set(label, [...(appended.get(label) ?? []), String(at(item, 'metadata', 'name'))]);
  }
  return { appended, resourceVersion };
}
