import type { Finding } from './findings.ts';
import type { Operation } from './operation.ts';

/** A time during which a fault lasted or was being recovered from. Milliseconds since the run began. */
export interface Disturbance {
  name: string;
  startMs: number;
  healedMs: number;
  /** When reads and writes that began after the end of the fault were answered; absent when they never were. */
  recoveredMs?: number;
}

export interface Availability {
  operations: number;
  /** Operations that were answered, whatever the answer, as long as the service gave it on purpose. */
  answered: number;
  percent: number;
  quiet: { operations: number; answered: number; percent: number };
  /** Seconds of the run in which some operation was answered, of all. */
  seconds: { up: number; of: number };
  longestRecoveryMs: number;
}

/** At most so many of a thousand operations may stay without an answer while there is no fault. */
const QUIET_LEAST_PERCENT = 99;
export const RECOVERY_LIMIT_MS = 30_000;

/** An answer that says what became of the operation. */
export function isAnswered(operation: Operation): boolean {
  return operation.status !== undefined && operation.status < 500 && operation.status !== 429;
}

export function measureAvailability(
  operations: readonly Operation[],
  disturbances: readonly Disturbance[],
): Availability {
  const quiet = operations.filter((one) => !disturbances.some((other) => touches(one, other)));
  const up = new Set(operations.filter(isAnswered).map(secondOf));
  const last = Math.max(0, ...operations.map(secondOf));
  const recoveries = disturbances.flatMap(({ healedMs, recoveredMs }) =>
    recoveredMs === undefined ? [] : [recoveredMs - healedMs],
  );
  return {
    ...share(operations),
    quiet: share(quiet),
    seconds: { up: up.size, of: last + 1 },
    longestRecoveryMs: Math.max(0, ...recoveries),
  };
}

/** The second of the run in which an operation ended. */
function secondOf(one: Operation): number {
  return Math.floor((one.returnedMs ?? one.invokedMs) / 1000);
}

export function checkAvailability(
  availability: Availability,
  disturbances: readonly Disturbance[],
  limitMs = RECOVERY_LIMIT_MS,
): Finding[] {
  const findings: Finding[] = disturbances
    .filter(({ recoveredMs }) => recoveredMs === undefined)
    .map(({ name }) => ({
      rule: 'recovery',
      message: `after ${name} reads and writes were not answered again within ${limitMs / 1000} s`,
      operations: [],
    }));
  const { quiet } = availability;
  if (quiet.operations > 0 && quiet.percent < QUIET_LEAST_PERCENT) {
    findings.push({
      rule: 'availability',
      message: `while there was no fault only ${quiet.percent.toFixed(2)} % of ${quiet.operations} operations were answered, at least ${QUIET_LEAST_PERCENT} % should be`,
      operations: [],
    });
  }
  return findings;
}

function touches(operation: Operation, { startMs, recoveredMs }: Disturbance): boolean {
  return (operation.returnedMs ?? Infinity) >= startMs && operation.invokedMs <= (recoveredMs ?? Infinity);
}

function share(operations: readonly Operation[]): { operations: number; answered: number; percent: number } {
  const answered = operations.filter(isAnswered).length;
  const percent = operations.length === 0 ? 100 : (100 * answered) / operations.length;
  return { operations: operations.length, answered, percent };
}
