import type { JsonObject } from '../meta/json.ts';
import { isObject, setOwn } from '../meta/json.ts';

/**
 * A set of field paths as a tree. An element is `f:<field>`, `k:<keys of a list item>` or `v:<value of a
 * set>`, as in FieldsV1; `member` says that the path up to here belongs to the set itself.
 */
export interface FieldSet {
  member: boolean;
  children: Map<string, FieldSet>;
}

export function emptySet(member = false): FieldSet {
  return { member, children: new Map() };
}

export function isEmpty(set: FieldSet): boolean {
  return !set.member && set.children.size === 0;
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  const out: FieldSet = { member: left.member || right.member, children: new Map(left.children) };
  for (const [element, child] of right.children) {
    const present = out.children.get(element);
    out.children.set(element, present === undefined ? child : union(present, child));
  }
  return out;
}

export function difference(left: FieldSet, right: FieldSet): FieldSet {
  const out = emptySet(left.member && !right.member);
  for (const [element, child] of left.children) {
    const taken = right.children.get(element);
    const rest = taken === undefined ? child : difference(child, taken);
    if (!isEmpty(rest)) out.children.set(element, rest);
  }
  return out;
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  const out = emptySet(left.member && right.member);
  for (const [element, child] of left.children) {
    const other = right.children.get(element);
    const shared = other && intersection(child, other);
    if (shared !== undefined && !isEmpty(shared)) out.children.set(element, shared);
  }
  return out;
}

/** Paths of the members, written as `.spec.containers[name="web"].image`. */
export function pathsOf(set: FieldSet, prefix = ''): string[] {
  const own = set.member && prefix !== '' ? [prefix] : [];
  return own.concat(
    ...[...set.children].map(([element, child]) => pathsOf(child, prefix + formatElement(element))),
  );
}

function formatElement(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('v:')) return `[=${text}]`;
  const keys: unknown = JSON.parse(text);
  const parts = isObject(keys)
    ? Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    : [];
  return `[${parts.join(',')}]`;
}

/** FieldsV1. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const out: JsonObject = {};
  if (set.member && set.children.size > 0) out['.'] = {};
  for (const [element, child] of set.children) setOwn(out, element, toFieldsV1(child));
  return out;
}

/** Reads FieldsV1; what is no tree of objects is left out. */
export function fromFieldsV1(fields: JsonObject | undefined, root = true): FieldSet {
  const keys = Object.keys(fields ?? {});
  const set = emptySet(!root && (keys.length === 0 || keys.includes('.')));
  for (const key of keys) {
    const child = fields?.[key];
    if (key !== '.' && /^[fkv]:/u.test(key) && isObject(child))
      set.children.set(key, fromFieldsV1(child, false));
  }
  return set;
}
