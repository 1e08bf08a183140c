import type { KubeObject, OwnerReference } from '../meta/objects.ts';
import { ignoreRaces } from '../objects-api.ts';
import { namespaces } from '../resources/cluster.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { nodes } from '../resources/nodes.ts';
import { findKind } from '../resources/table.ts';
import type { Controller, ControllerContext } from './context.ts';
import { queueOf } from './context.ts';
import { splitKey } from './informer.ts';
import { namespacedKinds } from './namespace.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** Events name no owners and go by themselves. */
const collected: readonly ResourceDefinition[] = [
  ...namespacedKinds.filter(({ storage }) => storage !== 'events'),
  namespaces,
  nodes,
];

/**
 * Deletes what belongs to nothing any more, and works off the finalizers by which a deletion waits for its
 * dependents (foreground) or leaves them behind (orphan).
 */
export function garbageCollector(context: ControllerContext): Controller {
  const { objects, signal } = context;
  const queue = queueOf(context, 'garbage-collector');
  const informers = collected.map((resource) => context.informer(resource));

  for (const informer of informers) {
    informer.subscribe(({ type, key, object, previous }) => {
      const { ownerReferences = [], finalizers = [], deletionTimestamp, uid = '' } = object.metadata;
      if (type === 'delete') {
        for (const dependents of informers) {
          for (const { metadata } of dependents.ownedBy(uid)) {
            queue.add(`${dependents.resource.storage} ${metadata.namespace ?? ''}/${metadata.name}`);
          }
        }
        // An owner may be waiting for this one to go.
        for (const owner of ownerReferences) wakeOwner(owner, object);
        return;
      }
      const waits =
        deletionTimestamp !== undefined && (finalizers.includes(ORPHAN) || finalizers.includes(FOREGROUND));
      if (waits || (ownerReferences.length > 0 && previous === undefined))
        queue.add(`${informer.resource.storage} ${key}`);
    });
  }

  const wakeOwner = (owner: OwnerReference, { metadata }: KubeObject): void => {
    const kind = findKind(owner.apiVersion, owner.kind);
    if (kind !== undefined)
      queue.add(`${kind.storage} ${kind.namespaced ? (metadata.namespace ?? '') : ''}/${owner.name}`);
  };

  const reconcile = async (key: string): Promise<void> => {
    const [storage = '', rest = ''] = key.split(' ');
    const resource = collected.find((kind) => kind.storage === storage);
    if (resource === undefined) return;
    const { namespace, name } = splitKey(rest);
    const object = await objects.find(resource, namespace, name);
    if (object === undefined) return;
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (deletionTimestamp !== undefined && finalizers.includes(ORPHAN))
      await orphanDependents(resource, object);
    else if (deletionTimestamp !== undefined && finalizers.includes(FOREGROUND))
      await deleteDependents(resource, object);
    else await collect(resource, object);
  };

  const collect = async (resource: ResourceDefinition, object: KubeObject): Promise<void> => {
    const { ownerReferences = [], namespace = '', name, uid, deletionTimestamp } = object.metadata;
    if (ownerReferences.length === 0 || deletionTimestamp !== undefined) return;
    const present = await Promise.all(ownerReferences.map((owner) => ownerExists(owner, namespace)));
    if (present.includes(true)) return;
    await objects
      .delete(resource, namespace, name, {
        propagationPolicy: 'Background',
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      })
      .catch(ignoreRaces);
  };

  const ownerExists = async (
    { apiVersion, kind, name, uid }: OwnerReference,
    namespace: string,
  ): Promise<boolean> => {
    const resource = findKind(apiVersion, kind);
    // A kind that this server does not have may live elsewhere.
    if (resource === undefined) return true;
    const owner = await objects.find(resource, resource.namespaced ? namespace : '', name);
    return owner?.metadata.uid === uid;
  };

  /** Asks the store and not the view: nothing may be forgotten before the owner goes. */
  const dependentsOf = async (
    owner: KubeObject,
  ): Promise<{ resource: ResourceDefinition; object: KubeObject }[]> => {
    const { uid, namespace = '' } = owner.metadata;
    const found = await Promise.all(
      collected.map(async (resource) =>
        (await objects.list(resource, resource.namespaced ? namespace : ''))
          .filter(({ metadata }) => metadata.ownerReferences?.some((reference) => reference.uid === uid))
          .map((object) => ({ resource, object })),
      ),
    );
    return found.flat();
  };

  const orphanDependents = async (resource: ResourceDefinition, owner: KubeObject): Promise<void> => {
    for (const { resource: kind, object } of await dependentsOf(owner)) {
      await objects
        .update(kind, object.metadata.namespace ?? '', object.metadata.name, ({ metadata }) => {
          metadata.ownerReferences = (metadata.ownerReferences ?? []).filter(
            ({ uid }) => uid !== owner.metadata.uid,
          );
        })
        .catch(ignoreRaces);
    }
    await dropFinalizer(resource, owner, ORPHAN);
  };

  const deleteDependents = async (resource: ResourceDefinition, owner: KubeObject): Promise<void> => {
    let blocked = false;
    for (const { resource: kind, object } of await dependentsOf(owner)) {
      const { metadata } = object;
      const reference = metadata.ownerReferences?.find(({ uid }) => uid === owner.metadata.uid);
      if (reference?.blockOwnerDeletion === true) blocked = true;
      if (metadata.deletionTimestamp === undefined) {
        await objects
          .delete(kind, metadata.namespace ?? '', metadata.name, { propagationPolicy: 'Foreground' })
          .catch(ignoreRaces);
      }
    }
    if (!blocked) await dropFinalizer(resource, owner, FOREGROUND);
  };

  const dropFinalizer = async (
    resource: ResourceDefinition,
    { metadata }: KubeObject,
    finalizer: string,
  ): Promise<void> => {
    await objects
      .update(resource, metadata.namespace ?? '', metadata.name, (object) => {
        object.metadata.finalizers = (object.metadata.finalizers ?? []).filter((item) => item !== finalizer);
      })
      .catch(ignoreRaces);
  };

  return { run: () => queue.run(reconcile, signal) };
}
