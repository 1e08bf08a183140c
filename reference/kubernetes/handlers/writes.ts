import { applyConfiguration } from '../apply/server-side-apply.ts';
import {
  badRequest,
  fieldInvalid,
  fieldRequired,
  invalid,
  isApiError,
  methodNotAllowed,
  notFound,
  unsupportedMediaType,
} from '../errors.ts';
import type { Json, JsonObject } from '../meta/json.ts';
import { isObject } from '../meta/json.ts';
import type { KubeObject } from '../meta/objects.ts';
import { applyJsonPatch } from '../patch/json-patch.ts';
import { applyMergePatch } from '../patch/merge-patch.ts';
import { applyStrategicMerge } from '../patch/strategic-merge.ts';
import { mediaType, readObjectBody, readYamlBody } from '../request/body.ts';
import { deleteOptions } from '../request/delete-options.ts';
import { parseJsonBytes } from '../request/json-text.ts';
import type { WriteOptions } from '../request/options.ts';
import { listOptions, writeOptions } from '../request/options.ts';
import { apiVersionOf } from '../resources/table.ts';
import { schemaOf } from '../schema/schemas.ts';
import type { Stored } from '../storage/object-store.ts';
import type { ApiResponse } from '../types.ts';
import type { Write } from '../verbs/context.ts';
import { create } from '../verbs/create.ts';
import { remove, removeAll } from '../verbs/delete.ts';
import { selectionOf } from '../verbs/list.ts';
import { mutate } from '../verbs/mutate.ts';
import { decodeObject, expectedOf } from './decode-object.ts';
import type { Exchange } from './exchange.ts';
import { objectResponse, statusResponse } from './respond.ts';

export function writeOf(exchange: Exchange): Write {
  return {
    options: writeOptions(exchange.query, exchange.request.headers['user-agent'] ?? ''),
    admit: exchange.admit,
  };
}

export async function handleCreate(exchange: Exchange): Promise<ApiResponse> {
  const { resource, target, request } = exchange;
  if (resource.namespaced && target.namespace === '') throw methodNotAllowed();
  const write = writeOf(exchange);
  const object = readObject(exchange, write.options);
  checkNamespace(object, target.namespace);
  const name = object.metadata.name ?? '';
  const stored = await create(exchange.machinery, { ...target, name }, object, write);
  return objectResponse(exchange, request.method === 'POST' ? 201 : 200, stored);
}

export async function handleUpdate(exchange: Exchange): Promise<ApiResponse> {
  const { resource, target, machinery } = exchange;
  const write = writeOf(exchange);
  const object = readObject(exchange, write.options);
  checkNamespace(object, target.namespace);
  checkNamed(object, target.name);
  checkName(object, target.name);
  try {
    const stored = await mutate(machinery, target, () => structuredClone(object), { write, put: true });
    return objectResponse(exchange, 200, stored);
  } catch (error) {
    if (!isApiError(error, 'NotFound') || !resource.createOnUpdate || target.subresource !== '') throw error;
    if ((object.metadata.uid ?? '') !== '') throw error;
    await exchange.authorize({ ...exchange.attributes, verb: 'create' });
    const { resourceVersion: _, ...metadata } = object.metadata;
    return objectResponse(exchange, 201, await create(machinery, target, { ...object, metadata }, write));
  }
}

const PATCH_TYPES = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];

export async function handlePatch(exchange: Exchange): Promise<ApiResponse> {
  const { stored, created } = await patchObject(exchange);
  return objectResponse(exchange, created ? 201 : 200, stored);
}

async function patchObject(exchange: Exchange): Promise<{ stored: Stored; created: boolean }> {
  const { resource, target, request, machinery } = exchange;
  const type = mediaType(request.headers['content-type']);
  const write = writeOf(exchange);
  if (type === 'application/apply-patch+yaml') return applyObject(exchange, write);
  const patch = patcherOf(type, request.body, resource.type);
  const stored = await mutate(
    machinery,
    target,
    (old) => {
      const warnings: string[] = [];
      const patched = patch.apply(old as unknown as JsonObject);
      const { fieldValidation } = write.options;
      const next = ofPatch(() =>
        decodeObject(patched, patch.duplicates, expectedOf(resource), fieldValidation, warnings),
      );
      checkNamed(next, target.name);
      exchange.warnings.splice(0, exchange.warnings.length, ...warnings);
      return next;
    },
    { write },
  );
  return { stored, created: false };
}

/** The client sent a well-formed patch: what does not fit is the object that it makes. */
function ofPatch(decode: () => KubeObject): KubeObject {
  try {
    return decode();
  } catch (error) {
    if (!isApiError(error, 'BadRequest')) throw error;
    // The object itself stays out of the message: it may be a Secret.
    throw invalid('', '', '', [fieldInvalid('patch', '', error.message)]);
  }
}

function asObject(result: Json): JsonObject {
  if (!isObject(result)) throw badRequest('the patch leaves no object');
  return result;
}

interface Patcher {
  duplicates: string[];
  apply(old: JsonObject): JsonObject;
}

