import type { StatusCause } from '../errors.ts';
import { ApiError } from '../errors.ts';
import type { JsonObject } from '../meta/json.ts';
import { deepEqual } from '../meta/json.ts';
import type { KubeObject, ManagedFieldsEntry } from '../meta/objects.ts';
import { schemaOf } from '../schema/schemas.ts';
import { inheritedFields, recordApplied } from './client-side-apply.ts';
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
  const inherited = inheritedFields(old, settings.manager, settings.type);
  if (!settings.force) refuseConflicts(others, difference(contested, inherited));
  others = others.map((manager) => ({ ...manager, fields: difference(manager.fields, contested) }));
  const kept = others.reduce((set, { fields }) => union(set, fields), union(wanted, IDENTITY));
  const dropped = mine === undefined ? emptySet() : difference(mine.fields, wanted);
  const next = (prune(merged, dropped, kept, schema) ?? {}) as unknown as KubeObject;
  recordApplied(next, config, settings.manager);
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
  const conflicts = others.flatMap(({ entry, fields }) => {
    const shared = intersection(fields, contested);
    return isEmpty(shared)
      ? []
      : pathsOf(shared)
          .toSorted()
          .map((field) => ({ manager: describe(entry), field }));
  });
  if (conflicts.length === 0) return;
  const causes = conflicts.map(({ manager, field }): StatusCause => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field,
  }));
  throw new ApiError(409, 'Conflict', conflictText(conflicts), { causes });
}

function conflictText(conflicts: readonly { manager: string; field: string }[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first) {
    return `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.field}`;
  }
  const lines = [...Map.groupBy(conflicts, ({ manager }) => manager)]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([manager, fields]) => [
      `conflicts with ${manager}:`,
      ...fields.map(({ field }) => `- ${field}`),
    ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function describe({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string {
  const through = subresource === undefined ? '' : ` with subresource "${subresource}"`;
  // Whoever applies does so in any version; a write is known by the version it was made in.
  const version = operation === 'Update' ? ` using ${apiVersion}` : '';
  return `"${manager}"${through}${version}`;
}
