import { timestamp } from '../clock.ts';
import type { JsonObject } from '../meta/json.ts';
import { deepEqual, isObject } from '../meta/json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../meta/objects.ts';
import { schemaOf } from '../schema/schemas.ts';
import type { FieldSet } from './field-set.ts';
import { difference, emptySet, fromFieldsV1, isEmpty, toFieldsV1, union } from './field-set.ts';
import type { Comparison } from './typed.ts';
import { compare, setOf } from './typed.ts';

/** Who writes, and how. */
export interface Tracking {
  manager: string;
  subresource: string;
  apiVersion: string;
  /** Schema of the object. */
  type: string;
  /** Milliseconds. */
  now: number;
}

/** The fields one manager owns. */
export interface Manager {
  entry: ManagedFieldsEntry;
  fields: FieldSet;
}

/** Only the server sets these, so nobody owns them. */
const UNOWNED = new Set(
  [
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'selfLink',
    'managedFields',
  ].map((field) => `f:${field}`),
);

/** The fields of an object that can be owned. */
export function ownedFields(object: KubeObject, type: string): FieldSet {
  return ownable(setOf(object as unknown as JsonObject, schemaOf(type)));
}

export function compareObjects(old: KubeObject, next: KubeObject, type: string): Comparison {
  const { changed, removed } = compare(
    old as unknown as JsonObject,
    next as unknown as JsonObject,
    schemaOf(type),
  );
  return { changed: ownable(changed), removed: ownable(removed) };
}

function ownable(set: FieldSet): FieldSet {
  const out: FieldSet = { member: false, children: new Map(set.children) };
  out.children.delete('f:apiVersion');
  out.children.delete('f:kind');
  const metadata = out.children.get('f:metadata');
  if (metadata !== undefined) {
    const children = new Map([...metadata.children].filter(([element]) => !UNOWNED.has(element)));
    if (children.size === 0) out.children.delete('f:metadata');
    else out.children.set('f:metadata', { member: false, children });
  }
  return out;
}

export function readManagers(object: KubeObject | undefined): Manager[] {
  return (object?.metadata.managedFields ?? []).map((entry) => ({
    entry,
    fields: fromFieldsV1(entry.fieldsV1),
  }));
}

/**
 * The managers before a write: those the client put into its object, which is how it hands fields from one manager to
 * another, else those of the live object. A single empty entry means none at all.
 */
function declaredManagers(old: KubeObject | undefined, next: KubeObject, subresource: string): Manager[] {
  const given = subresource === '' ? (next.metadata.managedFields ?? []) : [];
  if (given.length === 1 && given.every((entry) => Object.keys(entry).length === 0)) return [];
  return readManagers(given.length > 0 && given.every(isReadable) ? next : old);
}

function isReadable({ operation, fieldsType, fieldsV1 }: Partial<ManagedFieldsEntry>): boolean {
  return (operation === 'Apply' || operation === 'Update') && fieldsType === 'FieldsV1' && isObject(fieldsV1);
}

/** Writes the managers that still own something. */
export function writeManagers(object: KubeObject, managers: readonly Manager[]): void {
  const entries = managers
    .filter(({ fields }) => !isEmpty(fields))
    .map(({ entry, fields }) => ({ ...entry, fieldsV1: toFieldsV1(fields) }));
  if (entries.length === 0) delete object.metadata.managedFields;
  else object.metadata.managedFields = entries;
}

export function entryOf(
  { manager, subresource, apiVersion, now }: Tracking,
  operation: 'Apply' | 'Update',
): ManagedFieldsEntry {
  return {
    manager,
    operation,
    apiVersion,
    time: timestamp(now),
    fieldsType: 'FieldsV1',
    ...(subresource === '' ? {} : { subresource }),
  };
}

export function isSameManager(left: ManagedFieldsEntry, right: ManagedFieldsEntry): boolean {
  return (
    left.manager === right.manager &&
    left.operation === right.operation &&
    left.apiVersion === right.apiVersion &&
    (left.subresource ?? '') === (right.subresource ?? '')
  );
}

/** After a create, update or patch: its manager owns what it changed, and nobody else does any more. */
export function trackUpdate(old: KubeObject | undefined, next: KubeObject, tracking: Tracking): void {
  const { changed, removed } =
    old === undefined
      ? { changed: ownedFields(next, tracking.type), removed: emptySet() }
      : compareObjects(old, next, tracking.type);
  const managers = declaredManagers(old, next, tracking.subresource);
  if (isEmpty(changed) && isEmpty(removed)) {
    writeManagers(next, managers);
    return;
  }
  const entry = entryOf(tracking, 'Update');
  const mine = managers.find((manager) => isSameManager(manager.entry, entry));
  const own = difference(union(mine?.fields ?? emptySet(), changed), removed);
  const others = managers
    .filter((manager) => manager !== mine)
    .map((manager) => ({ ...manager, fields: difference(difference(manager.fields, changed), removed) }));
  const same = mine !== undefined && deepEqual(toFieldsV1(own), mine.entry.fieldsV1);
  writeManagers(next, [...others, { entry: same ? mine.entry : entry, fields: own }]);
}
