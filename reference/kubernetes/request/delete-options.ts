import type { FieldError } from '../errors.ts';
import { badRequest, fieldForbidden, fieldNotSupported, invalid } from '../errors.ts';
import type { JsonObject } from '../meta/json.ts';
import { isObject } from '../meta/json.ts';
import { conform } from '../schema/conform.ts';
import { schemaOf } from '../schema/schemas.ts';

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  preconditions?: { uid?: string; resourceVersion?: string };
  dryRun?: boolean;
  /** Old clients ask for 202 this way. */
  orphanDependents?: boolean;
}

const POLICIES = ['Background', 'Foreground', 'Orphan'] as const;

/** Options of a DELETE from its body, or from its query when there is no body. Throws 400 and 422. */
export function deleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  const given = isObject(body) ? conform(body, schemaOf('DeleteOptions')).object : fromQuery(query);
  const errors: FieldError[] = [];
  const policy = given['propagationPolicy'];
  const orphan = given['orphanDependents'];
  if (policy !== undefined && !POLICIES.some((known) => known === policy)) {
    errors.push(
      fieldNotSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']),
    );
  }
  if (policy !== undefined && orphan !== undefined) {
    errors.push(
      fieldForbidden('propagationPolicy', 'orphanDependents and deletionPropagation cannot be both set'),
    );
  }
  const dryRun = Array.isArray(given['dryRun']) ? given['dryRun'] : [];
  for (const value of dryRun) if (value !== 'All') errors.push(fieldNotSupported('dryRun', value, ['All']));
  if (errors.length > 0) throw invalid('meta.k8s.io', 'DeleteOptions', '', errors);
  const grace = given['gracePeriodSeconds'];
  const propagation =
    POLICIES.find((known) => known === policy) ??
    (orphan === undefined ? undefined : orphan === true ? 'Orphan' : 'Background');
  return {
    ...(typeof grace === 'number' ? { gracePeriodSeconds: grace < 0 ? 1 : grace } : {}),
    ...(propagation === undefined ? {} : { propagationPolicy: propagation }),
    ...(isObject(given['preconditions'])
      ? { preconditions: given['preconditions'] as { uid?: string } }
      : {}),
    ...(typeof orphan === 'boolean' ? { orphanDependents: orphan } : {}),
    dryRun: dryRun.length > 0 || query.getAll('dryRun').includes('All'),
  };
}

function fromQuery(query: URLSearchParams): JsonObject {
  const out: JsonObject = {};
  const grace = query.get('gracePeriodSeconds');
  if (grace !== null) {
    if (!/^-?\d{1,10}$/u.test(grace)) throw badRequest(`invalid gracePeriodSeconds ${JSON.stringify(grace)}`);
    out['gracePeriodSeconds'] = Number(grace);
  }
  const policy = query.get('propagationPolicy');
  if (policy !== null && policy !== '') out['propagationPolicy'] = policy;
  const orphan = query.get('orphanDependents');
  if (orphan !== null) out['orphanDependents'] = orphan === 'true';
  const dryRun = query.getAll('dryRun').filter((value) => value !== '');
  if (dryRun.length > 0) out['dryRun'] = dryRun;
  return out;
}
