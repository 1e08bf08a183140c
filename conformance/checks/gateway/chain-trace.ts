import type { HttpAnswer } from '../../drivers/http.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok, status } from '../../runner/expectations.ts';
import type { SeenEvent } from '../../world/chain-api.ts';
import { kube } from './kube.ts';

/** The request id that the gateway gave an answer. */
export const requestIdOf = (answer: HttpAnswer): string => answer.headers['audit-id'] ?? '';

/** Both events of a request that was accepted; fails when they do not come, or come more than once. */
export async function eventsOf(
  t: CheckContext,
  requestId: string,
): Promise<{ request: SeenEvent<'K8sAPIRequest'>; result: SeenEvent<'K8sAPIResult'> }> {
  const fields = { request_id: requestId };
  await t.chain.event('K8sAPIResult', fields);
  const requests = await t.chain.events('K8sAPIRequest', fields);
  const results = await t.chain.events('K8sAPIResult', fields);
  equal('the number of events on chain', [requests.length, results.length], [1, 1]);
  return { request: requests[0]!, result: results[0]! };
}

/**
 * Looks that no request for these paths is on chain. A write made afterwards is waited for first: the ledger is ordered,
 * so whatever the requests before it left would be there by then.
 */
export async function leavesNoEvent(t: CheckContext, ...paths: readonly string[]): Promise<void> {
  const admin = await kube(t);
  const sentinel = await admin.create('configmaps', admin.configMap(t.name('sentinel')));
  status(sentinel, 201);
  const seen = await t.chain.event('K8sAPIRequest', { request_id: requestIdOf(sentinel) });
  ok('the write made afterwards is on chain', seen !== undefined);
  const all = await t.chain.events('K8sAPIRequest');
  const left = all.filter(({ data }) => paths.includes(data.path));
  equal('the request events of what was refused', left, []);
}
