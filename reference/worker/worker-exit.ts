/** Codes with which the worker ends. */
export const EXIT = {
  stopped: 0,
  failed: 1,
  configuration: 2,
  /** The stake is gone: slashed, or withdrawn by its owner. */
  stakeLost: 3,
} as const;

/** The worker cannot or must not go on; `code` becomes the process's exit code. */
export class WorkerExit extends Error {
  override readonly name = 'WorkerExit';
  readonly code: number;
  constructor(code: number, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The stake behind the worker is no longer active. */
export function stakeLost(status: string): WorkerExit {
  return new WorkerExit(EXIT.stakeLost, `the stake is ${status}`);
}
