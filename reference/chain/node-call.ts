import { ChainError } from './errors.ts';
import type { CallOptions } from './types.ts';

/** Milliseconds a call may take when the caller names no deadline. */
export const DEFAULT_DEADLINE_MS = 5_000;

const CODES_MEANING_TRY_LATER = new Set([
  'UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'CANCELLED',
  'RESOURCE_EXHAUSTED',
  'INTERNAL',
  'UNKNOWN',
  'ABORTED',
  // An answer that was cut off.
  'DATA_LOSS',
]);

/**
 * Runs one call to the node under the caller's signal and a deadline, and turns every transport
 * failure into a ChainError. The race is needed because a transport may ignore the signal.
 */
export async function nodeCall<T>(
  what: string,
  options: CallOptions | undefined,
  call: (signal: AbortSignal) => PromiseLike<T>,
): Promise<T> {
  options?.signal?.throwIfAborted();
  const deadlineMs = options?.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const controller = new AbortController();
  const { promise: stopped, reject: settle } = Promise.withResolvers<never>();
  stopped.catch(() => {});
  const onAbort = (): void => {
    controller.abort(options?.signal?.reason);
    settle(options?.signal?.reason);
  };
  const timer = setTimeout(() => {
    const late = new ChainError('unavailable', `${what}: no answer from the node within ${deadlineMs} ms`);
    controller.abort(late);
    settle(late);
  }, deadlineMs);
  options?.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const pending = Promise.resolve(call(controller.signal));
    pending.catch(() => {});
    return await Promise.race([pending, stopped]);
  } catch (error) {
    if (options?.signal?.aborted === true) throw options.signal.reason;
    throw asChainError(what, error);
  } finally {
    clearTimeout(timer);
    options?.signal?.removeEventListener('abort', onAbort);
  }
}

/** Maps whatever a client threw to a ChainError; ChainErrors pass through. */
export function asChainError(what: string, error: unknown): Error {
  if (error instanceof ChainError) return error;
  const status = grpcStatus(error);
  const text = error instanceof Error ? error.message : String(error);
  if (status === 'NOT_FOUND') return new ChainError('not_found', `${what}: not found`, { cause: error });
  if (status === undefined || CODES_MEANING_TRY_LATER.has(status)) {
    // Without a status it is fetch itself that failed: refused, reset, name not resolved.
    return new ChainError('unavailable', `${what}: ${status ?? 'no connection'}: ${text}`, { cause: error });
  }
  return new ChainError('invalid', `${what}: ${status}: ${text}`, { cause: error });
}

/** gRPC status name of an error or of its causes, undefined when there is none. */
export function grpcStatus(error: unknown): string | undefined {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) {
    if (at.name === 'RpcError' && 'code' in at && typeof at.code === 'string') return at.code;
  }
  return undefined;
}
