import type { CheckContext } from '../../runner/context.ts';
import { at, status } from '../../runner/expectations.ts';

/** The Node objects of one name, as the master's Kubernetes API gives them to a gateway: none or one. */
export async function nodesNamed(t: CheckContext, name: string): Promise<unknown[]> {
  const selector = encodeURIComponent(`metadata.name=${name}`);
  const answer = await t.master.asReader('GET', `/api/v1/nodes?fieldSelector=${selector}`);
  status(answer, 200);
  const items = at(answer.json, 'items');
  return Array.isArray(items) ? items : [];
}
