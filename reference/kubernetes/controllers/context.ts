import type { TimedClock } from '../clock.ts';
import { timestamp } from '../clock.ts';
import type { KubeObject, OwnerReference } from '../meta/objects.ts';
import type { ObjectsApi } from '../objects-api.ts';
import { ignoreRaces } from '../objects-api.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import { events } from '../resources/events.ts';
import type { SchedulingRules } from '../scheduler/choose-node.ts';
import type { Informer } from './informer.ts';
import type { ControllerLog } from './work-queue.ts';
import { WorkQueue } from './work-queue.ts';

/** What every controller works with. */
export interface ControllerContext {
  objects: ObjectsApi;
  clock: TimedClock;
  signal: AbortSignal;
  log: ControllerLog | undefined;
  scheduling?: SchedulingRules | undefined;
  /** The shared view of a kind. */
  informer(resource: ResourceDefinition): Informer;
}

/** A controller subscribes at once; the promise of `run` ends with the context's signal. */
export interface Controller {
  run(): Promise<void>;
}

export function queueOf({ clock, log }: ControllerContext, name: string): WorkQueue {
  return new WorkQueue(name, clock, log);
}

export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true);
}

/** The owner reference of something that `owner` makes and looks after. */
export function ownerReference({ apiVersion, kind, metadata }: KubeObject): OwnerReference {
  return {
    apiVersion,
    kind,
    name: metadata.name,
    uid: metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Writes a core event about an object; that it cannot be written is no reason to stop. */
export async function recordEvent(
  { objects, clock }: Pick<ControllerContext, 'objects' | 'clock'>,
  about: KubeObject,
  event: { type: 'Normal' | 'Warning'; reason: string; message: string; component: string },
): Promise<void> {
  const namespace = about.metadata.namespace ?? 'default';
  const now = timestamp(clock.nowMs());
  const { apiVersion, kind, metadata } = about;
  try {
    await objects.create(events, {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { generateName: `${metadata.name}.`, namespace } as KubeObject['metadata'],
      involvedObject: {
        apiVersion,
        kind,
        name: metadata.name,
        namespace: metadata.namespace,
        uid: metadata.uid,
        resourceVersion: metadata.resourceVersion,
      },
      type: event.type,
      reason: event.reason,
      message: event.message,
      source: { component: event.component },
      reportingComponent: event.component,
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
    });
  } catch (error) {
    // Its namespace may be on its way out.
    if (!(error instanceof Error && 'reason' in error && error.reason === 'Forbidden')) ignoreRaces(error);
  }
}
