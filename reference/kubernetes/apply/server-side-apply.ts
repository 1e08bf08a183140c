import type { StatusCause } from '../errors.ts';
import { ApiError } from '../errors.ts';
import type { JsonObject } from '../meta/json.ts';
import { deepEqual } from '../meta/json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../meta/objects.ts';
import { schemaOf } from '../schema/schemas.ts';
import type { FieldSet } from './field-set.ts';
import { difference, emptySet, intersection, isEmpty, pathsOf, toFieldsV1, union } from './field-set.ts';
import type { Manager, Tracking } from './managed-fields.ts';
import {
  compareObjects,
  entryOf,
  isSameManager,
  ownedFields,
  readManagers,
  writeManagers,
} from './managed-fields.ts';
import { mergeApplied, prune } from './typed.ts';

export interface ApplySettings extends Tracking {
  /** Take over what others own. */
  force: boolean;
}

/**
 * Server-side apply: lays `config` over the live object, removes what this manager applied before and no
 * longer does, and records what it owns. Throws Conflict with a cause for each field of another manager
 * that would change.
 */
export function applyConfiguration(
  old: KubeObject | undefined,
  config: KubeObject,
  settings: ApplySettings,
): KubeObject {
  const wanted = applicable(ownedFields(config, settings.type), settings.subresource);
  const entry = entryOf(settings, 'Apply');
  if (old === undefined) {
    writeManagers(config, [{ entry, fields: wanted }]);
    return config;
  }
  const schema = schemaOf(settings.type);
  const merged = mergeApplied(old as unknown as JsonObject, config as unknown as JsonObject, schema);
  const managers = readManagers(old);
  const mine = managers.find((manager) => isSameManager(manager.entry, entry));
  let others = managers.filter((manager) => manager !== mine);
  const { changed } = compareObjects(old, merged as unknown as KubeObject, settings.type);
  const contested = intersection(changed, wanted);
  if (settings.force)
    others = others.map((manager) => ({ ...manager, fields: difference(manager.fields, contested) }));
  else refuseConflicts(others, contested);
  const kept = others.reduce((set, { fields }) => union(set, fields), union(wanted, IDENTITY));
  const dropped = mine === undefined ? emptySet() : difference(mine.fields, wanted);
  const next = (prune(merged, dropped, kept, schema) ?? {}) as unknown as KubeObject;
  next.metadata.managedFields = [];
  const same = mine !== undefined && deepEqual(toFieldsV1(wanted), mine.entry.fieldsV1);
  writeManagers(next, [...others, { entry: same ? mine.entry : entry, fields: wanted }]);
  return next;
}

/** Never pruned. */
const IDENTITY: FieldSet = {
  member: false,
  children: new Map(['f:apiVersion', 'f:kind', 'f:metadata'].map((element) => [element, emptySet()])),
};

/** Through /status only the status can be applied, elsewhere everything but it. */
function applicable(fields: FieldSet, subresource: string): FieldSet {
  const keep = (element: string): boolean => (element === 'f:status') === (subresource === 'status');
  return { member: false, children: new Map([...fields.children].filter(([element]) => keep(element))) };
}

function refuseConflicts(others: readonly Manager[], contested: FieldSet): void {
  const causes: StatusCause[] = others.flatMap(({ entry, fields }) => {
    const shared = intersection(fields, contested);
    return isEmpty(shared)
      ? []
      : pathsOf(shared).map((field) => ({
          reason: 'FieldManagerConflict',
          message: `conflict with ${describe(entry)}`,
          field,
        }));
  });
  if (causes.length === 0) return;
  const text = causes.map(({ message, field }) => `${message}: ${field}`).join('\n');
  throw new ApiError(
    409,
    'Conflict',
    `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}: ${text}`,
    { causes },
  );
}

function describe({ manager, operation, apiVersion, subresource, time }: ManagedFieldsEntry): string {
  const through = subresource === undefined ? '' : ` with subresource "${subresource}"`;
  const at = operation === 'Update' && time !== undefined ? ` at ${time}` : '';
  return `"${manager}"${through} using ${apiVersion}${at}`;
}
