import type { Json, JsonObject } from '../meta/json.ts';
import { deepEqual, isObject, own, setOwn } from '../meta/json.ts';
import type { ListSchema, Schema } from '../schema/notation.ts';
import type { FieldSet } from './field-set.ts';
import { emptySet } from './field-set.ts';

interface Child {
  value: Json;
  schema: Schema;
}

const LEAF: Schema = { type: 'scalar', scalar: 'json' };

/** Parts that are owned one by one; undefined for a value that is owned as a whole. */
function childrenOf(value: Json, schema: Schema): Map<string, Child> | undefined {
  const children = new Map<string, Child>();
  if (isObject(value)) {
    if (schema.type !== 'struct' && schema.type !== 'map') return undefined;
    if (schema.atomic) return undefined;
    for (const key of Object.keys(value)) {
      const item = value[key];
      if (item === undefined || item === null) continue;
      const sub = schema.type === 'map' ? schema.values : (schema.fields.get(key)?.schema ?? LEAF);
      children.set(`f:${key}`, { value: item, schema: sub });
    }
  } else if (Array.isArray(value) && schema.type === 'list' && (schema.set || schema.keys.length > 0)) {
    for (const item of value) children.set(elementOf(item, schema), { value: item, schema: schema.items });
  }
  return children.size === 0 ? undefined : children;
}

/** The path element of a list's item. */
function elementOf(item: Json, schema: ListSchema): string {
  if (schema.set) return `v:${JSON.stringify(item)}`;
  const keys: JsonObject = {};
  for (const key of schema.keys.toSorted()) {
    const field = schema.items.type === 'struct' ? schema.items.fields.get(key) : undefined;
    const value = isObject(item) ? (own(item, key) ?? field?.fallback) : undefined;
    if (value !== undefined) keys[key] = value;
  }
  return `k:${JSON.stringify(keys)}`;
}

/** All paths of a value; an item of a keyed list counts as one itself. */
export function setOf(value: Json, schema: Schema): FieldSet {
  const children = childrenOf(value, schema);
  const set = emptySet(children === undefined);
  for (const [element, child] of children ?? []) {
    const sub = setOf(child.value, child.schema);
    if (element.startsWith('k:')) sub.member = true;
    set.children.set(element, sub);
  }
  return set;
}

export interface Comparison {
  /** Paths that are new or have another value. */
  changed: FieldSet;
  removed: FieldSet;
}

export function compare(old: Json, next: Json, schema: Schema): Comparison {
  const before = childrenOf(old, schema);
  const after = childrenOf(next, schema);
  if (before === undefined && after === undefined) {
    return { changed: emptySet(!deepEqual(old, next)), removed: emptySet() };
  }
  const changed = emptySet(after === undefined);
  const removed = emptySet(before === undefined);
  for (const [element, child] of after ?? []) {
    const was = before?.get(element);
    if (was === undefined) add(changed, element, setOf(child.value, child.schema));
    else if (was.value !== child.value) {
      const inner = compare(was.value, child.value, child.schema);
      if (inner.changed.member || inner.changed.children.size > 0)
        changed.children.set(element, inner.changed);
      if (inner.removed.member || inner.removed.children.size > 0)
        removed.children.set(element, inner.removed);
    }
  }
  for (const [element, child] of before ?? []) {
    if (after?.has(element) !== true) add(removed, element, setOf(child.value, child.schema));
  }
  return { changed, removed };
}

function add(set: FieldSet, element: string, part: FieldSet): void {
  if (element.startsWith('k:')) part.member = true;
  set.children.set(element, part);
}

/** The live value with the applied one laid over it. */
export function mergeApplied(live: Json | undefined, applied: Json, schema: Schema): Json {
  if (live === undefined || childrenOf(applied, schema) === undefined) {
    // An empty object or list of parts changes nothing that is there.
    return live !== undefined && isContainer(live, schema) && isContainer(applied, schema) ? live : applied;
  }
  if (isObject(applied) && isObject(live)) {
    const out: JsonObject = { ...live };
    for (const [element, { value, schema: sub }] of childrenOf(applied, schema) ?? []) {
      const key = element.slice(2);
      setOwn(out, key, mergeApplied(own(live, key), value, sub));
    }
    return out;
  }
  if (Array.isArray(applied) && Array.isArray(live) && schema.type === 'list') {
    const wanted = childrenOf(applied, schema) ?? new Map<string, Child>();
    const known = new Set<string>();
    const out = live.map((item) => {
      const element = elementOf(item, schema);
      known.add(element);
      const match = wanted.get(element);
      return match === undefined ? item : mergeApplied(item, match.value, schema.items);
    });
    for (const [element, { value }] of wanted) if (!known.has(element)) out.push(value);
    return out;
  }
  return applied;
}

function isContainer(value: Json, schema: Schema): boolean {
  if (isObject(value)) return (schema.type === 'struct' || schema.type === 'map') && !schema.atomic;
  return Array.isArray(value) && schema.type === 'list' && (schema.set || schema.keys.length > 0);
}

/** Removes what `dropped` names and `kept` does not; undefined when nothing is left of the value. */
export function prune(
  value: Json,
  dropped: FieldSet,
  kept: FieldSet | undefined,
  schema: Schema,
): Json | undefined {
  if (kept === undefined && dropped.member) return undefined;
  const parts = childrenOf(value, schema);
  if (parts === undefined) return kept === undefined && dropped.children.size === 0 ? undefined : value;
  const pruned = (element: string, child: Child): Json | undefined => {
    const inner = dropped.children.get(element);
    return inner === undefined
      ? child.value
      : prune(child.value, inner, kept?.children.get(element), child.schema);
  };
  if (Array.isArray(value)) {
    const items = [...parts].flatMap(([element, child]) => {
      const item = pruned(element, child);
      return item === undefined ? [] : [item];
    });
    return items.length === 0 ? undefined : items;
  }
  const out: JsonObject = {};
  for (const [element, child] of parts) {
    const item = pruned(element, child);
    if (item !== undefined) setOwn(out, element.slice(2), item);
  }
  return Object.keys(out).length === 0 ? undefined : out;
}
