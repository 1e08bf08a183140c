import type { Operation } from './operation.ts';
import { step, type RegisterState } from './register.ts';

export type Verdict =
  | { kind: 'linearizable' }
  /** `stuck`: the operations of which none could come next, at the place where the longest explanation ended. */
  | { kind: 'violated'; explained: number; stuck: Operation[]; state: RegisterState }
  /** The search was given up. */
  | { kind: 'undecided'; steps: number };

/** One call or return in the list that the search walks. */
interface Entry {
  operation: Operation;
  index: number;
  /** The matching return; undefined for a return itself and for operations of unknown outcome. */
  end: Entry | undefined;
  isCall: boolean;
  atMs: number;
  previous: Entry | undefined;
  next: Entry | undefined;
}

const STEP_LIMIT = 5_000_000;

/**
 * Decides whether the operations on one object can be put in one order in which each takes effect between its call and
 * its return, and each answer is the one the model gives (Wing and Gong's search, with Lowe's memory of what was tried).
 * An operation of unknown outcome may take effect at any time after its call, or never.
 */
export function checkLinearizable(operations: readonly Operation[], limit = STEP_LIMIT): Verdict {
  const head = listOf(operations);
  let open = operations.filter(isDefinite).length;
  const tried = new Set<string>();
  const path: { entry: Entry; state: RegisterState }[] = [];
  let done = 0n;
  let state: RegisterState;
  let best: Extract<Verdict, { kind: 'violated' }> = { kind: 'violated', explained: -1, stuck: [], state };
  let entry = head.next;
  for (let steps = 0; open > 0; steps += 1) {
    if (steps > limit) return { kind: 'undecided', steps };
    if (entry?.isCall) {
      const result = step(state, entry.operation);
      const after = done | (1n << BigInt(entry.index));
      const isNew = result !== 'impossible' && !tried.has(keyOf(after, result.state));
      if (!isNew) {
        entry = entry.next;
        continue;
      }
      tried.add(keyOf(after, result.state));
      path.push({ entry, state });
      [done, state] = [after, result.state];
      if (isDefinite(entry.operation)) open -= 1;
      lift(entry);
      entry = head.next;
      continue;
    }
    // A return of something that has not taken effect yet: the choice before was wrong.
    if (path.length > best.explained) {
      best = { kind: 'violated', explained: path.length, stuck: callsBefore(head, entry), state };
    }
    const last = path.pop();
    if (!last) return best;
    done &= ~(1n << BigInt(last.entry.index));
    state = last.state;
    if (isDefinite(last.entry.operation)) open += 1;
    unlift(last.entry);
    entry = last.entry.next;
  }
  return { kind: 'linearizable' };
}

function isDefinite(operation: Operation): boolean {
  return operation.outcome !== 'info';
}

function keyOf(done: bigint, state: RegisterState): string {
  return `${done.toString(36)} ${state ?? ''}`;
}

/** The definite calls up to an entry. */
function callsBefore(head: Entry, end: Entry | undefined): Operation[] {
  const calls: Operation[] = [];
  for (let entry = head.next; entry && entry !== end; entry = entry.next) {
    if (entry.isCall && isDefinite(entry.operation)) calls.push(entry.operation);
  }
  return calls;
}

/** Calls and returns by time, behind an empty head. At the same instant calls come first, which excuses more. */
function listOf(operations: readonly Operation[]): Entry {
  const entries: Entry[] = [];
  for (const [index, operation] of operations.entries()) {
    const rest = { operation, index, previous: undefined, next: undefined };
    const returns = isDefinite(operation);
    const end: Entry | undefined = returns
      ? { ...rest, isCall: false, atMs: operation.returnedMs ?? Infinity, end: undefined }
      : undefined;
    entries.push({ ...rest, isCall: true, atMs: operation.invokedMs, end });
    if (end) entries.push(end);
  }
  entries.sort((a, b) => a.atMs - b.atMs || Number(b.isCall) - Number(a.isCall));
  const head: Entry = {
    operation: operations[0]!,
    index: -1,
    end: undefined,
    isCall: false,
    atMs: -1,
    previous: undefined,
    next: undefined,
  };
  let last = head;
  for (const entry of entries) {
    last.next = entry;
    entry.previous = last;
    last = entry;
  }
  return head;
}

/** Takes a call and its return out of the list. */
function lift(entry: Entry): void {
  for (const one of [entry, entry.end]) {
    if (!one) continue;
    one.previous!.next = one.next;
    if (one.next) one.next.previous = one.previous;
  }
}

/** Puts them back; the reverse of the last `lift`. */
function unlift(entry: Entry): void {
  for (const one of [entry.end, entry]) {
    if (!one) continue;
    one.previous!.next = one;
    if (one.next) one.next.previous = one;
  }
}
