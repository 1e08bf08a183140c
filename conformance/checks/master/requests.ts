import type { CheckContext } from '../../runner/context.ts';
import { at, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { digestOf, type PlayedRequest } from '../../world/played-gateway.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

/** A request that creates a ConfigMap; `metadata` beside its name. */
export function created(name: string, metadata: object = {}): PlayedRequest {
  return {
    method: 'POST',
    target: CONFIG_MAPS,
    body: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...(name && { name }), namespace: 'default', ...metadata },
      data: { made: 'by the suite' },
    },
  };
}

/** Whether a ConfigMap of this name is there. */
export async function isThere(t: CheckContext, name: string): Promise<boolean> {
  return (await uidOf(t, name)) !== undefined;
}

/** The uid of a ConfigMap, undefined when it is not there. */
export async function uidOf(t: CheckContext, name: string): Promise<unknown> {
  const answer = await t.master.asReader('GET', `${CONFIG_MAPS}/${name}`);
  status(answer, [200, 404]);
  return answer.status === 200 ? at(answer.json, 'metadata', 'uid') : undefined;
}

/** The fields that the chain's event of a request would have, as somebody might push them. */
export function eventFields(
  t: CheckContext,
  actor: Actor,
  requestId: string,
  request: PlayedRequest,
): Record<string, unknown> {
  return {
    request_id: requestId,
    token: actor.token,
    method: request.method,
    path: request.target,
    namespace: 'default',
    resource_type: 'configmaps',
    payload_digest: [...digestOf(request)],
    requester: actor.address,
    nautilus_endpoint: t.world.chain.ids.endpoint,
    timestamp_ms: String(Date.now()),
  };
}
