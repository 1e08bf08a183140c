import { endpoints, leases, namespaces } from './cluster.ts';
import { configMaps, secrets, serviceAccounts } from './configuration.ts';
import type { ResourceDefinition } from './definition.ts';
import { events, groupedEvents } from './events.ts';
import { nodes } from './nodes.ts';
import { pods } from './pods.ts';
import { selfSubjectAccessReviews, selfSubjectReviews } from './reviews.ts';
import { services } from './services.ts';
import { deployments, replicaSets } from './workloads.ts';

/** Every kind the server has; a new one is one more entry. */
export const resources: readonly ResourceDefinition[] = [
  configMaps,
  endpoints,
  events,
  namespaces,
  nodes,
  pods,
  secrets,
  serviceAccounts,
  services,
  deployments,
  replicaSets,
  selfSubjectReviews,
  selfSubjectAccessReviews,
  leases,
  groupedEvents,
];

const byPath = new Map(
  resources.map((resource) => [pathKey(resource.group, resource.version, resource.plural), resource]),
);

export function findResource(group: string, version: string, plural: string): ResourceDefinition | undefined {
  return byPath.get(pathKey(group, version, plural));
}

/** The stored kind that an owner reference or an event names. */
export function findKind(apiVersion: string, kind: string): ResourceDefinition | undefined {
  return resources.find(
    (resource) => !resource.virtual && resource.kind === kind && apiVersionOf(resource) === apiVersion,
  );
}

export function apiVersionOf({ group, version }: { group: string; version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Groups and their one version, the core group left out. */
export const groups: readonly { group: string; version: string }[] = [
  ...new Map(
    resources.filter(({ group }) => group !== '').map(({ group, version }) => [group, { group, version }]),
  ).values(),
];

function pathKey(group: string, version: string, plural: string): string {
  return `${group}/${version}/${plural}`;
}
