import type { SuiGrpcClient } from '@mysten/sui/grpc';
import { ChainError } from './errors.ts';
import { nodeCall } from './node-call.ts';
import type { CallOptions } from './types.ts';

/** How an object enters a transaction. */
export type ObjectRef =
  { kind: 'shared'; initialSharedVersion: string } | { kind: 'owned'; version: string; digest: string };

/** Owner in the shape that @mysten/sui gives to objects and effects. */
interface OwnerLike {
  readonly $kind: string;
  readonly Shared?: { initialSharedVersion: string };
}

interface ChangedObjectLike {
  readonly objectId: string;
  readonly outputState: string | null;
  readonly outputVersion: string | null;
  readonly outputDigest: string | null;
  readonly outputOwner: OwnerLike | null;
}

/** Entries kept; shared token and record ids come from clients, so the map must not grow for ever. */
const CAPACITY = 10_000;

/**
 * What a transaction must say about each of its objects. Shared objects never change that, owned
 * ones change with every transaction of this wallet, whose effects are fed back here.
 */
export class ObjectRefs {
  readonly #client: SuiGrpcClient;
  readonly #refs = new Map<string, ObjectRef>();

  constructor(client: SuiGrpcClient) {
    this.#client = client;
  }

  get(id: string): ObjectRef | undefined {
    return this.#refs.get(id);
  }

  /** Reads those of `ids` that are not known yet, in one call. Rejects with ChainError. */
  async load(ids: Iterable<string>, options?: CallOptions): Promise<void> {
    const missing = [...new Set(ids)].filter((id) => !this.#refs.has(id));
    if (missing.length === 0) return;
    const { objects } = await nodeCall('BatchGetObjects', options, (signal) =>
      this.#client.getObjects({ objectIds: missing, signal }),
    );
    for (const [index, object] of objects.entries()) {
      if (object instanceof Error) {
        throw new ChainError('not_found', `object ${missing[index]} is not on the chain`, { cause: object });
      }
      this.#set(object.objectId, object.owner, object.version, object.digest);
    }
  }

  /** Takes over the versions that a transaction left behind. */
  apply(changes: readonly ChangedObjectLike[]): void {
    for (const change of changes) {
      if (
        change.outputState !== 'ObjectWrite' ||
        change.outputVersion === null ||
        change.outputDigest === null
      ) {
        this.#refs.delete(change.objectId);
      } else if (this.#refs.has(change.objectId)) {
        this.#set(change.objectId, change.outputOwner, change.outputVersion, change.outputDigest);
      }
    }
  }

  /** Forgets owned objects: their versions are in doubt. */
  forgetOwned(): void {
    for (const [id, ref] of this.#refs) if (ref.kind === 'owned') this.#refs.delete(id);
  }

  #set(id: string, owner: OwnerLike | null, version: string, digest: string): void {
    if (this.#refs.size >= CAPACITY) {
      const oldest = this.#refs.keys().next();
      if (oldest.done !== true) this.#refs.delete(oldest.value);
    }
    const shared = owner?.Shared;
    this.#refs.set(
      id,
      shared === undefined
        ? { kind: 'owned', version, digest }
        : { kind: 'shared', initialSharedVersion: String(shared.initialSharedVersion) },
    );
  }
}
