import type { Finding } from './findings.ts';
import { isWrite, type Operation, type Refusal } from './operation.ts';

/** A request as the chain tells of it. */
export interface ChainRequest {
  requestId: string;
  /** Payload digest, hex. */
  digest: string;
  /** Status codes of its results. */
  results: number[];
}

export type RequestsByDigest = ReadonlyMap<string, readonly ChainRequest[]>;

export function byDigest(requests: readonly ChainRequest[]): RequestsByDigest {
  return Map.groupBy(requests, (request) => request.digest);
}

/** Why an object's state refuses a write, where the status tells. */
export function refusalOf(kind: Operation['kind'], status: number): Refusal | undefined {
  if (kind === 'append') return undefined;
  if (status === 404 && kind !== 'create') return 'absent';
  if (status === 409 && kind === 'create') return 'present';
  if (status === 409 && kind === 'replace') return 'conflict';
  return undefined;
}

/**
 * What the whole chain says about writes whose answer was lost: one that was never announced cannot have run, one with a
 * result did what the result says at some time after its call. The others stay unknown.
 */
export function learnFromChain(operations: readonly Operation[], requests: RequestsByDigest): Operation[] {
  return operations.map((operation) => {
    if (operation.outcome !== 'info' || operation.digest === undefined) return operation;
    const announced = requests.get(operation.digest) ?? [];
    const { returnedMs: _, ...rest } = operation;
    if (announced.length === 0) return { ...rest, outcome: 'fail', learnt: 'never announced on the chain' };
    const status = announced.flatMap(({ results }) => results)[0];
    if (status === undefined || status >= 500) return operation;
    const learnt = `its result on the chain is ${status}`;
    if (status < 300) return { ...rest, outcome: 'ok', learnt };
    const refusal = refusalOf(operation.kind, status);
    return { ...rest, outcome: 'fail', learnt, ...(refusal && { refusal }) };
  });
}

/** Compares what clients were told with what the chain recorded. */
export function checkEvents(operations: readonly Operation[], requests: RequestsByDigest): Finding[] {
  return operations.filter(isWrite).flatMap((operation) => {
    if (operation.digest === undefined) return [];
    const announced = requests.get(operation.digest) ?? [];
    const fault = eventFault(operation, announced);
    return fault === undefined
      ? []
      : [{ rule: 'events' as const, message: `${name(operation)} ${fault}`, operations: [operation.id] }];
  });
}

function eventFault(operation: Operation, announced: readonly ChainRequest[]): string | undefined {
  const ids = announced.map(({ requestId }) => requestId).join(', ');
  if (announced.length > 1) return `was announced ${announced.length} times on the chain (${ids})`;
  const results = announced.flatMap((request) => request.results);
  if (results.length > 1) return `has ${results.length} results on the chain (${ids}: ${results.join(', ')})`;
  const { status } = operation;
  if (status === undefined || operation.outcome === 'info' || operation.learnt !== undefined)
    return undefined;
  if (isRefusedByGateway(status)) {
    return announced.length === 0 ? undefined : `was refused with ${status} and yet announced (${ids})`;
  }
  if (announced.length === 0) return `was answered ${status}, but the chain has no request event of it`;
  if (results.length === 0) return `was answered ${status}, but the chain has no result event of it (${ids})`;
  return results[0] === status
    ? undefined
    : `was answered ${status}, but its result on the chain is ${results[0]}`;
}

/** Statuses that the gateway gives before it turns to the chain. */
function isRefusedByGateway(status: number): boolean {
  return [401, 403, 413, 415, 429].includes(status);
}

/** Counts what each `append` left behind. `found`: names of the objects by the label of their operation. */
export function checkEffects(
  operations: readonly Operation[],
  found: ReadonlyMap<string, readonly string[]>,
): Finding[] {
  return operations.flatMap((operation) => {
    if (operation.kind !== 'append') return [];
    const names = found.get(operation.object) ?? [];
    const [least, most] = { ok: [1, 1], fail: [0, 0], info: [0, 1] }[operation.outcome] as [number, number];
    if (names.length >= least && names.length <= most) return [];
    const wanted = least === most ? String(most) : 'at most 1';
    const message = `${name(operation)} (${operation.outcome}) left ${names.length} objects, not ${wanted}: ${names.join(', ') || 'none'}`;
    return [{ rule: 'effects' as const, message, operations: [operation.id] }];
  });
}

function name(operation: Operation): string {
  return `${operation.kind} ${operation.object} (operation ${operation.id})`;
}
