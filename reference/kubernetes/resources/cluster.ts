import { fieldInvalid } from '../errors.ts';
import type { KubeObject, Namespace } from '../meta/objects.ts';
import { age, ageColumn, column, define, nameColumn } from './definition.ts';

const asNamespace = (object: KubeObject): Namespace => object as Namespace;

/** Its own finalizer: a namespace goes once a controller has emptied it. */
const NAMESPACE_FINALIZER = 'kubernetes';

export const namespaces = define({
  kind: 'Namespace',
  plural: 'namespaces',
  shortNames: ['ns'],
  namespaced: false,
  nameRule: 'label',
  description: 'A scope for names and permissions.',
  subresources: ['status', 'finalize'],
  columns: [nameColumn, column('Status'), ageColumn],
  cells: (object, now) => [
    object.metadata.name,
    asNamespace(object).status?.phase ?? '',
    age(object.metadata.creationTimestamp, now),
  ],
  fields: { 'status.phase': (object) => asNamespace(object).status?.phase ?? '' },
  prepareCreate: (object) => {
    const namespace = asNamespace(object);
    namespace.spec = { finalizers: [NAMESPACE_FINALIZER] };
    namespace.status = { phase: 'Active' };
  },
  // Only the finalize subresource takes finalizers away.
  prepareUpdate: (next, old) => {
    Object.assign(next, { spec: asNamespace(old).spec });
  },
  defaults: (object) => {
    object.metadata.labels = {
      ...object.metadata.labels,
      'kubernetes.io/metadata.name': object.metadata.name,
    };
  },
});

interface EndpointSubset {
  addresses?: { ip: string }[];
  ports?: { port: number }[];
}

export const endpoints = define({
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  description: 'The addresses behind a service.',
  createOnUpdate: true,
  columns: [nameColumn, column('Endpoints'), ageColumn],
  cells: (object, now) => {
    const subsets = (object['subsets'] ?? []) as EndpointSubset[];
    const text = subsets
      .flatMap(({ addresses = [], ports = [] }) =>
        addresses.flatMap(({ ip }) => (ports.length === 0 ? [ip] : ports.map(({ port }) => `${ip}:${port}`))),
      )
      .join(',');
    return [object.metadata.name, text === '' ? '<none>' : text, age(object.metadata.creationTimestamp, now)];
  },
});

interface Lease extends KubeObject {
  spec?: { holderIdentity?: string; leaseDurationSeconds?: number };
}

export const leases = define({
  group: 'coordination.k8s.io',
  kind: 'Lease',
  plural: 'leases',
  description: 'Who holds a role, and until when.',
  createOnUpdate: true,
  // Nobody renews the lease of a node that is gone.
  ttlSeconds: 3600,
  columns: [nameColumn, column('Holder'), ageColumn],
  cells: (object, now) => [
    object.metadata.name,
    (object as Lease).spec?.holderIdentity ?? '',
    age(object.metadata.creationTimestamp, now),
  ],
  validate: (object) => {
    const seconds = (object as Lease).spec?.leaseDurationSeconds;
    return seconds !== undefined && seconds <= 0
      ? [fieldInvalid('spec.leaseDurationSeconds', seconds, 'must be greater than 0')]
      : [];
  },
});
