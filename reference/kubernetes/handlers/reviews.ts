import type { Attributes } from '../authorization.ts';
import { badRequest } from '../errors.ts';
import type { JsonObject } from '../meta/json.ts';
import { encodeJson, isObject } from '../meta/json.ts';
import type { KubeObject } from '../meta/objects.ts';
import { readObjectBody } from '../request/body.ts';
import { writeOptions } from '../request/options.ts';
import type { ApiResponse, UserInfo } from '../types.ts';
import { decodeObject, expectedOf } from './decode-object.ts';
import type { Exchange } from './exchange.ts';
import { jsonResponse, warningHeader } from './exchange.ts';
import { ApiError } from '../errors.ts';

/** SelfSubjectAccessReview and SelfSubjectReview: questions that are answered and not stored. */
export async function handleReview(exchange: Exchange): Promise<ApiResponse> {
  const { request, query, resource } = exchange;
  const { fieldValidation } = writeOptions(query, request.headers['user-agent'] ?? '');
  const { value, duplicates } = readObjectBody(request.body, request.headers['content-type']);
  const object = decodeObject(value, duplicates, expectedOf(resource), fieldValidation, exchange.warnings);
  const status =
    resource.kind === 'SelfSubjectReview'
      ? { userInfo: userInfo(request.user) }
      : await accessStatus(exchange, object);
  return jsonResponse(201, encodeJson({ ...object, status }), warningHeader(exchange.warnings));
}

function userInfo({ name, groups }: UserInfo): JsonObject {
  return { username: name, groups: [...groups] };
}

async function accessStatus(exchange: Exchange, object: KubeObject): Promise<JsonObject> {
  const spec = object['spec'];
  const asked = isObject(spec) ? (spec['resourceAttributes'] ?? spec['nonResourceAttributes']) : undefined;
  if (!isObject(spec) || !isObject(asked))
    throw badRequest('spec must have resourceAttributes or nonResourceAttributes');
  try {
    await exchange.authorize(
      attributesOf(exchange.request.user, asked, spec['resourceAttributes'] !== undefined),
    );
    return { allowed: true };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { allowed: false, reason: error.message };
  }
}

function attributesOf(user: UserInfo, asked: JsonObject, isResource: boolean): Attributes {
  const text = (key: string): string => (typeof asked[key] === 'string' ? asked[key] : '');
  return {
    user,
    verb: text('verb'),
    path: text('path'),
    isResource,
    group: text('group'),
    version: text('version'),
    resource: text('resource'),
    subresource: text('subresource'),
    namespace: text('namespace'),
    name: text('name'),
    fieldSelector: '',
    labelSelector: '',
  };
}
