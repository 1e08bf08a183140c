import type { JsonObject } from '../meta/json.ts';
import type { ResourceDefinition, Subresource } from '../resources/definition.ts';
import { apiVersionOf, groups, resources } from '../resources/table.ts';

/** GET /api */
export const apiVersions: JsonObject = {
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [],
};

/** GET /apis */
export const apiGroupList: JsonObject = {
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groups.map(({ group, version }) => describeGroup(group, version)),
};

/** GET /apis/<group>; undefined for a group the server does not have. */
export function apiGroup(name: string): JsonObject | undefined {
  const found = groups.find(({ group }) => group === name);
  return found && { kind: 'APIGroup', apiVersion: 'v1', ...describeGroup(found.group, found.version) };
}

function describeGroup(group: string, version: string): JsonObject {
  const entry = { groupVersion: `${group}/${version}`, version };
  return { name: group, versions: [entry], preferredVersion: entry };
}

/** GET /api/v1 and /apis/<group>/<version>; undefined for a group or version the server does not have. */
export function apiResourceList(group: string, version: string): JsonObject | undefined {
  const kinds = resources.filter((resource) => resource.group === group && resource.version === version);
  if (kinds.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: apiVersionOf({ group, version }),
    resources: kinds.flatMap(describeResource),
  };
}

function describeResource(resource: ResourceDefinition): JsonObject[] {
  const { plural, singular, namespaced, kind, shortNames, categories, verbs } = resource;
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind,
      verbs: [...verbs],
      ...(shortNames.length > 0 ? { shortNames: [...shortNames] } : {}),
      ...(categories.length > 0 ? { categories: [...categories] } : {}),
    },
    ...resource.subresources.map((name) => {
      const { group, version, kind: subKind, verbs: subVerbs } = subresourceInfo(resource, name);
      return {
        name: `${plural}/${name}`,
        singularName: '',
        namespaced,
        ...(group === resource.group ? {} : { group, version }),
        kind: subKind,
        verbs: [...subVerbs],
      };
    }),
  ];
}

export interface SubresourceInfo {
  group: string;
  version: string;
  kind: string;
  verbs: readonly string[];
}

/** What a subresource reads and writes. */
export function subresourceInfo(
  { group, version, kind }: ResourceDefinition,
  name: Subresource,
): SubresourceInfo {
  switch (name) {
    case 'status':
      return { group, version, kind, verbs: ['get', 'patch', 'update'] };
    case 'scale':
      return { group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] };
    case 'binding':
      return { group, version, kind: 'Binding', verbs: ['create'] };
    case 'eviction':
      return { group: 'policy', version: 'v1', kind: 'Eviction', verbs: ['create'] };
    case 'log':
      return { group, version, kind, verbs: ['get'] };
    case 'finalize':
      return { group, version, kind, verbs: ['update'] };
    default:
      return name satisfies never;
  }
}
