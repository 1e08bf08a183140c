import type { JsonObject } from '../meta/json.ts';
import type { KubeObject } from '../meta/objects.ts';
import type { Column, ResourceDefinition } from '../resources/definition.ts';

export type IncludeObject = 'None' | 'Metadata' | 'Object';

export interface TableMeta {
  resourceVersion?: string;
  continue?: string;
  remainingItemCount?: number;
}

/** A meta.k8s.io Table; a watch leaves the column definitions out of all but its first one. */
export function makeTable(
  resource: ResourceDefinition,
  objects: readonly KubeObject[],
  options: {
    version: 'v1' | 'v1beta1';
    include: IncludeObject;
    now: number;
    metadata: TableMeta;
    headers: boolean;
  },
): JsonObject {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata: { ...options.metadata },
    columnDefinitions: options.headers ? resource.columns.map(definitionOf) : [],
    rows: objects.map((object) => ({
      cells: resource.cells(object, options.now),
      ...rowObject(object, options.include, options.version),
    })),
  };
}

function definitionOf({ name, type, format, priority }: Column): JsonObject {
  return { name, type, format: format ?? '', description: `${name} of the object.`, priority };
}

function rowObject(object: KubeObject, include: IncludeObject, version: string): JsonObject {
  if (include === 'None') return {};
  return {
    object: (include === 'Object' ? object : partialMetadata(object, version)) as unknown as JsonObject,
  };
}

/** An object without everything but its metadata. */
export function partialMetadata({ metadata }: KubeObject, version: string): JsonObject {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: metadata as unknown as JsonObject,
  };
}
