import type { TimedClock } from '../clock.ts';
import type { KubeObject } from '../meta/objects.ts';
import type { ResourceDefinition, Subresource } from '../resources/definition.ts';
import type { WriteOptions } from '../request/options.ts';
import type { ObjectStore } from '../storage/object-store.ts';

/** What every verb works with. */
export interface Machinery {
  objects: ObjectStore;
  clock: TimedClock;
  /** `size` random bytes. */
  random(size: number): Uint8Array;
}

/** One object, or the place where one is going to be. */
export interface Target {
  resource: ResourceDefinition;
  namespace: string;
  name: string;
  subresource: Subresource | '';
}

/** A last word on an object: throws when the caller may not see `old` or write `next`. */
export type Admit = (old: KubeObject | undefined, next: KubeObject | undefined) => void | Promise<void>;

export interface Write {
  options: WriteOptions;
  admit: Admit;
}

/** How the server's own controllers write. */
export function internalWrite(fieldManager: string): Write {
  return {
    options: { dryRun: false, fieldManager, fieldValidation: 'Ignore', force: false },
    admit: () => undefined,
  };
}