/** Reads the patch once; it is applied anew for every attempt. Throws 415 for a type that is none. */
export function patcherOf(type: string, body: Uint8Array, schema: string): Patcher {
  if (!PATCH_TYPES.includes(type)) throw unsupportedMediaType(PATCH_TYPES);
  const { value, duplicates } = parseJsonBytes(body);
  if (type === 'application/json-patch+json') {
    return { duplicates: [], apply: (old) => asObject(applyJsonPatch(old, value)) };
  }
  if (!isObject(value)) throw badRequest('the patch is not an object');
  if (type === 'application/merge-patch+json')
    return { duplicates, apply: (old) => asObject(applyMergePatch(old, value)) };
  return { duplicates, apply: (old) => applyStrategicMerge(old, value, schemaOf(schema)) };
}

async function applyObject(exchange: Exchange, write: Write): Promise<{ stored: Stored; created: boolean }> {
  const { resource, target, machinery, request, query } = exchange;
  if ((query.get('fieldManager') ?? '') === '') {
    throw invalid('meta.k8s.io', 'PatchOptions', '', [
      fieldRequired('fieldManager', 'is required for apply patch'),
    ]);
  }
  const { value, duplicates } = readYamlBody(request.body);
  if (!isObject(value)) throw badRequest('the applied configuration is not an object');
  const config = decodeObject(
    value,
    duplicates,
    expectedOf(resource),
    write.options.fieldValidation,
    exchange.warnings,
  );
  if (value['apiVersion'] === undefined || value['kind'] === undefined) {
    throw badRequest('apiVersion and kind must be set in an applied configuration');
  }
  if (config.metadata.managedFields !== undefined && config.metadata.managedFields.length > 0) {
    throw badRequest('metadata.managedFields must be nil');
  }
  checkNamespace(config, target.namespace);
  config.metadata.name ??= target.name;
  checkName(config, target.name);
  const settings = {
    manager: write.options.fieldManager,
    force: write.options.force,
    subresource: target.subresource,
    apiVersion: apiVersionOf(resource),
    type: resource.type,
    now: machinery.clock.nowMs(),
  };
  for (;;) {
    try {
      const stored = await mutate(
        machinery,
        target,
        (old) => applyConfiguration(old, structuredClone(config), settings),
        { write, applied: true },
      );
      return { stored, created: false };
    } catch (error) {
      if (!isApiError(error, 'NotFound')) throw error;
    }
    if (target.subresource !== '' || (config.metadata.uid ?? '') !== '')
      throw notFound(resource, target.name);
    await exchange.authorize({ ...exchange.attributes, verb: 'create' });
    try {
      const object = applyConfiguration(undefined, structuredClone(config), settings);
      return { stored: await create(machinery, target, object, write), created: true };
    } catch (error) {
      // Somebody created it in the meantime: apply to that.
      if (!isApiError(error, 'AlreadyExists')) throw error;
    }
  }
}

export async function handleDelete(exchange: Exchange): Promise<ApiResponse> {
  const { resource, target, request, machinery } = exchange;
  const options = deleteOptions(
    readOptionsBody(request.body, request.headers['content-type']),
    exchange.query,
  );
  const write = writeOf(exchange);
  write.options.dryRun ||= options.dryRun === true;
  const { object, removed } = await remove(machinery, target, options, write);
  if (removed && resource.plural !== 'pods' && resource.plural !== 'services') {
    return statusResponse(exchange, 200, {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: {
        name: object.metadata.name,
        ...(resource.group === '' ? {} : { group: resource.group }),
        kind: resource.plural,
        ...(object.metadata.uid === undefined ? {} : { uid: object.metadata.uid }),
      },
    });
  }
  const status = !removed && options.orphanDependents === false ? 202 : 200;
  return objectResponse(exchange, status, { object, json: () => JSON.stringify(object) });
}

export async function handleDeleteCollection(exchange: Exchange): Promise<ApiResponse> {
  const { resource, target, request, machinery } = exchange;
  if (resource.namespaced && target.namespace === '') throw methodNotAllowed();
  const options = deleteOptions(
    readOptionsBody(request.body, request.headers['content-type']),
    exchange.query,
  );
  const write = writeOf(exchange);
  write.options.dryRun ||= options.dryRun === true;
  const { matches } = selectionOf(resource, listOptions(exchange.query));
  const { items, revision } = await machinery.objects.list(resource, target.namespace);
  const removed = await removeAll(machinery, items.filter(matches), resource, options, write);
  const list = {
    kind: `${resource.kind}List`,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: String(revision) },
    items: removed,
  };
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(list)),
  };
}

function readOptionsBody(bytes: Uint8Array, contentType: string | undefined): Json | undefined {
  return bytes.length === 0 ? undefined : readObjectBody(bytes, contentType).value;
}

function readObject(exchange: Exchange, options: WriteOptions): KubeObject {
  const { value, duplicates } = readObjectBody(
    exchange.request.body,
    exchange.request.headers['content-type'],
  );
  return decodeObject(
    value,
    duplicates,
    expectedOf(exchange.resource),
    options.fieldValidation,
    exchange.warnings,
  );
}

function checkNamed({ metadata }: KubeObject, name: string): void {
  if ((metadata.name ?? '') === '') {
    throw badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
}

function checkName({ metadata }: KubeObject, name: string): void {
  if (metadata.name !== name) {
    throw badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
}

export function checkNamespace(object: KubeObject, namespace: string): void {
  const given = object.metadata.namespace ?? '';
  if (given !== '' && given !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}
