import { badRequest, methodNotAllowed, notFound } from '../errors.ts';
import type { JsonObject } from '../meta/json.ts';
import { isObject } from '../meta/json.ts';
import type { Deployment, KubeObject } from '../meta/objects.ts';
import { mediaType, readObjectBody } from '../request/body.ts';
import type { ResourceDefinition, Verb } from '../resources/definition.ts';
import { age, ageColumn, column, nameColumn } from '../resources/definition.ts';
import { formatLabelSelector } from '../selectors/labels.ts';
import type { ApiResponse } from '../types.ts';
import { mutate } from '../verbs/mutate.ts';
import { decodeObject } from './decode-object.ts';
import type { Exchange } from './exchange.ts';
import { objectResponse } from './respond.ts';
import { patcherOf, writeOf } from './writes.ts';

const SCALE = { apiVersion: 'autoscaling/v1', kind: 'Scale', type: 'Scale' };

/** How a Scale looks as a table. */
const PRINTED: Pick<ResourceDefinition, 'columns' | 'cells'> = {
  columns: [
    nameColumn,
    column('Desired', { type: 'integer' }),
    column('Available', { type: 'integer' }),
    ageColumn,
  ],
  cells: (object, now) => {
    const { metadata, spec, status } = object as Deployment;
    return [
      metadata.name ?? '',
      spec.replicas ?? 0,
      status?.replicas ?? 0,
      age(metadata.creationTimestamp, now),
    ];
  },
};

/** The scale subresource: a view of the number of replicas. */
export async function handleScale(exchange: Exchange, verb: Verb): Promise<ApiResponse> {
  const { resource, target, machinery } = exchange;
  if (verb === 'get') {
    const stored = await machinery.objects.get(resource, target.namespace, target.name);
    if (stored === undefined) throw notFound(resource, target.name);
    await exchange.admit(stored.object, undefined);
    return respond(exchange, stored.object);
  }
  if (verb !== 'update' && verb !== 'patch') throw methodNotAllowed();
  const write = writeOf(exchange);
  const { fieldValidation } = write.options;
  const next = scaleReader(exchange, verb);
  const stored = await mutate(
    machinery,
    target,
    (object) => {
      const { value, duplicates } = next(scaleOf(object));
      const scale = decodeObject(value, duplicates, SCALE, fieldValidation, exchange.warnings);
      if (scale.metadata.name !== undefined && scale.metadata.name !== target.name) {
        throw badRequest(
          `the name of the object (${scale.metadata.name}) does not match the name on the URL (${target.name})`,
        );
      }
      return withReplicas(object, scale);
    },
    { write },
  );
  return respond(exchange, stored.object);
}

type Reader = (present: KubeObject) => { value: JsonObject; duplicates: string[] };

function scaleReader({ request }: Exchange, verb: 'update' | 'patch'): Reader {
  const contentType = request.headers['content-type'];
  if (verb === 'update') {
    const body = readObjectBody(request.body, contentType);
    return () => body;
  }
  const patch = patcherOf(mediaType(contentType), request.body, 'Scale');
  return (present) => ({
    value: patch.apply(present as unknown as JsonObject),
    duplicates: patch.duplicates,
  });
}

function withReplicas(object: KubeObject, scale: KubeObject): KubeObject {
  const spec = scale['spec'];
  const replicas = isObject(spec) ? (spec['replicas'] ?? 0) : 0;
  const { resourceVersion } = scale.metadata;
  return {
    ...object,
    metadata: { ...object.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    spec: { ...(object as Deployment).spec, replicas },
  };
}

function scaleOf(object: KubeObject): KubeObject {
  const { metadata, spec, status } = object as Deployment;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = metadata;
  return structuredClone({
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'],
    spec: { replicas: spec.replicas ?? 0 },
    status: { replicas: status?.replicas ?? 0, selector: formatLabelSelector(spec.selector) },
  });
}

function respond(exchange: Exchange, object: KubeObject): ApiResponse {
  const scale = scaleOf(object);
  const printed = { ...exchange, resource: { ...exchange.resource, ...PRINTED } };
  return objectResponse(printed, 200, { object: scale, json: () => JSON.stringify(scale) });
}
