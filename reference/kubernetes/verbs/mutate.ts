import { trackUpdate } from '../apply/managed-fields.ts';
import type { FieldError } from '../errors.ts';
import { ApiError, badRequest, invalid, modified, notFound } from '../errors.ts';
import { deepEqual } from '../meta/json.ts';
import type { KubeObject, Namespace } from '../meta/objects.ts';
import { apiVersionOf } from '../resources/table.ts';
import type { Stored } from '../storage/object-store.ts';
import type { Machinery, Target, Write } from './context.ts';
import { keepMetadata, nextGeneration, validateMetadata } from './metadata.ts';

/** Makes the wanted object from a private copy of the present one. */
export type Transform = (old: KubeObject) => KubeObject | Promise<KubeObject>;

export interface MutateOptions {
  write: Write;
  /** The client sends whole objects (PUT). */
  put?: boolean;
  /** The transform keeps managedFields itself. */
  applied?: boolean;
}

/** Each failed attempt means that another writer got through, so this many never come together by accident. */
const ATTEMPTS = 256;

/**
 * Changes an object by compare-and-swap: a concurrent write is never lost, the transform runs again on what
 * it left. A result with a resourceVersion other than the present one is a stale client and gets Conflict.
 */
export async function mutate(
  machinery: Machinery,
  target: Target,
  transform: Transform,
  options: MutateOptions,
): Promise<Stored> {
  const { resource, namespace, name } = target;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await machinery.objects.get(resource, namespace, name);
    if (stored === undefined) throw notFound(resource, name);
    const old = stored.object;
    await options.write.admit(old, undefined);
    const next = await transform(structuredClone(old));
    checkIdentity(next, target);
    const errors = settle(next, old, target, options);
    if (errors.length > 0) throw invalid(resource.group, resource.kind, name, errors);
    await options.write.admit(old, next);
    if (options.applied !== true) {
      trackUpdate(old, next, {
        manager: options.write.options.fieldManager,
        subresource: target.subresource,
        apiVersion: apiVersionOf(resource),
        type: resource.type,
        now: machinery.clock.nowMs(),
      });
    }
    if (unchanged(next, old)) return stored;
    if (options.write.options.dryRun) return preview(next, stored);
    if (isFinished(next)) {
      if (await machinery.objects.remove(resource, next, stored.revision)) return preview(next, stored);
    } else {
      const written = await machinery.objects.put(resource, next, stored.revision);
      if (written !== undefined) return written;
    }
  }
  throw modified(resource, name);
}

/** Fixes everything the client has no say in; what remains wrong is returned. */
function settle(
  next: KubeObject,
  old: KubeObject,
  target: Target,
  { put = false }: MutateOptions,
): FieldError[] {
  const { resource, subresource } = target;
  const version = next.metadata.resourceVersion ?? '';
  if (version !== '' && version !== old.metadata.resourceVersion) throw modified(resource, target.name);
  next.metadata.resourceVersion = old.metadata.resourceVersion ?? '';
  const errors = keepMetadata(next, old, target, put);
  if (subresource === 'status') restoreAllButStatus(next, old);
  else if (resource.subresources.includes('status') && subresource !== 'binding')
    restore(next, old, 'status');
  resource.defaults(next);
  if (subresource === '') resource.prepareUpdate(next, old);
  if (resource.generation && subresource !== 'status') next.metadata.generation = nextGeneration(next, old);
  if (errors.length > 0) return errors;
  return [
    ...validateMetadata(next.metadata, resource),
    ...(subresource === '' || subresource === 'scale' ? resource.validate(next, old) : []),
  ];
}

/** Whoever may write the status cannot change anything else with it. */
function restoreAllButStatus(next: KubeObject, old: KubeObject): void {
  const { managedFields } = next.metadata;
  next.metadata = {
    ...structuredClone(old.metadata),
    ...(managedFields === undefined ? {} : { managedFields }),
  };
  for (const key of new Set([...Object.keys(next), ...Object.keys(old)])) {
    if (key !== 'status' && key !== 'metadata') restore(next, old, key);
  }
}

function restore(next: KubeObject, old: KubeObject, key: string): void {
  if (old[key] === undefined) delete next[key];
  else next[key] = structuredClone(old[key]);
}

function checkIdentity(next: KubeObject, { resource, name, namespace }: Target): void {
  const { metadata } = next;
  if (metadata === undefined || typeof metadata !== 'object') throw badRequest('metadata may not be removed');
  if (metadata.name !== undefined && metadata.name !== name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  if (resource.namespaced && metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest(
      `the namespace of the object (${metadata.namespace}) does not match the namespace on the URL (${namespace})`,
    );
  }
  if (next.kind !== resource.kind || next.apiVersion !== apiVersionOf(resource)) {
    throw new ApiError(
      400,
      'BadRequest',
      `apiVersion and kind are fixed: ${apiVersionOf(resource)} ${resource.kind}`,
    );
  }
}

/** The last finalizer is gone from an object that is being deleted. */
function isFinished(object: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, finalizers = [] } = object.metadata;
  const own = object.kind === 'Namespace' ? ((object as Namespace).spec?.finalizers ?? []) : [];
  return (
    deletionTimestamp !== undefined &&
    deletionGracePeriodSeconds === 0 &&
    finalizers.length + own.length === 0
  );
}

/** Times of managedFields alone are no change. */
function unchanged(next: KubeObject, old: KubeObject): boolean {
  return deepEqual(withoutTimes(next), withoutTimes(old));
}

function withoutTimes(object: KubeObject): unknown {
  const { managedFields = [], ...metadata } = object.metadata;
  return {
    ...object,
    metadata: { ...metadata, managedFields: managedFields.map((entry) => ({ ...entry, time: '' })) },
  };
}

const preview = (object: KubeObject, { revision }: Stored): Stored => ({
  object,
  revision,
  json: () => JSON.stringify(object),
});
