import type { ApiError } from './errors.ts';
import { isApiError, notFound } from './errors.ts';
import type { KubeObject } from './meta/objects.ts';
import type { DeleteOptions } from './request/delete-options.ts';
import type { ListOptions } from './request/options.ts';
import type { ResourceDefinition, Subresource } from './resources/definition.ts';
import type { Machinery } from './verbs/context.ts';
import { internalWrite } from './verbs/context.ts';
import { create } from './verbs/create.ts';
import { remove } from './verbs/delete.ts';
import type { WatchEvent } from './verbs/watch.ts';
import { watch } from './verbs/watch.ts';
import { mutate } from './verbs/mutate.ts';

const EVERYTHING: ListOptions = {
  labelSelector: '',
  fieldSelector: '',
  limit: 0,
  continue: '',
  resourceVersion: undefined,
  resourceVersionMatch: 'NotOlderThan',
  watch: true,
  allowWatchBookmarks: true,
  sendInitialEvents: true,
  timeoutSeconds: undefined,
};

/**
 * The API from inside, for controllers, the scheduler and whoever runs beside them: same rules, no transport
 * and no authorisation. Objects it returns are shared and must not be changed.
 */
export class ObjectsApi {
  readonly #machinery: Machinery;
  readonly #manager: string;

  /** `manager` is the field manager of all its writes. */
  constructor(machinery: Machinery, manager: string) {
    this.#machinery = machinery;
    this.#manager = manager;
  }

  /** The same API under another field manager. */
  as(manager: string): ObjectsApi {
    return new ObjectsApi(this.#machinery, manager);
  }

  /** Throws NotFound. */
  async get(resource: ResourceDefinition, namespace: string, name: string): Promise<KubeObject> {
    const found = await this.find(resource, namespace, name);
    if (found === undefined) throw notFound(resource, name);
    return found;
  }

  async find(resource: ResourceDefinition, namespace: string, name: string): Promise<KubeObject | undefined> {
    return (await this.#machinery.objects.get(resource, namespace, name))?.object;
  }

  /** All objects of a namespace, or of every namespace for ''. */
  async list(resource: ResourceDefinition, namespace = ''): Promise<KubeObject[]> {
    return (await this.#machinery.objects.list(resource, namespace)).items.map(({ object }) => object);
  }

  async create(resource: ResourceDefinition, object: KubeObject): Promise<KubeObject> {
    const namespace = object.metadata.namespace ?? '';
    const target = { resource, namespace, name: object.metadata.name ?? '', subresource: '' as const };
    return (await create(this.#machinery, target, object, internalWrite(this.#manager))).object;
  }

  /** Changes a copy of the newest state, again when somebody else was faster. Throws NotFound, Invalid. */
  async update(
    resource: ResourceDefinition,
    namespace: string,
    name: string,
    change: (object: KubeObject) => void,
    subresource: Subresource | '' = '',
  ): Promise<KubeObject> {
    const target = { resource, namespace, name, subresource };
    const transform = (object: KubeObject): KubeObject => {
      change(object);
      return object;
    };
    return (await mutate(this.#machinery, target, transform, { write: internalWrite(this.#manager) })).object;
  }

  /** Throws NotFound and Conflict. */
  async delete(
    resource: ResourceDefinition,
    namespace: string,
    name: string,
    options: DeleteOptions = {},
  ): Promise<void> {
    const target = { resource, namespace, name, subresource: '' as const };
    await remove(this.#machinery, target, options, internalWrite(this.#manager));
  }

  /** What is there as ADDED, a BOOKMARK after it, then every change until `signal` aborts. */
  async *watch(resource: ResourceDefinition, signal: AbortSignal): AsyncGenerator<WatchEvent> {
    yield* await watch(this.#machinery, resource, '', EVERYTHING, signal);
  }
}

/** Swallows the two errors that a race explains: somebody else changed or removed the object. */
export function ignoreRaces(error: unknown): void {
  if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict') && !isApiError(error, 'AlreadyExists'))
    throw error as ApiError;
}
