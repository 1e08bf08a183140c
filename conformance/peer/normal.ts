import { asObject } from '../runner/expectations.ts';
import { PEER_NAMES } from './crd.ts';

/** An answer in the words that both sides share. */
export interface Normal {
  status: number;
  body: unknown;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const TIMES = ['creationTimestamp', 'deletionTimestamp'];

/** The custom resource's names as those of the resource it stands for; longer ones first. */
const RENAMED: readonly (readonly [string, string])[] = [
  [`${PEER_NAMES.plural}.${PEER_NAMES.group}`, 'configmaps'],
  [`${PEER_NAMES.kind}.${PEER_NAMES.group}`, 'ConfigMap'],
  [PEER_NAMES.apiVersion, 'v1'],
  [PEER_NAMES.kind, 'ConfigMap'],
  [`"${PEER_NAMES.plural}"`, '"configmaps"'],
];

/**
 * Brings the answers of one side into a form in which those of another side that behaves alike are equal: uids and
 * resourceVersions by the order in which they appear, generated names by their prefix, no times.
 */
export class Normaliser {
  readonly #uids = new Map<string, string>();
  readonly #versions = new Map<string, string>();

  answer(status: number, text: string): Normal {
    let renamed = text;
    for (const [theirs, ours] of RENAMED) renamed = renamed.replaceAll(theirs, ours);
    try {
      return { status, body: this.#value(JSON.parse(renamed)) };
    } catch {
      return { status, body: renamed.trim() };
    }
  }

  event(event: unknown): unknown {
    const { type, object } = asObject(event);
    return { type, object: this.answer(0, JSON.stringify(object)).body };
  }

  #value(value: unknown): unknown {
    const body = asObject(value);
    if (body['kind'] === 'Status') return this.#status(body);
    if (Array.isArray(body['items'])) return this.#list(body);
    if ('metadata' in body) return this.#object(body);
    return value;
  }

  #status({ status, reason, message, code, details }: Record<string, unknown>): object {
    const { name, kind, uid, causes } = asObject(details);
    return {
      status,
      reason,
      code,
      message: typeof message === 'string' ? blurred(message) : message,
      details: {
        name: typeof name === 'string' ? shortName(name) : undefined,
        kind,
        uid: this.#id(this.#uids, 'uid', uid),
        causes: Array.isArray(causes)
          ? byText(causes.map((cause) => this.#cause(asObject(cause))))
          : undefined,
      },
    };
  }

  #cause({ reason, message, field }: Record<string, unknown>): object {
    return { reason, message: typeof message === 'string' ? blurred(message) : message, field };
  }

  #list({ kind, apiVersion, items, metadata }: Record<string, unknown>): object {
    const { continue: next, remainingItemCount, resourceVersion } = asObject(metadata);
    return {
      kind,
      apiVersion,
      items: (items as unknown[]).map((item) => this.#object(asObject(item))),
      more: typeof next === 'string' && next !== '',
      remaining: remainingItemCount,
      version: typeof resourceVersion,
    };
  }

  #object({ kind, apiVersion, metadata, data, ...more }: Record<string, unknown>): object {
    const {
      uid,
      resourceVersion,
      managedFields,
      name,
      generation: _,
      labels,
      finalizers,
      ...rest
    } = asObject(metadata);
    for (const field of TIMES) {
      if (typeof rest[field] === 'string' && TIME.test(rest[field])) rest[field] = 'a time';
    }
    return {
      kind,
      apiVersion,
      ...more,
      data: filled(data),
      metadata: {
        ...rest,
        labels: filled(labels),
        finalizers,
        name: typeof name === 'string' ? shortName(name) : name,
        uid: this.#id(this.#uids, 'uid', uid),
        resourceVersion: this.#id(this.#versions, 'version', resourceVersion),
        managedFields: Array.isArray(managedFields) ? managers(managedFields) : undefined,
      },
    };
  }

  #id(known: Map<string, string>, word: string, value: unknown): string | undefined {
    if (typeof value !== 'string' || value === '') return undefined;
    const id = known.get(value) ?? `${word} ${known.size + 1}`;
    known.set(value, id);
    return id;
  }
}

/** A map without entries counts as none: the typed resource leaves it out, the custom one keeps it. */
const filled = (map: unknown): unknown => (Object.keys(asObject(map)).length === 0 ? undefined : map);

/** Managers and causes have no order. */
const textually = (one: object, other: object): number =>
  JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
const byText = (items: readonly object[]): object[] => items.toSorted(textually);

/** A generated name without its random end. */
const shortName = (name: string): string => name.replace(/^([a-c]-\d+-)[a-z0-9]{5}$/, '$1?????');

const blurred = (message: string): string =>
  message.replaceAll(UUID, '<uid>').replaceAll(/\b\d{1,9}\b/g, '<n>');

function managers(entries: readonly unknown[]): unknown[] {
  return entries
    .map((entry) => {
      const { time: _, fieldsV1, ...rest } = asObject(entry);
      return { ...rest, fieldsV1: withoutDots(fieldsV1) };
    })
    .filter(({ fieldsV1 }) => fieldsV1 !== undefined)
    .toSorted(textually);
}

/**
 * The `.` of a map says that the manager made the map itself, which matters only where empty maps are kept. What holds
 * nothing else is left out.
 */
function withoutDots(fields: unknown): unknown {
  const all = Object.entries(asObject(fields));
  const inner = all
    .filter(([name]) => name !== '.')
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => [name, withoutDots(value)] as const)
    .filter(([, value]) => value !== undefined);
  return all.length > 0 && inner.length === 0 ? undefined : Object.fromEntries(inner);
}
