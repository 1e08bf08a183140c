import type { FieldError } from '../errors.ts';
import { fieldDuplicate, fieldInvalid, fieldNotSupported, fieldRequired } from '../errors.ts';
import { nameProblem, portProblem } from '../meta/names.ts';
import type { KubeObject } from '../meta/objects.ts';
import { age, ageColumn, column, define, nameColumn } from './definition.ts';

interface ServicePort {
  name?: string;
  port: number;
  protocol?: string;
  targetPort?: number | string;
  nodePort?: number;
}

export interface Service extends KubeObject {
  spec: {
    type?: string;
    clusterIP?: string;
    clusterIPs?: string[];
    externalIPs?: string[];
    externalName?: string;
    ports?: ServicePort[];
    selector?: Record<string, string>;
    sessionAffinity?: string;
    internalTrafficPolicy?: string;
    ipFamilies?: string[];
    ipFamilyPolicy?: string;
  };
}

const asService = (object: KubeObject): Service => object as Service;
const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];

export const services = define({
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  description: 'A stable address in front of the pods that its selector picks.',
  subresources: ['status'],
  nameRule: 'label1035',
  createOnUpdate: true,
  columns: [
    nameColumn,
    column('Type'),
    column('Cluster-IP'),
    column('External-IP'),
    column('Port(s)'),
    ageColumn,
    column('Selector', { wide: true }),
  ],
  cells: (object, now) => {
    const { metadata, spec } = asService(object);
    return [
      metadata.name,
      spec.type ?? '',
      spec.clusterIP ?? '<none>',
      spec.externalName ??
        (spec.externalIPs?.join(',') || (spec.type === 'LoadBalancer' ? '<pending>' : '<none>')),
      (spec.ports ?? []).map(formatPort).join(',') || '<none>',
      age(metadata.creationTimestamp, now),
      Object.entries(spec.selector ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(',') || '<none>',
    ];
  },
  fields: {
    'spec.clusterIP': (object) => asService(object).spec.clusterIP ?? '',
    'spec.type': (object) => asService(object).spec.type ?? '',
  },
  defaults: (object) => {
    const { spec } = asService(object);
    if (spec === undefined) return;
    spec.type ??= 'ClusterIP';
    spec.sessionAffinity ??= 'None';
    for (const port of spec.ports ?? []) {
      port.protocol ??= 'TCP';
      port.targetPort ??= port.port;
    }
    if (spec.type !== 'ExternalName') {
      spec.internalTrafficPolicy ??= 'Cluster';
      spec.ipFamilies ??= ['IPv4'];
      spec.ipFamilyPolicy ??= 'SingleStack';
    }
  },
  prepareCreate: (object) => {
    Object.assign(object, { status: { loadBalancer: {} } });
  },
  // kubectl replace and apply leave the address out; it stays what it was.
  prepareUpdate: (next, old) => {
    const [spec, before] = [asService(next).spec, asService(old).spec];
    if (spec === undefined || spec.type === 'ExternalName' || before.clusterIP === undefined) return;
    spec.clusterIP ??= before.clusterIP;
    spec.clusterIPs ??= before.clusterIPs ?? [before.clusterIP];
  },
  validate: (object, old) => [
    ...serviceErrors(asService(object), old === undefined ? undefined : asService(old)),
  ],
});

function formatPort({ port, nodePort, protocol }: ServicePort): string {
  return `${port}${nodePort ? `:${nodePort}` : ''}/${protocol ?? 'TCP'}`;
}

function* serviceErrors({ spec }: Service, old: Service | undefined): Iterable<FieldError> {
  if (spec === undefined) return yield fieldRequired('spec.ports');
  if (!TYPES.includes(spec.type ?? '')) yield fieldNotSupported('spec.type', spec.type, TYPES);
  if (spec.type === 'ExternalName') {
    if ((spec.externalName ?? '') === '') yield fieldRequired('spec.externalName');
  } else if ((spec.ports ?? []).length === 0 && spec.clusterIP !== 'None') yield fieldRequired('spec.ports');
  const before = old?.spec.clusterIP;
  if (
    before !== undefined &&
    spec.type !== 'ExternalName' &&
    old?.spec.type !== 'ExternalName' &&
    spec.clusterIP !== before
  ) {
    yield fieldInvalid('spec.clusterIPs[0]', spec.clusterIP, 'may not change once set');
  }
  const names = new Set<string>();
  const taken = new Set<string>();
  for (const [index, port] of (spec.ports ?? []).entries()) {
    const path = `spec.ports[${index}]`;
    if (port.name === undefined || port.name === '') {
      if ((spec.ports ?? []).length > 1) yield fieldRequired(`${path}.name`);
    } else if (names.has(port.name)) yield fieldDuplicate(`${path}.name`, port.name);
    else if (nameProblem(port.name, 'label') !== undefined) {
      yield fieldInvalid(`${path}.name`, port.name, nameProblem(port.name, 'label') ?? '');
    }
    names.add(port.name ?? '');
    const problem = portProblem(port.port ?? 0);
    if (problem !== undefined) yield fieldInvalid(`${path}.port`, port.port ?? 0, problem);
    if (typeof port.targetPort === 'number' && portProblem(port.targetPort) !== undefined) {
      yield fieldInvalid(`${path}.targetPort`, port.targetPort, portProblem(port.targetPort) ?? '');
    }
    const protocols = ['SCTP', 'TCP', 'UDP'];
    if (!protocols.includes(port.protocol ?? ''))
      yield fieldNotSupported(`${path}.protocol`, port.protocol, protocols);
    const key = `${port.port}/${port.protocol}`;
    if (taken.has(key)) yield fieldDuplicate(path, { port: port.port, protocol: port.protocol });
    taken.add(key);
  }
}
