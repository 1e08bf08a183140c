import type { FieldError } from '../errors.ts';
import { badRequest, fieldForbidden, fieldInvalid, fieldNotSupported, invalid } from '../errors.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** Options of create, update and patch. */
export interface WriteOptions {
  dryRun: boolean;
  fieldManager: string;
  fieldValidation: FieldValidation;
  /** Apply only: take over fields that others own. */
  force: boolean;
}

export interface ListOptions {
  labelSelector: string;
  fieldSelector: string;
  limit: number;
  continue: string;
  /** Undefined: not given. */
  resourceVersion: number | undefined;
  resourceVersionMatch: '' | 'Exact' | 'NotOlderThan';
  watch: boolean;
  allowWatchBookmarks: boolean;
  sendInitialEvents: boolean | undefined;
  timeoutSeconds: number | undefined;
}

const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

/** Throws 422 for an option Kubernetes refuses. `agent` is the User-Agent header, the default field manager. */
export function writeOptions(query: URLSearchParams, agent: string): WriteOptions {
  const errors: FieldError[] = [];
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  for (const value of dryRun) if (value !== 'All') errors.push(fieldNotSupported('dryRun', value, ['All']));
  const manager = query.get('fieldManager') ?? '';
  if (manager.length > 128)
    errors.push(fieldInvalid('fieldManager', manager, 'may not be longer than 128 bytes'));
  if (!PRINTABLE.test(manager))
    errors.push(fieldInvalid('fieldManager', manager, 'should only contain printable characters'));
  const validation = query.get('fieldValidation') ?? '';
  if (validation !== '' && !isFieldValidation(validation)) {
    errors.push(fieldNotSupported('fieldValidation', validation, ['', 'Ignore', 'Strict', 'Warn']));
  }
  if (errors.length > 0) throw invalid('meta.k8s.io', 'CreateOptions', '', errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager === '' ? (agent.split('/')[0] ?? '') || 'unknown' : manager,
    fieldValidation: isFieldValidation(validation) ? validation : 'Warn',
    force: query.get('force') === 'true' || query.get('force') === '1',
  };
}

function isFieldValidation(text: string): text is FieldValidation {
  return text === 'Strict' || text === 'Warn' || text === 'Ignore';
}

/** Throws BadRequest for malformed numbers and 422 for options that exclude each other. */
export function listOptions(query: URLSearchParams): ListOptions {
  const match = query.get('resourceVersionMatch') ?? '';
  const version = query.get('resourceVersion') ?? '';
  const options: ListOptions = {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    limit: integer(query, 'limit') ?? 0,
    continue: query.get('continue') ?? '',
    resourceVersion: version === '' ? undefined : parseResourceVersion(version),
    resourceVersionMatch: match === 'Exact' || match === 'NotOlderThan' ? match : '',
    watch: asksToWatch(query),
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks') ?? false,
    sendInitialEvents: flag(query, 'sendInitialEvents'),
    timeoutSeconds: integer(query, 'timeoutSeconds'),
  };
  const errors = [...matchErrors(options, match)];
  if (errors.length > 0) throw invalid('meta.k8s.io', 'ListOptions', '', errors);
  return options;
}

function* matchErrors(options: ListOptions, match: string): Iterable<FieldError> {
  const field = 'resourceVersionMatch';
  if (match !== '' && options.resourceVersionMatch === '') {
    yield fieldNotSupported(field, match, ['Exact', 'NotOlderThan', '']);
  }
  if (options.watch) {
    if (options.sendInitialEvents !== undefined && match !== 'NotOlderThan') {
      yield fieldForbidden(field, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
    } else if (options.sendInitialEvents === undefined && match !== '') {
      yield fieldForbidden(
        field,
        'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
      );
    }
    return;
  }
  if (options.sendInitialEvents !== undefined) {
    yield fieldForbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list');
  }
  if (match === '') return;
  if (options.continue !== '')
    yield fieldForbidden(field, 'resourceVersionMatch is forbidden when continue is provided');
  else if (options.resourceVersion === undefined) {
    yield fieldForbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided');
  } else if (match === 'Exact' && options.resourceVersion === 0) {
    yield fieldForbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
}

function parseResourceVersion(text: string): number {
  if (!/^\d{1,16}$/u.test(text) || !Number.isSafeInteger(Number(text))) {
    throw badRequest(`invalid resource version: ${JSON.stringify(text)}`);
  }
  return Number(text);
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^-?\d{1,15}$/u.test(text))
    throw badRequest(`invalid value ${JSON.stringify(text)} of ${name}: not an integer`);
  return Math.max(0, Number(text));
}

/** An empty value is a yes, as it is to Kubernetes. */
export function asksToWatch(query: URLSearchParams): boolean {
  return flag(query, 'watch') ?? false;
}

function flag(query: URLSearchParams, name: string): boolean | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  return text !== 'false' && text !== '0';
}
