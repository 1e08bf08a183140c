import { methodNotAllowed, noSuchPath, notFound } from '../errors.ts';
import { listOptions } from '../request/options.ts';
import type { Verb } from '../resources/definition.ts';
import type { ApiResponse } from '../types.ts';
import { list } from '../verbs/list.ts';
import { watch } from '../verbs/watch.ts';
import type { Exchange } from './exchange.ts';
import { listResponse, objectResponse, watchResponse } from './respond.ts';
import { handleReview } from './reviews.ts';
import { handleSubresource } from './subresources.ts';
import { handleCreate, handleDelete, handleDeleteCollection, handlePatch, handleUpdate } from './writes.ts';

/** The verb a method means at a path; undefined when the method means nothing there. */
export function verbOf(method: string, named: boolean, watching: boolean): Verb | undefined {
  switch (method) {
    case 'GET':
      return named ? 'get' : watching ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return named ? 'update' : undefined;
    case 'PATCH':
      return named ? 'patch' : undefined;
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}

/** Answers an authorised request about a resource. */
export function handleResource(exchange: Exchange, verb: Verb): Promise<ApiResponse> {
  const { resource, path } = exchange;
  if (resource.virtual) return handleReview(exchange);
  if (path.subresource !== '' && path.subresource !== 'status') return handleSubresource(exchange, verb);
  if (path.subresource === 'status' && !['get', 'update', 'patch'].includes(verb)) throw methodNotAllowed();
  switch (verb) {
    case 'get':
      return handleGet(exchange);
    case 'list':
      return handleList(exchange);
    case 'watch':
      return handleWatch(exchange);
    case 'create':
      if (path.name !== '') throw methodNotAllowed();
      return handleCreate(exchange);
    case 'update':
      return handleUpdate(exchange);
    case 'patch':
      return handlePatch(exchange);
    case 'delete':
      return handleDelete(exchange);
    case 'deletecollection':
      return handleDeleteCollection(exchange);
    default:
      throw verb satisfies never;
  }
}

async function handleGet(exchange: Exchange): Promise<ApiResponse> {
  const { resource, target, machinery } = exchange;
  const stored = await machinery.objects.get(resource, target.namespace, target.name);
  if (stored === undefined) throw notFound(resource, target.name);
  await exchange.admit(stored.object, undefined);
  return objectResponse(exchange, 200, stored);
}

async function handleList(exchange: Exchange): Promise<ApiResponse> {
  const { resource, target, machinery, query } = exchange;
  return listResponse(exchange, await list(machinery, resource, target.namespace, listOptions(query)));
}

async function handleWatch(exchange: Exchange): Promise<ApiResponse> {
  const { resource, target, machinery, query, request } = exchange;
  if (resource.virtual) throw noSuchPath();
  const events = await watch(machinery, resource, target.namespace, listOptions(query), request.signal);
  return watchResponse(exchange, events);
}
