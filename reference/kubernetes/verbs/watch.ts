import { CompactedError } from '../../store/types.ts';
import type { Status } from '../errors.ts';
import { ApiError, expired, futureRevision } from '../errors.ts';
import type { ListOptions } from '../request/options.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { Stored, StoredChange } from '../storage/object-store.ts';
import type { Machinery } from './context.ts';
import type { Selection } from './list.ts';
import { selectionOf } from './list.ts';
import { withTicks } from './with-ticks.ts';

export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; stored: Stored }
  | { type: 'BOOKMARK'; revision: number; initialEventsEnd: boolean }
  | { type: 'ERROR'; status: Status };

/** Watches without a limit of their own end after this time, so that clients spread over replicas again. */
const DEFAULT_SECONDS = 1800;

/**
 * Events of a collection until `signal` aborts or the time is over, both a clean end. What is there already is
 * read before this resolves, so that nothing that happens afterwards is missed. Rejects for options that do not work.
 */
export async function watch(
  machinery: Machinery,
  resource: ResourceDefinition,
  namespace: string,
  options: ListOptions,
  signal: AbortSignal,
): Promise<AsyncGenerator<WatchEvent>> {
  const { objects } = machinery;
  const selection = selectionOf(resource, options);
  const asked = options.resourceVersion ?? 0;
  if (asked > objects.revision) throw futureRevision(asked, objects.revision);
  const scope: Scope = {
    resource,
    namespace,
    options,
    selection,
    start: asked === 0 ? objects.revision : asked,
    initial: [],
  };
  if (options.sendInitialEvents ?? asked === 0) {
    const present = await objects.list(resource, namespace);
    scope.start = present.revision;
    scope.initial = present.items.filter((stored) => selection.matches(stored));
  }
  return events(machinery, scope, signal);
}

interface Scope {
  resource: ResourceDefinition;
  namespace: string;
  options: ListOptions;
  selection: Selection;
  /** Changes after this revision follow the initial objects. */
  start: number;
  initial: Stored[];
}

async function* events(machinery: Machinery, scope: Scope, signal: AbortSignal): AsyncGenerator<WatchEvent> {
  const { objects, clock } = machinery;
  const { resource, namespace, options, selection } = scope;
  let revision = scope.start;
  for (const stored of scope.initial) yield { type: 'ADDED', stored };
  scope.initial = [];
  if (options.sendInitialEvents === true && options.allowWatchBookmarks) {
    yield { type: 'BOOKMARK', revision, initialEventsEnd: true };
  }
  const end = new AbortController();
  const stop = AbortSignal.any([signal, end.signal]);
  const seconds = options.timeoutSeconds ?? 0;
  const deadline = clock
    .sleep((seconds > 0 ? seconds : DEFAULT_SECONDS) * 1000, stop)
    .then(() => end.abort());
  try {
    const changes = objects.watch(resource, namespace, selection.name, revision, stop);
    const ticks = options.allowWatchBookmarks ? clock : undefined;
    for await (const change of withTicks(changes, ticks, end)) {
      if (change === 'tick') {
        // Everything the watch has seen lies at or below what the store had when the last change came.
        yield { type: 'BOOKMARK', revision, initialEventsEnd: false };
        continue;
      }
      revision = change.revision;
      const event = eventOf(change, selection);
      if (event !== undefined) yield event;
    }
  } catch (error) {
    yield { type: 'ERROR', status: statusOf(error, scope.start) };
  } finally {
    end.abort();
    await deadline;
  }
}

function eventOf(change: StoredChange, { matches }: Selection): WatchEvent | undefined {
  if (change.type === 'delete') {
    return matches(change.previous) ? { type: 'DELETED', stored: change.previous } : undefined;
  }
  const before = change.previous !== undefined && matches(change.previous);
  if (matches(change.current)) return { type: before ? 'MODIFIED' : 'ADDED', stored: change.current };
  if (!before || change.previous === undefined) return undefined;
  // It left the selection: to this watch it is gone, as of this change.
  const { object } = change.previous;
  const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(change.revision) } };
  return {
    type: 'DELETED',
    stored: { object: last, revision: change.revision, json: () => JSON.stringify(last) },
  };
}

function statusOf(error: unknown, asked: number): Status {
  if (error instanceof CompactedError)
    return expired(`too old resource version: ${asked} (${error.oldest})`).status;
  if (error instanceof ApiError) return error.status;
  throw error;
}
