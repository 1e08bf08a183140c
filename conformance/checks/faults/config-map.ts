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
