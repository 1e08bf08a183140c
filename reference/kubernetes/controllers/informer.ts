import type { KubeObject } from '../meta/objects.ts';
import type { ObjectsApi } from '../objects-api.ts';
import type { ResourceDefinition } from '../resources/definition.ts';
import type { WatchEvent } from '../verbs/watch.ts';

export interface ObjectChange {
  type: 'put' | 'delete';
  key: string;
  object: KubeObject;
  previous: KubeObject | undefined;
}

/** What all objects of one kind look like at the moment, kept up to date by a watch. */
export class Informer {
  readonly resource: ResourceDefinition;
  readonly #items = new Map<string, KubeObject>();
  readonly #owned = new Map<string, Set<string>>();
  readonly #listeners: ((change: ObjectChange) => void)[] = [];
  readonly #waiting = new Set<{ revision: number; resolve: () => void }>();
  #revision = 0;
  #markSynced: () => void = () => undefined;
  /** Resolves when the first complete view is there. */
  readonly synced: Promise<void>;

  constructor(resource: ResourceDefinition) {
    this.resource = resource;
    this.synced = new Promise((resolve) => {
      this.#markSynced = resolve;
    });
  }

  /** Tells `listener` about every object that is there and about every change. */
  subscribe(listener: (change: ObjectChange) => void): void {
    this.#listeners.push(listener);
    for (const [key, object] of this.#items) listener({ type: 'put', key, object, previous: undefined });
  }

  get(key: string): KubeObject | undefined {
    return this.#items.get(key);
  }

  values(): IterableIterator<KubeObject> {
    return this.#items.values();
  }

  get size(): number {
    return this.#items.size;
  }

  /** Objects that have an owner reference to `uid`. */
  ownedBy(uid: string): KubeObject[] {
    return [...(this.#owned.get(uid) ?? [])].flatMap((key) => this.#items.get(key) ?? []);
  }

  /** Resolves when the view contains the write that had this resourceVersion, or the view has ended. */
  async reached(resourceVersion: string | undefined, signal: AbortSignal): Promise<void> {
    const revision = Number(resourceVersion ?? 0);
    if (revision <= this.#revision || signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#waiting.add({ revision, resolve });
    });
  }

  /** Follows the kind until `signal` aborts; rejects when the store does. */
  async run(objects: ObjectsApi, signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted) await this.#follow(objects, signal);
    } finally {
      for (const { resolve } of this.#waiting) resolve();
    }
  }

  async #follow(objects: ObjectsApi, signal: AbortSignal): Promise<void> {
    // A new watch lists everything again: what it does not name has gone in between.
    const missing = new Set(this.#items.keys());
    for await (const event of objects.watch(this.resource, signal)) {
      if (event.type === 'ERROR') break;
      this.#take(event, missing);
    }
  }

  #take(event: Exclude<WatchEvent, { type: 'ERROR' }>, missing: Set<string>): void {
    if (event.type === 'BOOKMARK') {
      if (event.initialEventsEnd) {
        for (const key of missing) this.#remove(key);
        missing.clear();
        this.#markSynced();
      }
      this.#advance(event.revision);
      return;
    }
    const { object, revision } = event.stored;
    const key = keyOf(object);
    missing.delete(key);
    if (event.type === 'DELETED') this.#remove(key);
    else this.#put(key, object);
    this.#advance(revision);
  }

  #put(key: string, object: KubeObject): void {
    const previous = this.#items.get(key);
    if (previous?.metadata.resourceVersion === object.metadata.resourceVersion) return;
    this.#index(key, previous, object);
    this.#items.set(key, object);
    for (const listener of this.#listeners) listener({ type: 'put', key, object, previous });
  }

  #remove(key: string): void {
    const previous = this.#items.get(key);
    if (previous === undefined) return;
    this.#index(key, previous, undefined);
    this.#items.delete(key);
    for (const listener of this.#listeners) listener({ type: 'delete', key, object: previous, previous });
  }

  #index(key: string, previous: KubeObject | undefined, next: KubeObject | undefined): void {
    for (const { uid } of previous?.metadata.ownerReferences ?? []) {
      const keys = this.#owned.get(uid);
      keys?.delete(key);
      if (keys?.size === 0) this.#owned.delete(uid);
    }
    for (const { uid } of next?.metadata.ownerReferences ?? []) {
      const keys = this.#owned.get(uid) ?? new Set();
      this.#owned.set(uid, keys.add(key));
    }
  }

  #advance(revision: number): void {
    // Objects of the first view come in key order, so only the highest revision so far counts.
    this.#revision = Math.max(this.#revision, revision);
    for (const entry of this.#waiting) {
      if (entry.revision > this.#revision) continue;
      this.#waiting.delete(entry);
      entry.resolve();
    }
  }
}

/** `namespace/name`, or `/name` for a cluster-wide object. */
export function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

export function splitKey(key: string): { namespace: string; name: string } {
  const slash = key.indexOf('/');
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
