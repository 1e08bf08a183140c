/**
 * The suite's own errors. What went wrong decides the exit code, so the three kinds never mix:
 * the user's input (2), the suite or its environment (3), and the implementation under test (1).
 */
export abstract class SuiteError extends Error {
  abstract readonly exitCode: number;
  /** What to do next, one sentence. */
  readonly hint: string | undefined;
  constructor(message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.hint = options.hint;
  }
}

/** The command line or a file given to the suite is wrong. */
export class UsageError extends SuiteError {
  readonly exitCode = 2;
}

/** The suite, or something it needs on this machine, failed: it says nothing about the target. */
export class HarnessError extends SuiteError {
  readonly exitCode = 3;
}

/** The implementation under test did not start, did not answer, or went away. */
export class TargetError extends SuiteError {
  readonly exitCode = 1;
}

/** The words of any thrown value, with those of its causes. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const words = error.message || ('code' in error ? String(error.code) : error.name);
  return error.cause === undefined ? words : `${words}: ${describeError(error.cause)}`;
}
