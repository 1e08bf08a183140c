import type { Container, PodSpec } from '../meta/objects.ts';

/** Fills in what Kubernetes fills in for a pod or a pod template. */
export function defaultPodSpec(spec: PodSpec): void {
  spec.restartPolicy ??= 'Always';
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.schedulerName ??= 'default-scheduler';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])])
    defaultContainer(container);
  if (spec.serviceAccountName === undefined && spec.serviceAccount !== undefined) {
    spec.serviceAccountName = spec.serviceAccount;
  }
  if (spec.serviceAccountName !== undefined) spec.serviceAccount = spec.serviceAccountName;
}

/** Only for pods themselves, not for templates. */
export function admitPodSpec(spec: PodSpec): void {
  spec.serviceAccountName ??= 'default';
  spec.serviceAccount = spec.serviceAccountName;
  spec.enableServiceLinks ??= true;
  spec.priority ??= 0;
}

function defaultContainer(container: Container): void {
  if (container.image !== undefined) {
    const tag = container.image.slice(container.image.lastIndexOf('/') + 1);
    container.imagePullPolicy ??=
      tag.includes('@') || (tag.includes(':') && !tag.endsWith(':latest')) ? 'IfNotPresent' : 'Always';
  }
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  const { limits } = container.resources;
  if (limits !== undefined) container.resources.requests = { ...limits, ...container.resources.requests };
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
}

/** Guaranteed, Burstable or BestEffort. */
export function qosClass(spec: PodSpec): string {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const amounts = containers.flatMap(({ resources }) => [
    ...Object.values(resources?.requests ?? {}),
    ...Object.values(resources?.limits ?? {}),
  ]);
  if (amounts.length === 0) return 'BestEffort';
  const guaranteed = containers.every(({ resources }) =>
    ['cpu', 'memory'].every((name) => {
      const limit = resources?.limits?.[name];
      return limit !== undefined && resources?.requests?.[name] === limit;
    }),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
