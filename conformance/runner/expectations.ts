import { isDeepStrictEqual } from 'node:util';
import type { HttpAnswer } from '../drivers/http.ts';
import { poll } from '../drivers/wait.ts';
import { CheckFailure } from './outcome.ts';

/** What a refusal must say: the status, and the machine-readable reason. */
export interface Refusal {
  status: number;
  /** Our reason (`CredentialExpired`), or several when the protocol leaves the choice. */
  reason?: string | readonly string[];
}

/** Fails unless `got` is exactly `wanted`. */
export function equal(what: string, got: unknown, wanted: unknown): void {
  if (!isDeepStrictEqual(got, wanted)) throw new CheckFailure(`${what} differs`, { wanted, got });
}

/** Fails unless the condition holds. */
export function ok(
  what: string,
  condition: boolean,
  evidence: { wanted?: unknown; got?: unknown } = {},
): asserts condition {
  if (!condition) throw new CheckFailure(what, evidence);
}

/** Fails unless the answer has this status. */
export function status(answer: HttpAnswer, wanted: number | readonly number[]): void {
  const allowed = typeof wanted === 'number' ? [wanted] : wanted;
  if (allowed.includes(answer.status)) return;
  throw new CheckFailure(`answered ${answer.status} instead of ${allowed.join(' or ')}`, {
    wanted: { status: wanted },
    got: { status: answer.status, body: answer.text.slice(0, 2000) },
  });
}

/**
 * Fails unless the answer refuses with the right status and the right reason. A refusal for another reason is a failure:
 * it would hide that the check asked for is missing.
 */
export function refused(answer: HttpAnswer, wanted: Refusal): void {
  const got = { status: answer.status, reasons: reasonsOf(answer.json) };
  const allowed = wanted.reason === undefined ? undefined : [wanted.reason].flat();
  if (answer.status !== wanted.status) {
    const verb = answer.status < 400 ? 'was accepted' : 'was refused otherwise';
    throw new CheckFailure(`the request ${verb}: ${answer.status} instead of ${wanted.status}`, {
      wanted,
      got: { ...got, body: answer.text.slice(0, 2000) },
    });
  }
  if (allowed && !got.reasons.some((reason) => allowed.includes(reason))) {
    throw new CheckFailure(`refused for another reason than ${allowed.join(' or ')}`, { wanted, got });
  }
}

/** The machine-readable reasons in a metav1.Status or in an `error` body. */
export function reasonsOf(body: unknown): string[] {
  const root = asObject(body);
  const causes = asObject(root['details'])['causes'];
  const listed: unknown[] = Array.isArray(causes) ? causes.map((cause) => asObject(cause)['reason']) : [];
  return [asObject(root['error'])['reason'], ...listed, root['reason']].filter(
    (reason): reason is string => typeof reason === 'string',
  );
}

/** Fails when the answer is not a metav1.Status that agrees with its own HTTP status. */
export function isStatus(answer: HttpAnswer, reason?: string): void {
  const body = asObject(answer.json);
  const got = {
    kind: body['kind'],
    apiVersion: body['apiVersion'],
    status: body['status'],
    code: body['code'],
    ...(reason && { reason: body['reason'] }),
  };
  const wanted = {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    code: answer.status,
    ...(reason && { reason }),
  };
  equal('the Status object', got, wanted);
}

/** Waits until `probe` gives a value; fails when it does not come in time. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  options: { withinMs: number; intervalMs?: number; signal?: AbortSignal },
): Promise<T> {
  const value = await poll(probe, {
    timeoutMs: options.withinMs,
    intervalMs: options.intervalMs ?? 50,
    signal: options.signal,
  });
  if (value === undefined) throw new CheckFailure(`${what} did not happen within ${options.withinMs} ms`);
  return value;
}

/** Runs `action` and fails when `probe` gives another answer after it than before it. */
export async function unchanged(
  what: string,
  probe: () => Promise<unknown>,
  action: () => Promise<void>,
): Promise<void> {
  const before = await probe();
  await action();
  const after = await probe();
  if (!isDeepStrictEqual(before, after))
    throw new CheckFailure(`${what} changed`, { wanted: before, got: after });
}

/** Any value as an object, so that its fields can be asked for; empty for what is none. */
export function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The value at a path of names and indices, undefined where it ends. */
export function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((current, step) => asObject(current)[step], value);
}
