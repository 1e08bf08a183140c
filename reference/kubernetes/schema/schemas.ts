import type { StructSchema } from './notation.ts';
import { parseTypes } from './notation.ts';
import { coreTypes } from './types/core.ts';
import {
  appsTypes,
  authenticationTypes,
  authorizationTypes,
  autoscalingTypes,
  coordinationTypes,
  eventsTypes,
  policyTypes,
} from './types/groups.ts';
import { metaTypes } from './types/meta.ts';
import { podsTypes } from './types/pods.ts';
import { volumesTypes } from './types/volumes.ts';

const packages: readonly [prefix: string, text: string][] = [
  ['io.k8s.apimachinery.pkg.apis.meta.v1', metaTypes],
  ['io.k8s.api.core.v1', coreTypes],
  ['io.k8s.api.core.v1', podsTypes],
  ['io.k8s.api.core.v1', volumesTypes],
  ['io.k8s.api.apps.v1', appsTypes],
  ['io.k8s.api.autoscaling.v1', autoscalingTypes],
  ['io.k8s.api.policy.v1', policyTypes],
  ['io.k8s.api.coordination.v1', coordinationTypes],
  ['io.k8s.api.events.v1', eventsTypes],
  ['io.k8s.api.authorization.v1', authorizationTypes],
  ['io.k8s.api.authentication.v1', authenticationTypes],
];

const types = parseTypes(packages.map(([, text]) => text));
const qualifiedNames = new Map(
  packages.flatMap(([prefix, text]) =>
    // events.k8s.io repeats names of the core group, which the notation prefixes.
    [...parseNames(text)].map(
      (name) => [name, `${prefix}.${name.replace(/^Events(?=Event)/u, '')}`] as const,
    ),
  ),
);

function parseNames(text: string): string[] {
  return [...text.matchAll(/^(?<name>\w+)%?:/gmu)].map((match) => match.groups?.['name'] ?? '');
}

/** The schema of a type, for instance `Pod`. Throws when there is none. */
export function schemaOf(name: string): StructSchema {
  const schema = types.get(name);
  if (schema === undefined) throw new Error(`no type is called ${name}`);
  return schema;
}

/** Its name in OpenAPI documents, for instance `io.k8s.api.core.v1.Pod`. */
export function qualifiedName(name: string): string {
  return qualifiedNames.get(name) ?? name;
}

export const typeNames: readonly string[] = [...types.keys()];
