import { fieldInvalid } from '../errors.ts';
import type { KubeObject } from '../meta/objects.ts';
import { age, column, define } from './definition.ts';

interface Reference {
  kind?: string;
  namespace?: string;
  name?: string;
  uid?: string;
  apiVersion?: string;
  resourceVersion?: string;
  fieldPath?: string;
}

interface Source {
  component?: string;
  host?: string;
}

/** The core form, which is the stored one. */
export interface CoreEvent extends KubeObject {
  involvedObject: Reference;
  reason?: string;
  message?: string;
  type?: string;
  source?: Source;
  count?: number;
  firstTimestamp?: string;
  lastTimestamp?: string;
  eventTime?: string;
  reportingComponent?: string;
  series?: { count?: number; lastObservedTime?: string };
}

const asEvent = (object: KubeObject): CoreEvent => object as CoreEvent;
const HOUR = 3600;

const involved =
  (field: keyof Reference) =>
  (object: KubeObject): string =>
    asEvent(object).involvedObject?.[field] ?? '';

const columns = [
  column('Last Seen'),
  column('Type'),
  column('Reason'),
  column('Object'),
  column('Subobject', { wide: true }),
  column('Source', { wide: true }),
  column('Message'),
  column('First Seen', { wide: true }),
  column('Count', { wide: true, type: 'integer' }),
  { ...column('Name', { wide: true }), format: 'name' as const },
];

function cells(object: KubeObject, now: number) {
  const event = asEvent(object);
  const first = event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  const { kind = '', name = '', fieldPath = '' } = event.involvedObject;
  const source = [event.source?.component ?? event.reportingComponent ?? '', event.source?.host ?? ''];
  return [
    age(event.series?.lastObservedTime ?? event.lastTimestamp ?? first, now),
    event.type ?? '',
    event.reason ?? '',
    `${kind.toLowerCase()}/${name}`,
    fieldPath,
    source.filter((part) => part !== '').join(', '),
    (event.message ?? '').trim(),
    age(first, now),
    event.series?.count ?? event.count ?? 1,
    event.metadata.name,
  ];
}

const shared = {
  kind: 'Event',
  plural: 'events',
  shortNames: ['ev'],
  description: 'Something that happened to an object; kept for an hour.',
  storage: 'events',
  ttlSeconds: HOUR,
  createOnUpdate: true,
  columns,
};

export const events = define({
  ...shared,
  cells,
  fields: {
    'involvedObject.kind': involved('kind'),
    'involvedObject.namespace': involved('namespace'),
    'involvedObject.name': involved('name'),
    'involvedObject.uid': involved('uid'),
    'involvedObject.apiVersion': involved('apiVersion'),
    'involvedObject.resourceVersion': involved('resourceVersion'),
    'involvedObject.fieldPath': involved('fieldPath'),
    reason: (object) => asEvent(object).reason ?? '',
    reportingComponent: (object) => asEvent(object).reportingComponent ?? '',
    source: (object) => asEvent(object).source?.component ?? asEvent(object).reportingComponent ?? '',
    type: (object) => asEvent(object).type ?? '',
  },
  validate: (object) => {
    const { involvedObject, metadata } = asEvent(object);
    const wanted = involvedObject?.namespace ?? '';
    const fits = wanted === metadata.namespace || (wanted === '' && metadata.namespace === 'default');
    return fits ? [] : [fieldInvalid('involvedObject.namespace', wanted, 'does not match event.namespace')];
  },
});

/** Pairs of the same field in events.k8s.io and in the core group. */
const RENAMED: readonly [grouped: string, core: string][] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedCount', 'count'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
];

function rename(object: KubeObject, apiVersion: string, from: 0 | 1): KubeObject {
  const names = new Map(RENAMED.map((pair) => [pair[from], pair[from === 0 ? 1 : 0]]));
  const renamed = Object.entries(object).map(([key, value]) => [names.get(key) ?? key, value] as const);
  return { ...object, ...Object.fromEntries(renamed), ...removed(object, names), apiVersion };
}

function removed(object: KubeObject, names: ReadonlyMap<string, string>): Record<string, undefined> {
  return Object.fromEntries([...names.keys()].filter((key) => key in object).map((key) => [key, undefined]));
}

export const groupedEvents = define({
  ...shared,
  group: 'events.k8s.io',
  type: 'EventsEvent',
  cells: (object, now) => cells(rename(object, 'v1', 0), now),
  fields: {
    'regarding.kind': (object) => involved('kind')(rename(object, 'v1', 0)),
    'regarding.namespace': (object) => involved('namespace')(rename(object, 'v1', 0)),
    'regarding.name': (object) => involved('name')(rename(object, 'v1', 0)),
    'regarding.uid': (object) => involved('uid')(rename(object, 'v1', 0)),
    reason: (object) => asEvent(object).reason ?? '',
    type: (object) => asEvent(object).type ?? '',
  },
  validate: (object) => events.validate(rename(object, 'v1', 0), undefined),
  toStored: (object) => rename(object, 'v1', 0),
  fromStored: (object) => rename(object, 'events.k8s.io/v1', 1),
});
