import { badRequest, conflict, methodNotAllowed, noSuchPath } from '../errors.ts';
import type { Status } from '../errors.ts';
import { timestamp } from '../clock.ts';
import { isObject } from '../meta/json.ts';
import type { KubeObject, Pod } from '../meta/objects.ts';
import { readObjectBody } from '../request/body.ts';
import { deleteOptions } from '../request/delete-options.ts';
import type { Verb } from '../resources/definition.ts';
import type { ApiResponse } from '../types.ts';
import { remove } from '../verbs/delete.ts';
import { mutate } from '../verbs/mutate.ts';
import { decodeObject, expectedOf } from './decode-object.ts';
import type { Exchange } from './exchange.ts';
import { handleLog } from './pod-log.ts';
import { objectResponse, statusResponse } from './respond.ts';
import { handleScale } from './scale.ts';
import { checkNamespace, writeOf } from './writes.ts';

/** Every subresource but status. */
export function handleSubresource(exchange: Exchange, verb: Verb): Promise<ApiResponse> {
  const { subresource } = exchange.target;
  switch (subresource) {
    case 'scale':
      return handleScale(exchange, verb);
    case 'binding':
      requireVerb(verb, 'create');
      return handleBinding(exchange);
    case 'eviction':
      requireVerb(verb, 'create');
      return handleEviction(exchange);
    case 'log':
      requireVerb(verb, 'get');
      return handleLog(exchange);
    case 'finalize':
      requireVerb(verb, 'update');
      return handleFinalize(exchange);
    case 'status':
    case '':
      throw noSuchPath();
    default:
      throw subresource satisfies never;
  }
}

function requireVerb(verb: Verb, wanted: Verb): void {
  if (verb !== wanted) throw methodNotAllowed();
}

function readAs(exchange: Exchange, apiVersion: string, kind: string): KubeObject {
  const { value, duplicates } = readObjectBody(
    exchange.request.body,
    exchange.request.headers['content-type'],
  );
  const expected = { apiVersion, kind, type: kind };
  const object = decodeObject(
    value,
    duplicates,
    expected,
    writeOf(exchange).options.fieldValidation,
    exchange.warnings,
  );
  checkNamespace(object, exchange.target.namespace);
  return object;
}

/** pods/binding: gives a pod its node, once. */
async function handleBinding(exchange: Exchange): Promise<ApiResponse> {
  const { target, machinery } = exchange;
  const binding = readAs(exchange, 'v1', 'Binding');
  const to = binding['target'];
  const node = isObject(to) ? to['name'] : undefined;
  if (!isObject(to) || typeof node !== 'string' || node === '')
    throw badRequest('target.name: Required value');
  if (to['kind'] !== undefined && to['kind'] !== '' && to['kind'] !== 'Node') {
    throw badRequest('target.kind: Unsupported value: supported values: "Node"');
  }
  await mutate(machinery, target, (object) => bindPod(object, node, exchange), { write: writeOf(exchange) });
  return statusResponse(exchange, 201, success(201));
}

function bindPod(object: KubeObject, node: string, { resource, target, machinery }: Exchange): KubeObject {
  const pod = object as Pod;
  if (pod.metadata.deletionTimestamp !== undefined) {
    throw conflict(
      resource,
      target.name,
      `pod ${target.name} is being deleted, cannot be assigned to a host`,
    );
  }
  if (pod.spec.nodeName !== undefined) {
    throw conflict(
      resource,
      target.name,
      `pod ${target.name} is already assigned to node "${pod.spec.nodeName}"`,
    );
  }
  assignNode(pod, node, machinery.clock.nowMs());
  return pod;
}

/** Binds a private copy of a pod and says so in its conditions. */
export function assignNode(pod: Pod, node: string, now: number): void {
  pod.spec.nodeName = node;
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: timestamp(now) };
  pod.status = { ...pod.status, conditions: [...others, scheduled] };
}

/** pods/eviction: a polite deletion, which kubectl drain uses. There are no disruption budgets to ask. */
async function handleEviction(exchange: Exchange): Promise<ApiResponse> {
  const { target, machinery, query } = exchange;
  const eviction = readAs(exchange, 'policy/v1', 'Eviction');
  const options = deleteOptions(
    isObject(eviction['deleteOptions']) ? eviction['deleteOptions'] : undefined,
    query,
  );
  const write = writeOf(exchange);
  write.options.dryRun ||= options.dryRun === true;
  await remove(machinery, target, options, write);
  return statusResponse(exchange, 201, success(201));
}

/** namespaces/finalize: takes finalizers off a namespace; the last one removes it. */
async function handleFinalize(exchange: Exchange): Promise<ApiResponse> {
  const { resource, target, machinery, request } = exchange;
  const { value, duplicates } = readObjectBody(request.body, request.headers['content-type']);
  const write = writeOf(exchange);
  const given = decodeObject(
    value,
    duplicates,
    expectedOf(resource),
    write.options.fieldValidation,
    exchange.warnings,
  );
  const stored = await mutate(
    machinery,
    target,
    (old) => {
      const { resourceVersion } = given.metadata;
      return {
        ...old,
        metadata: { ...old.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
        spec: given['spec'] ?? {},
      };
    },
    { write },
  );
  return objectResponse(exchange, 200, stored);
}

export function success(code: number): Status {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code };
}
