import type { FieldError } from '../errors.ts';
import { ApiError, badRequest, fieldInvalid } from '../errors.ts';
import type { Json, JsonObject } from '../meta/json.ts';
import { deepEqual, isObject, own, setOwn } from '../meta/json.ts';

/** Kubernetes' bound on the operations of one patch. */
const MAX_OPERATIONS = 10_000;

/**
 * RFC 6902. Changes `document` in place where it can and returns the result. Throws BadRequest for a
 * malformed patch and 422 for one that does not fit the document.
 */
export function applyJsonPatch(document: JsonObject, patch: Json): Json {
  if (!Array.isArray(patch)) throw badRequest('a JSON patch is an array of operations');
  if (patch.length > MAX_OPERATIONS) {
    throw new ApiError(
      413,
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`,
    );
  }
  const root: { value: Json } = { value: document };
  for (const [index, operation] of patch.entries()) {
    if (!isObject(operation)) throw badRequest(`operation ${index} of the JSON patch is not an object`);
    applyOperation(root, operation, index);
  }
  return root.value;
}

function applyOperation(root: { value: Json }, operation: JsonObject, index: number): void {
  const path = pointer(operation['path'], index);
  switch (operation['op']) {
    case 'add':
      add(root, path, required(operation, 'value', index), index);
      return;
    case 'remove':
      remove(root, path, index);
      return;
    case 'replace':
      if (path.length === 0) root.value = required(operation, 'value', index);
      else {
        read(root, path, index);
        remove(root, path, index);
        add(root, path, required(operation, 'value', index), index);
      }
      return;
    case 'move': {
      const from = pointer(operation['from'], index);
      if (from.length < path.length && from.every((part, at) => part === path[at])) {
        throw badRequest(`operation ${index} moves a value into itself`);
      }
      const value = read(root, from, index);
      remove(root, from, index);
      add(root, path, value, index);
      return;
    }
    case 'copy':
      add(root, path, structuredClone(read(root, pointer(operation['from'], index), index)), index);
      return;
    case 'test':
      if (!deepEqual(read(root, path, index), required(operation, 'value', index))) {
        throw unfit(index, operation['path'], 'testing the value failed');
      }
      return;
    default:
      throw badRequest(
        `operation ${index} of the JSON patch has an unknown op ${JSON.stringify(operation['op'])}`,
      );
  }
}

function pointer(value: Json | undefined, index: number): string[] {
  if (typeof value !== 'string' || (value !== '' && !value.startsWith('/'))) {
    throw badRequest(`operation ${index} of the JSON patch has no valid pointer`);
  }
  return value
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function required(operation: JsonObject, field: string, index: number): Json {
  const value = own(operation, field);
  if (value === undefined) throw badRequest(`operation ${index} of the JSON patch has no ${field}`);
  return structuredClone(value);
}

function read(root: { value: Json }, path: readonly string[], index: number): Json {
  let value: Json | undefined = root.value;
  for (const part of path) {
    if (Array.isArray(value)) value = value[arrayIndex(part, value.length - 1, path, index)];
    else value = isObject(value) ? own(value, part) : undefined;
    if (value === undefined) throw unfit(index, `/${path.join('/')}`, 'the path does not exist');
  }
  return value;
}

function add(root: { value: Json }, path: readonly string[], value: Json, index: number): void {
  const key = path.at(-1);
  if (key === undefined) {
    root.value = value;
    return;
  }
  const parent = read(root, path.slice(0, -1), index);
  if (Array.isArray(parent)) {
    parent.splice(key === '-' ? parent.length : arrayIndex(key, parent.length, path, index), 0, value);
  } else if (isObject(parent)) setOwn(parent, key, value);
  else throw unfit(index, `/${path.join('/')}`, 'the parent is neither an object nor an array');
}

function remove(root: { value: Json }, path: readonly string[], index: number): void {
  const key = path.at(-1);
  if (key === undefined) throw unfit(index, '', 'the whole document cannot be removed');
  read(root, path, index);
  const parent = read(root, path.slice(0, -1), index);
  if (Array.isArray(parent)) parent.splice(arrayIndex(key, parent.length - 1, path, index), 1);
  else if (isObject(parent)) delete parent[key];
}

function arrayIndex(part: string, highest: number, path: readonly string[], index: number): number {
  if (!/^(?:0|[1-9]\d{0,6})$/u.test(part) || Number(part) > highest) {
    throw unfit(index, `/${path.join('/')}`, `there is no item ${part}`);
  }
  return Number(part);
}

function unfit(index: number, path: Json | undefined, why: string): ApiError {
  const cause: FieldError = fieldInvalid(`patch[${index}]`, path ?? '', why);
  return new ApiError(
    422,
    'Invalid',
    `the server rejected our request due to an error in our request: ${cause.message}`,
    {
      causes: [cause],
    },
  );
}
