/** What a client can do to an object; `append` makes one under a name that the server chooses. */
export const KINDS = ['create', 'read', 'replace', 'patch', 'delete', 'append'] as const;
export type OperationKind = (typeof KINDS)[number];

/**
 * What is known of an operation: `ok` it did what it was asked, `fail` it certainly did not (refused, or never sent),
 * `info` nobody can tell: it may have taken effect, and may still do so.
 */
export type Outcome = 'ok' | 'fail' | 'info';

/** Why an operation failed, where the object's state was the reason. */
export type Refusal = 'absent' | 'present' | 'conflict';

/** An object as an answer showed it. */
export interface Observed {
  /** The value that its last writer gave it. */
  value: string;
  resourceVersion: string;
}

/** One operation of one client, from its call to its answer. Times are milliseconds since the run began. */
export interface Operation {
  id: number;
  client: string;
  kind: OperationKind;
  /** Name of the object; for `append` the label by which what it made is found. */
  object: string;
  invokedMs: number;
  /** Absent while nobody knows the end. */
  returnedMs?: number;
  outcome: Outcome;
  /** What a write writes: unlike every other value of the run. */
  value?: string;
  /** For `replace`: the value whose resourceVersion was sent along. */
  expected?: string;
  /** HTTP status of the answer. */
  status?: number;
  /** What came in place of an answer, or the answer's reason. */
  error?: string;
  refusal?: Refusal;
  observed?: Observed;
  /** SHA-256 over the payload of a write, hex: by it the chain's events are found. */
  digest?: string;
  /** How the outcome of an operation without an answer became known. */
  learnt?: string;
}

/** Whether an operation changes something, and so goes over the chain. */
export function isWrite(operation: Operation): boolean {
  return operation.kind !== 'read';
}
