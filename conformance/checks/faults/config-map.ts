import type { CheckContext } from '../../runner/context.ts';
import { at, status } from '../../runner/expectations.ts';
import type { PlayedRequest } from '../../world/played-gateway.ts';

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
/** Label of what one request made. */
export const MADE_BY = 'fault-story';

/** A ConfigMap; without a name for generateName in its metadata. */
export function configMap(name: string, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...(name !== '' && { name }), namespace: 'default', ...metadata },
  };
}

/** A request for an object that carries `label`, whatever its name. */
export function creation(label: string): PlayedRequest & { body: object } {
  const body = configMap('', { generateName: `${label}-`, labels: { [MADE_BY]: label } });
  return { method: 'POST', target: CONFIG_MAPS, body };
}

/** How many objects carry the label of one request. */
export async function made(t: CheckContext, label: string): Promise<number> {
  const list = await t.master.asReader('GET', `${CONFIG_MAPS}?labelSelector=${MADE_BY}%3D${label}`);
  status(list, 200);
  return (at(list.json, 'items') as unknown[]).length;
}
