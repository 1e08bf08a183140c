import type { CheckContext } from '../../runner/context.ts';
import { at, status } from '../../runner/expectations.ts';

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

/** How many objects carry the label of one request. */
export async function made(t: CheckContext, label: string): Promise<number> {
  const list = await t.master.asReader('GET', `${CONFIG_MAPS}?labelSelector=${MADE_BY}%3D${label}`);
  status(list, 200);
  return (at(list.json, 'items') as unknown[]).length;
}
