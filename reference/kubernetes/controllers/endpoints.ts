import type { KubeObject, Pod } from '../meta/objects.ts';
import { ignoreRaces } from '../objects-api.ts';
import { deepEqual } from '../meta/json.ts';
import { endpoints } from '../resources/cluster.ts';
import { pods } from '../resources/pods.ts';
import type { Service } from '../resources/services.ts';
import { services } from '../resources/services.ts';
import { matcherOf } from '../selectors/labels.ts';
import type { Controller, ControllerContext } from './context.ts';
import { ownerReference, queueOf } from './context.ts';
import { splitKey } from './informer.ts';
import { isReady } from './replica-set.ts';

/** Keeps the Endpoints of each service with a selector: the addresses of its pods, ready ones first. */
export function endpointsController(context: ControllerContext): Controller {
  const { objects, signal } = context;
  const queue = queueOf(context, 'endpoints-controller');
  const serviceInformer = context.informer(services);
  const podInformer = context.informer(pods);

  serviceInformer.subscribe(({ key }) => queue.add(key));
  podInformer.subscribe(({ object, previous }) => {
    if (previous !== undefined && deepEqual(addressPart(previous), addressPart(object))) return;
    for (const service of serviceInformer.values() as IterableIterator<Service>) {
      if (service.metadata.namespace === object.metadata.namespace && selects(service, object)) {
        queue.add(`${service.metadata.namespace ?? ''}/${service.metadata.name}`);
      }
    }
  });

  const reconcile = async (key: string): Promise<void> => {
    const { namespace, name } = splitKey(key);
    const service = (await objects.find(services, namespace, name)) as Service | undefined;
    if (service?.spec.selector === undefined || service.metadata.deletionTimestamp !== undefined) return;
    const chosen: Pod[] = [];
    for (const pod of podInformer.values() as IterableIterator<Pod>) {
      if (pod.metadata.namespace === namespace && selects(service, pod) && pod.status?.podIP !== undefined)
        chosen.push(pod);
    }
    const subsets = subsetsOf(
      service,
      chosen.toSorted((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1)),
    );
    if ((await objects.find(endpoints, namespace, name)) !== undefined) {
      await objects
        .update(endpoints, namespace, name, (object) => Object.assign(object, { subsets }))
        .catch(ignoreRaces);
      return;
    }
    const metadata = { name, namespace, ownerReferences: [ownerReference(service)] };
    await objects
      .create(endpoints, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets })
      .catch(ignoreRaces);
  };

  return { run: () => queue.run(reconcile, signal) };
}

function selects({ spec }: Service, { metadata }: KubeObject): boolean {
  const { selector } = spec;
  return (
    selector !== undefined &&
    Object.keys(selector).length > 0 &&
    matcherOf({ matchLabels: selector })(metadata.labels)
  );
}

/** What of a pod shows in endpoints. */
function addressPart(object: KubeObject): unknown {
  const { metadata, spec, status } = object as Pod;
  return [metadata.labels, metadata.deletionTimestamp, spec.nodeName, status?.podIP, isReady(object as Pod)];
}

function subsetsOf({ spec }: Service, chosen: readonly Pod[]): unknown[] {
  const live = chosen.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  if (live.length === 0) return [];
  const ready = live.filter(isReady).map(addressOf);
  const notReady = live.filter((pod) => !isReady(pod)).map(addressOf);
  const ports = (spec.ports ?? []).map(({ name, port, protocol, targetPort }) => ({
    ...(name === undefined ? {} : { name }),
    port: typeof targetPort === 'number' ? targetPort : (namedPort(live, targetPort) ?? port),
    protocol: protocol ?? 'TCP',
  }));
  return [
    {
      ...(ready.length > 0 ? { addresses: ready } : {}),
      ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
      ports,
    },
  ];
}

function addressOf(pod: Pod): unknown {
  return {
    ip: pod.status?.podIP,
    nodeName: pod.spec.nodeName,
    targetRef: {
      kind: 'Pod',
      name: pod.metadata.name,
      namespace: pod.metadata.namespace,
      uid: pod.metadata.uid,
    },
  };
}

function namedPort(chosen: readonly Pod[], name: string | undefined): number | undefined {
  return chosen
    .flatMap(({ spec }) => spec.containers.flatMap(({ ports = [] }) => ports))
    .find((port) => name !== undefined && port.name === name)?.containerPort;
}
