const GROUP = 'peer.k3s-daas.dev';
const VERSION = 'v1';
const PLURAL = 'settings';

/** Names of the custom resource, beside those of the resource it stands for. */
export const PEER_NAMES = {
  apiVersion: `${GROUP}/${VERSION}`,
  group: GROUP,
  plural: PLURAL,
  kind: 'Setting',
} as const;

/** Path of the collection in a namespace. */
export const COLLECTIONS = `/apis/${GROUP}/${VERSION}/namespaces/{namespace}/${PLURAL}`;

/** A custom resource shaped like a ConfigMap. */
export const CRD = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${PLURAL}.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { plural: PLURAL, singular: 'setting', kind: PEER_NAMES.kind, listKind: 'SettingList' },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              data: { type: 'object', additionalProperties: { type: 'string' } },
              binaryData: { type: 'object', additionalProperties: { type: 'string', format: 'byte' } },
              immutable: { type: 'boolean' },
            },
          },
        },
      },
    ],
  },
};
