import type { CustomResource } from '../target/types.ts';

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

/** The peer's custom resources, as a target file names them in place of ConfigMaps and Secrets. */
export const STAND_INS: Record<'configmaps' | 'secrets', CustomResource> = {
  configmaps: { group: GROUP, version: VERSION, plural: PLURAL, kind: PEER_NAMES.kind },
  secrets: { group: GROUP, version: VERSION, plural: 'keepsakes', kind: 'Keepsake' },
};

const strings = (format?: string): object => ({
  type: 'object',
  additionalProperties: { type: 'string', ...(format !== undefined && { format }) },
});

/** Custom resources shaped like a ConfigMap and a Secret. */
export const CRDS: readonly object[] = [
  definitionOf(STAND_INS.configmaps, {
    data: strings(),
    binaryData: strings('byte'),
    immutable: { type: 'boolean' },
  }),
  definitionOf(STAND_INS.secrets, {
    type: { type: 'string' },
    data: strings('byte'),
    immutable: { type: 'boolean' },
  }),
];

function definitionOf({ group, version, plural, kind }: CustomResource, properties: object): object {
  const openAPIV3Schema = { type: 'object', properties };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}
