import { LRUCache } from 'lru-cache';
import type { Change, Entry, KeyValueStore } from '../../store/types.ts';
import { ConflictError, StoreFullError } from '../../store/types.ts';
import { storeFull } from '../errors.ts';
import { encodeJson } from '../meta/json.ts';
import type { KubeObject } from '../meta/objects.ts';
import type { ResourceDefinition } from '../resources/definition.ts';

/** A decoded object at one revision. It is shared by readers, so nobody may change it. */
export interface Stored {
  readonly object: KubeObject;
  readonly revision: number;
  /** The object as JSON text, made once. */
  json(): string;
}

export interface StoredList {
  items: Stored[];
  revision: number;
  more: boolean;
  remaining: number;
  /** Key of the last entry read. */
  last: string;
}

export type StoredChange =
  | { type: 'put'; revision: number; current: Stored; previous: Stored | undefined }
  | { type: 'delete'; revision: number; previous: Stored };

const decoder = new TextDecoder();

export interface ObjectStoreOptions {
  cached?: number;
  ttlSeconds?: number | undefined;
}

/** Objects of the resource table in a key-value store. */
export class ObjectStore {
  readonly #store: KeyValueStore;
  readonly #decoded: LRUCache<string, Stored>;
  readonly #ttlSeconds: number | undefined;

  /** `cached`: how many decoded objects to keep; `ttlSeconds`: how long what is kept for a time only stays. */
  constructor(store: KeyValueStore, { cached = 20_000, ttlSeconds }: ObjectStoreOptions = {}) {
    this.#store = store;
    this.#ttlSeconds = ttlSeconds;
    // Bounded by size, as `max` takes the memory of all entries at once.
    this.#decoded = new LRUCache({ maxSize: cached, sizeCalculation: () => 1 });
  }

  get revision(): number {
    return this.#store.revision;
  }

  async get(resource: ResourceDefinition, namespace: string, name: string): Promise<Stored | undefined> {
    const entry = await this.#store.get(keyOf(resource, namespace, name));
    return entry && this.#decode(resource, entry);
  }

  async list(
    resource: ResourceDefinition,
    namespace: string,
    options: { limit?: number; after?: string; revision?: number } = {},
  ): Promise<StoredList> {
    const { entries, revision, more, remaining } = await this.#store.list(
      prefixOf(resource, namespace),
      options,
    );
    return {
      items: entries.map((entry) => this.#decode(resource, entry)),
      revision,
      more,
      remaining,
      last: entries.at(-1)?.key ?? options.after ?? '',
    };
  }

  /** Writes when the object is at revision `expected` (0: absent); undefined when it is not. */
  async put(resource: ResourceDefinition, object: KubeObject, expected: number): Promise<Stored | undefined> {
    const { resourceVersion: _, ...metadata } = object.metadata;
    const value = encodeJson(resource.toStored({ ...object, metadata }));
    const key = keyOf(resource, object.metadata.namespace ?? '', object.metadata.name);
    try {
      const seconds = resource.ttlSeconds && (this.#ttlSeconds ?? resource.ttlSeconds);
      const ttl = seconds === undefined ? {} : { ttlSeconds: seconds };
      return this.#decode(resource, await this.#store.put(key, value, { expected, ...ttl }));
    } catch (error) {
      if (error instanceof ConflictError) return undefined;
      if (error instanceof StoreFullError) throw storeFull();
      throw error;
    }
  }

  /** False when the object is not at revision `expected` any more. */
  async remove(resource: ResourceDefinition, object: KubeObject, expected: number): Promise<boolean> {
    try {
      const key = keyOf(resource, object.metadata.namespace ?? '', object.metadata.name);
      return (await this.#store.delete(key, { expected })) !== undefined;
    } catch (error) {
      if (error instanceof ConflictError) return false;
      throw error;
    }
  }

  /** Changes after a revision; `name` narrows them to one object. Throws CompactedError. */
  async *watch(
    resource: ResourceDefinition,
    namespace: string,
    name: string | undefined,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<StoredChange> {
    const single = name !== undefined && (namespace !== '' || !resource.namespaced);
    const prefix = single ? keyOf(resource, namespace, name) : prefixOf(resource, namespace);
    for await (const change of this.#store.watch(prefix, after, signal)) {
      const key = change.type === 'put' ? change.entry.key : change.key;
      // The prefix of `web` is that of `web-2`, too.
      if (!single || key === prefix) yield this.#decodeChange(resource, change);
    }
  }

  #decodeChange(resource: ResourceDefinition, change: Change): StoredChange {
    if (change.type === 'delete') {
      const { object } = this.#decode(resource, change.previous);
      return { type: 'delete', revision: change.revision, previous: this.#at(object, change.revision) };
    }
    return {
      type: 'put',
      revision: change.entry.revision,
      current: this.#decode(resource, change.entry),
      previous: change.previous && this.#decode(resource, change.previous),
    };
  }

  #decode(resource: ResourceDefinition, entry: Entry): Stored {
    const cacheKey = `${resource.group} ${entry.key} ${entry.revision}`;
    const known = this.#decoded.get(cacheKey);
    if (known !== undefined) return known;
    const object = resource.fromStored(JSON.parse(decoder.decode(entry.value)) as KubeObject);
    const stored = this.#at(object, entry.revision);
    this.#decoded.set(cacheKey, stored);
    return stored;
  }

  #at(object: KubeObject, revision: number): Stored {
    const { apiVersion, kind, metadata, ...rest } = object;
    const versioned: KubeObject = {
      kind,
      apiVersion,
      metadata: { ...metadata, resourceVersion: String(revision) },
      ...rest,
    };
    let text: string | undefined;
    return { object: versioned, revision, json: () => (text ??= JSON.stringify(versioned)) };
  }
}

export function keyOf(resource: ResourceDefinition, namespace: string, name: string): string {
  return `${prefixOf(resource, namespace)}${name}`;
}

function prefixOf(resource: ResourceDefinition, namespace: string): string {
  return namespace === '' ? `/registry/${resource.storage}/` : `/registry/${resource.storage}/${namespace}/`;
}
