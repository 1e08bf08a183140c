import { conflict, modified, notFound } from '../errors.ts';
import { timestamp } from '../clock.ts';
import type { KubeObject, Namespace } from '../meta/objects.ts';
import type { DeleteOptions } from '../request/delete-options.ts';
import type { Stored } from '../storage/object-store.ts';
import type { Machinery, Target, Write } from './context.ts';

export interface Deleted {
  object: KubeObject;
  /** False: it waits for finalizers or its grace period. */
  removed: boolean;
}

const ATTEMPTS = 256;
const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/**
 * Removes an object, or marks it when a finalizer or a grace period stands in the way. Throws NotFound, and
 * Conflict for a precondition that does not hold.
 */
export async function remove(
  machinery: Machinery,
  target: Target,
  options: DeleteOptions,
  write: Write,
): Promise<Deleted> {
  const { resource, namespace, name } = target;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await machinery.objects.get(resource, namespace, name);
    if (stored === undefined) throw notFound(resource, name);
    checkPreconditions(stored.object, target, options);
    await write.admit(stored.object, undefined);
    const marked = mark(stored.object, target, options, machinery.clock.nowMs());
    if (marked === 'remove') {
      if (
        write.options.dryRun ||
        (await machinery.objects.remove(resource, stored.object, stored.revision))
      ) {
        return { object: stored.object, removed: true };
      }
    } else if (marked === 'keep') {
      return { object: stored.object, removed: false };
    } else {
      if (write.options.dryRun) return { object: marked, removed: false };
      const written = await machinery.objects.put(resource, marked, stored.revision);
      if (written !== undefined) return { object: written.object, removed: false };
    }
  }
  throw modified(resource, name);
}

function checkPreconditions(
  { metadata }: KubeObject,
  target: Target,
  { preconditions = {} }: DeleteOptions,
): void {
  const { uid, resourceVersion } = preconditions;
  const refuse = (what: string, asked: string, present: string | undefined, guess: string): never => {
    throw conflict(
      // Kubernetes names the kind here, not the resource.
      { group: target.resource.group, plural: target.resource.kind },
      target.name,
      `the ${what} in the precondition (${asked}) does not match the ${what} in record (${present}). The object might have been ${guess}`,
    );
  };
  if (uid !== undefined && uid !== metadata.uid)
    refuse('UID', uid, metadata.uid, 'deleted and then recreated');
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    refuse('ResourceVersion', resourceVersion, metadata.resourceVersion, 'modified');
  }
}

/** What becomes of the object: gone, left as it is, or a copy that waits for its end. */
function mark(
  object: KubeObject,
  { resource }: Target,
  options: DeleteOptions,
  now: number,
): KubeObject | 'remove' | 'keep' {
  const { metadata } = object;
  const finalizers = finalizersFor(metadata.finalizers ?? [], options.propagationPolicy);
  const namespace = object.kind === 'Namespace' ? (object as Namespace) : undefined;
  const held = finalizers.length > 0 || (namespace?.spec?.finalizers ?? []).length > 0;
  const grace = resource.gracePeriod(object, options.gracePeriodSeconds);
  if (grace === 0 && !held) return 'remove';
  if (metadata.deletionTimestamp !== undefined && grace >= (metadata.deletionGracePeriodSeconds ?? 0))
    return 'keep';
  const { finalizers: _, ...rest } = metadata;
  return {
    ...object,
    metadata: {
      ...rest,
      ...(finalizers.length > 0 ? { finalizers } : {}),
      deletionTimestamp: timestamp(now + grace * 1000),
      deletionGracePeriodSeconds: grace,
      ...(metadata.generation === undefined ? {} : { generation: metadata.generation + 1 }),
    },
    ...(namespace ? { status: { ...namespace.status, phase: 'Terminating' } } : {}),
  };
}

function finalizersFor(present: readonly string[], policy: DeleteOptions['propagationPolicy']): string[] {
  if (policy === undefined) return [...present];
  const kept = present.filter((item) => item !== ORPHAN && item !== FOREGROUND);
  if (policy === 'Orphan') kept.push(ORPHAN);
  if (policy === 'Foreground') kept.push(FOREGROUND);
  return kept;
}

/** Deletes each of `items`; those that are gone by then do not matter. Returns the others as they were before. */
export async function removeAll(
  machinery: Machinery,
  items: readonly Stored[],
  resource: Target['resource'],
  options: DeleteOptions,
  write: Write,
): Promise<KubeObject[]> {
  const removed: KubeObject[] = [];
  for (const { object } of items) {
    const target: Target = {
      resource,
      namespace: object.metadata.namespace ?? '',
      name: object.metadata.name,
      subresource: '',
    };
    try {
      await remove(machinery, target, options, write);
      removed.push(object);
    } catch (error) {
      if (!(error instanceof Error && 'reason' in error && error.reason === 'NotFound')) throw error;
    }
  }
  return removed;
}
