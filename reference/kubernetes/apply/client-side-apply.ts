import type { JsonObject } from '../meta/json.ts';
import { isObject } from '../meta/json.ts';
import type { KubeObject } from '../meta/objects.ts';
import type { FieldSet } from './field-set.ts';
import { difference, emptySet } from './field-set.ts';
import { compareObjects, ownedFields } from './managed-fields.ts';

/** Where `kubectl apply` keeps what it applied. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Under this name `kubectl apply --server-side` continues what `kubectl apply` began. */
const HEIR = 'kubectl';

/**
 * Fields that `manager` may take over without a conflict, because a client-side apply set them: those of the
 * last applied configuration whose live value is still the applied one.
 */
export function inheritedFields(live: KubeObject, manager: string, type: string): FieldSet {
  const applied = manager === HEIR ? lastApplied(live) : undefined;
  if (applied === undefined) return emptySet();
  const { changed, removed } = compareObjects(applied, live, type);
  return difference(difference(ownedFields(applied, type), changed), removed);
}

/** Keeps the record of a client-side apply in step with the configuration applied on the server. */
export function recordApplied(next: KubeObject, config: KubeObject, manager: string): void {
  const { annotations } = next.metadata;
  if (manager !== HEIR || annotations?.[LAST_APPLIED] === undefined) return;
  const applied = structuredClone(config);
  delete applied.metadata.managedFields;
  delete applied.metadata.annotations?.[LAST_APPLIED];
  next.metadata.annotations = { ...annotations, [LAST_APPLIED]: `${JSON.stringify(applied)}\n` };
}

function lastApplied({ metadata }: KubeObject): KubeObject | undefined {
  const text = metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as JsonObject;
    return isObject(value) && isObject(value['metadata']) ? (value as unknown as KubeObject) : undefined;
  } catch {
    // Anybody can write the annotation; one that is no object grants nothing.
    return undefined;
  }
}
