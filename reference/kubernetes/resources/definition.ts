import type { FieldError } from '../errors.ts';
import type { Json } from '../meta/json.ts';
import type { NameRule } from '../meta/names.ts';
import type { KubeObject } from '../meta/objects.ts';
import type { FieldGetters } from '../selectors/fields.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';
export type Subresource = 'status' | 'scale' | 'binding' | 'eviction' | 'log' | 'finalize';

/** A column of kubectl's table; priority 1 shows with `-o wide` only. */
export interface Column {
  name: string;
  type: 'string' | 'integer';
  format?: 'name';
  priority: 0 | 1;
}

/** Everything the server knows about one kind. */
export interface ResourceDefinition {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  shortNames: readonly string[];
  categories: readonly string[];
  namespaced: boolean;
  /** Name of its schema. */
  type: string;
  /** Shown by `kubectl explain`. */
  description: string;
  /** First part of its keys in the store; two kinds that share it are two views of the same objects. */
  storage: string;
  /** Virtual kinds are answered on create and never stored. */
  virtual: boolean;
  verbs: readonly Verb[];
  subresources: readonly Subresource[];
  nameRule: NameRule;
  columns: readonly Column[];
  /** One cell a column; `now` in milliseconds. */
  cells(object: KubeObject, now: number): Json[];
  /** What field selectors may name. */
  fields: FieldGetters;
  /** The store itself removes objects this many seconds after their last write. */
  ttlSeconds: number | undefined;
  /** Whether `metadata.generation` counts changes of the desired state. */
  generation: boolean;
  /** PUT of an absent name creates it. */
  createOnUpdate: boolean;
  defaults(object: KubeObject): void;
  /** Removes what a client may not set when it creates. */
  prepareCreate(object: KubeObject): void;
  /** Puts back what an update may not change silently. */
  prepareUpdate(next: KubeObject, old: KubeObject): void;
  validate(object: KubeObject, old: KubeObject | undefined): FieldError[];
  /** Seconds between a deletion and the object's removal; 0 removes at once. */
  gracePeriod(object: KubeObject, asked: number | undefined): number;
  /** A stored object as this kind shows it. */
  fromStored(object: KubeObject): KubeObject;
  toStored(object: KubeObject): KubeObject;
}

type Given = Pick<ResourceDefinition, 'kind' | 'plural' | 'description'> & Partial<ResourceDefinition>;

const ALL_VERBS: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** An entry of the table; what is left out is what most kinds have. */
export function define(given: Given): ResourceDefinition {
  return {
    group: '',
    version: 'v1',
    singular: given.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    type: given.kind,
    storage: given.plural,
    virtual: false,
    verbs: ALL_VERBS,
    subresources: [],
    nameRule: 'subdomain',
    columns: [nameColumn, ageColumn],
    cells: (object, now) => [object.metadata.name, age(object.metadata.creationTimestamp, now)],
    ttlSeconds: undefined,
    generation: false,
    createOnUpdate: false,
    defaults: () => undefined,
    prepareCreate: () => undefined,
    prepareUpdate: () => undefined,
    validate: () => [],
    gracePeriod: () => 0,
    fromStored: (object) => object,
    toStored: (object) => object,
    ...given,
    fields: {
      'metadata.name': (object) => object.metadata.name,
      'metadata.namespace': (object) => object.metadata.namespace ?? '',
      ...given.fields,
    },
  };
}

export const nameColumn: Column = { name: 'Name', type: 'string', format: 'name', priority: 0 };
export const ageColumn: Column = { name: 'Age', type: 'string', priority: 0 };

export function column(name: string, options: { wide?: boolean; type?: 'integer' } = {}): Column {
  return { name, type: options.type ?? 'string', priority: options.wide === true ? 1 : 0 };
}

/** How long ago, in kubectl's words; `<unknown>` for no time. */
export function age(time: string | undefined, now: number): string {
  if (time === undefined) return '<unknown>';
  return duration(Math.floor((now - Date.parse(time)) / 1000));
}

/** Seconds as kubectl writes them: two units while short, one when long. */
export function duration(seconds: number): string {
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return two(days, 'd', hours % 24, 'h');
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  return days < 2920 ? two(years, 'y', days % 365, 'd') : `${years}y`;
}

const two = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
