import type { JsonObject } from '../meta/json.ts';
import { mediaRanges } from '../request/accept.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { groups, resources } from '../resources/table.ts';
import { subresourceInfo } from './legacy.ts';

export type AggregatedVersion = 'v2' | 'v2beta1';

/** The version of aggregated discovery that a client prefers over the plain lists, if it does. */
export function aggregatedVersion(accept: string | undefined): AggregatedVersion | undefined {
  for (const { type, parameters } of mediaRanges(accept)) {
    if (type !== 'application/json') continue;
    const version = parameters.get('v');
    if (parameters.get('as') === undefined) return undefined;
    if (parameters.get('g') === 'apidiscovery.k8s.io' && parameters.get('as') === 'APIGroupDiscoveryList') {
      if (version === 'v2' || version === 'v2beta1') return version;
    }
  }
  return undefined;
}

export function aggregatedContentType(version: AggregatedVersion): string {
  return `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
}

/** All kinds of `/api` (core) or of `/apis` (the other groups) in one document. */
export function groupDiscoveryList(root: 'api' | 'apis', version: AggregatedVersion): JsonObject {
  const shown = root === 'api' ? [{ group: '', version: 'v1' }] : groups;
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: shown.map(({ group, version: groupVersion }) => ({
      metadata: group === '' ? { creationTimestamp: null } : { name: group, creationTimestamp: null },
      versions: [
        {
          version: groupVersion,
          freshness: 'Current',
          resources: resources.filter((resource) => resource.group === group).map(describe),
        },
      ],
    })),
  };
}

function describe(resource: ResourceDefinition): JsonObject {
  const { group, version, kind, plural, singular, namespaced, shortNames, categories, verbs } = resource;
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs: [...verbs],
    ...(shortNames.length > 0 ? { shortNames: [...shortNames] } : {}),
    ...(categories.length > 0 ? { categories: [...categories] } : {}),
    ...(resource.subresources.length > 0
      ? {
          subresources: resource.subresources.map((name) => {
            const info = subresourceInfo(resource, name);
            return {
              subresource: name,
              responseKind: { group: info.group, version: info.version, kind: info.kind },
              verbs: [...info.verbs],
            };
          }),
        }
      : {}),
  };
}
