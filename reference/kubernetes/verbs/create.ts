import type { ApiError } from '../errors.ts';
import { alreadyExists, badRequest, forbidden, invalid, notFound } from '../errors.ts';
import type { KubeObject, Namespace } from '../meta/objects.ts';
import { namespaces } from '../resources/cluster.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { apiVersionOf } from '../resources/table.ts';
import { services } from '../resources/services.ts';
import type { Stored } from '../storage/object-store.ts';
import { trackUpdate } from '../apply/managed-fields.ts';
import { allocateAddress } from './cluster-address.ts';
import type { Machinery, Target, Write } from './context.ts';
import { initialMetadata, validateMetadata } from './metadata.ts';

const NAME_ATTEMPTS = 8;

/**
 * Stores a new object. Throws AlreadyExists, Invalid, NotFound for its namespace, Forbidden while that one
 * is being deleted.
 */
export async function create(
  machinery: Machinery,
  target: Target,
  given: KubeObject,
  write: Write,
): Promise<Stored> {
  if ((given.metadata.resourceVersion ?? '') !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  const generated = (given.metadata.name ?? '') === '' && (given.metadata.generateName ?? '') !== '';
  for (let attempt = 1; ; attempt++) {
    const object = await prepare(machinery, target, structuredClone(given), write);
    const stored = write.options.dryRun
      ? await dryRun(machinery, target, object)
      : await machinery.objects.put(target.resource, object, 0);
    if (stored !== undefined) return stored;
    // Somebody else has the random name: take another one.
    if (!generated || attempt === NAME_ATTEMPTS) throw await taken(machinery, target, object);
  }
}

async function taken(
  { objects }: Machinery,
  { resource }: Target,
  { metadata: { namespace = '', name } }: KubeObject,
): Promise<ApiError> {
  const present = await objects.get(resource, namespace, name);
  return alreadyExists(resource, name, present?.object.metadata.deletionTimestamp !== undefined);
}

async function prepare(
  machinery: Machinery,
  target: Target,
  object: KubeObject,
  write: Write,
): Promise<KubeObject> {
  const { resource } = target;
  const apiVersion = apiVersionOf(resource);
  const unmanaged = trackedByApply(object);
  object.apiVersion = apiVersion;
  object.kind = resource.kind;
  object.metadata = initialMetadata(object.metadata, target, machinery);
  if (resource.subresources.includes('status')) delete object['status'];
  resource.defaults(object);
  resource.prepareCreate(object);
  const errors = [...validateMetadata(object.metadata, resource), ...resource.validate(object, undefined)];
  if (errors.length > 0) throw invalid(resource.group, resource.kind, object.metadata.name ?? '', errors);
  if (resource === services) await allocateAddress(machinery, object);
  await checkNamespace(machinery, resource, target.namespace, object.metadata.name);
  await write.admit(undefined, object);
  if (!unmanaged) {
    trackUpdate(undefined, object, {
      manager: write.options.fieldManager,
      subresource: '',
      apiVersion,
      type: resource.type,
      now: machinery.clock.nowMs(),
    });
  }
  return object;
}

/** An applied object comes with its bookkeeping done. */
const trackedByApply = (object: KubeObject): boolean =>
  object.metadata.managedFields?.some(({ operation }) => operation === 'Apply') ?? false;

async function dryRun(
  { objects }: Machinery,
  { resource }: Target,
  object: KubeObject,
): Promise<Stored | undefined> {
  const { namespace = '', name } = object.metadata;
  if ((await objects.get(resource, namespace, name)) !== undefined) return undefined;
  return { object, revision: 0, json: () => JSON.stringify(object) };
}

async function checkNamespace(
  { objects }: Machinery,
  resource: ResourceDefinition,
  name: string,
  objectName: string,
): Promise<void> {
  if (!resource.namespaced) return;
  const stored = await objects.get(namespaces, '', name);
  if (stored === undefined) throw notFound(namespaces, name);
  if ((stored.object as Namespace).status?.phase === 'Terminating') {
    throw forbidden(
      resource,
      objectName,
      `unable to create new content in namespace ${name} because it is being terminated`,
      [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${name} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    );
  }
}
