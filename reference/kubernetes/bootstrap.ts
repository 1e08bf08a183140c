import { isApiError } from './errors.ts';
import type { KubeObject } from './meta/objects.ts';
import type { ObjectsApi } from './objects-api.ts';
import { namespaces } from './resources/cluster.ts';
import type { ResourceDefinition } from './resources/definition.ts';
import { services } from './resources/services.ts';

const NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

/** Makes what every cluster has from the start; what is there already stays as it is. */
export async function bootstrapCluster(objects: ObjectsApi): Promise<void> {
  for (const name of NAMESPACES) {
    await ensure(objects, namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  await ensure(objects, services, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'kubernetes',
      namespace: 'default',
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      type: 'ClusterIP',
      clusterIP: '10.43.0.1',
      ports: [{ name: 'https', port: 443, targetPort: 6443 }],
    },
  });
}

async function ensure(objects: ObjectsApi, resource: ResourceDefinition, object: KubeObject): Promise<void> {
  if ((await objects.find(resource, object.metadata.namespace ?? '', object.metadata.name)) !== undefined)
    return;
  try {
    await objects.create(resource, object);
  } catch (error) {
    // Another replica was faster.
    if (!isApiError(error, 'AlreadyExists')) throw error;
  }
}
