import { payloadDigest } from '../drivers/payload-digest.ts';
import type { Operation } from './operation.ts';

/** Where the objects of a run are. */
export const COLLECTION = '/api/v1/namespaces/default/configmaps';
/** Labels: of every object of a run, and of what one append made. */
export const RUN_LABEL = 'daas-faults-run';
export const APPEND_LABEL = 'daas-faults-append';

/** An HTTP request for an operation. */
export interface FaultRequest {
  method: string;
  target: string;
  contentType: string;
  body: string;
}

/** Spells an operation as a request. Each write's payload is unlike every other, so that the chain's events tell them apart. */
export function requestOf(
  operation: Operation,
  run: string,
  resourceVersion: string | undefined,
): FaultRequest {
  const { kind, object, value } = operation;
  const target = `${COLLECTION}/${object}`;
  const manifest = (metadata: object): string =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { ...metadata, namespace: 'default' },
      data: { value },
    });
  const labels = { [RUN_LABEL]: run };
  const json = 'application/json';
  switch (kind) {
    case 'read':
      return { method: 'GET', target, contentType: '', body: '' };
    case 'create':
      return {
        method: 'POST',
        target: COLLECTION,
        contentType: json,
        body: manifest({ name: object, labels }),
      };
    case 'replace':
      return {
        method: 'PUT',
        target,
        contentType: json,
        body: manifest({ name: object, labels, resourceVersion }),
      };
    case 'patch':
      return {
        method: 'PATCH',
        target,
        contentType: 'application/merge-patch+json',
        body: JSON.stringify({ data: { value } }),
      };
    case 'delete':
      return { method: 'DELETE', target, contentType: json, body: deleteOptions(operation.id) };
    case 'append':
      return {
        method: 'POST',
        target: COLLECTION,
        contentType: json,
        body: manifest({ generateName: 'append-', labels: { ...labels, [APPEND_LABEL]: object } }),
      };
    default:
      return kind satisfies never;
  }
}

/** What K8sAPIRequest.payload_digest must be for it, hex. */
export function digestOf(request: FaultRequest): string {
  return payloadDigest({
    method: request.method,
    path: request.target,
    query: '',
    contentType: request.contentType,
    body: Buffer.from(request.body),
  }).toString('hex');
}

/** DeleteOptions have no field for a name of one's own: the operation's number is spelt in white space behind them. */
function deleteOptions(id: number): string {
  const spaces = id.toString(2).replaceAll('0', ' ').replaceAll('1', '\t');
  return `{"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Background"}${spaces}`;
}
