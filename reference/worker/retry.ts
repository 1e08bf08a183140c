import { ChainAbortError, ChainError } from '../chain/errors.ts';
import type { Logger } from '../protocol/logger.ts';
import { Backoff } from './backoff.ts';
import { MasterUnreachableError } from './master-client.ts';
import { EXIT, WorkerExit } from './worker-exit.ts';

/** Try again; `retryAfter` in seconds when the other side said when. */
export class TryAgainError extends Error {
  override readonly name = 'TryAgainError';
  readonly retryAfter: number | undefined;
  constructor(message: string, retryAfter?: number) {
    super(message);
    this.retryAfter = retryAfter;
  }
}

export interface RetryDeps {
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0 ≤ random() < 1. */
  random: () => number;
  log: Logger;
  /** The pause that is made of the one that backoff asks for, milliseconds. */
  pause?: (ms: number) => number;
}

/**
 * Runs a step of the start until it succeeds, with backoff, as long as trying again can help.
 * Rejects with WorkerExit when it cannot, and with the signal's reason when the worker is stopped.
 */
export async function retryStep<T>(
  step: string,
  run: () => Promise<T>,
  deps: RetryDeps,
  signal: AbortSignal,
): Promise<T> {
  const backoff = new Backoff({ baseMs: 500, maxMs: 30_000, random: deps.random });
  for (;;) {
    signal.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      signal.throwIfAborted();
      const wait = hopeful(step, error);
      const asked = backoff.next(wait.retryAfter);
      const pause = deps.pause?.(asked) ?? asked;
      deps.log.warn({ step, err: error, retry_in_ms: Math.round(pause) }, 'the step failed, trying again');
      await deps.sleep(pause, signal);
    }
  }
}

/** What to wait for before the next try; throws what ends the start. */
function hopeful(step: string, error: unknown): { retryAfter?: number | undefined } {
  if (error instanceof WorkerExit) throw error;
  if (error instanceof TryAgainError) return { retryAfter: error.retryAfter };
  if (error instanceof ChainAbortError) {
    const { abort } = error;
    // An endpoint under maintenance comes back; every other refusal would be the same again.
    if (abort.http === 503) return {};
    throw new WorkerExit(EXIT.failed, `${step}: refused by the chain: ${abort.reason}: ${abort.message}`, {
      cause: error,
    });
  }
  if (error instanceof ChainError && error.kind === 'no_gas') {
    throw new WorkerExit(EXIT.failed, `${step}: the wallet cannot pay for the transaction`, { cause: error });
  }
  if (error instanceof ChainError && (error.kind === 'unavailable' || error.kind === 'outcome_unknown'))
    return {};
  if (error instanceof MasterUnreachableError && !error.untrusted) return {};
  throw new WorkerExit(EXIT.failed, `${step}: ${error instanceof Error ? error.message : String(error)}`, {
    cause: error,
  });
}
