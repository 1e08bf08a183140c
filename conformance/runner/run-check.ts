import { createHash } from 'node:crypto';
import { curlOf } from '../drivers/curl.ts';
import { SuiteError, TargetError, describeError } from '../errors.ts';
import type { CheckResult, Verdict } from '../report/model.ts';
import type { Check } from './check.ts';
import { plain } from './evidence.ts';
import { CheckContext, type Session } from './context.ts';
import { CheckFailure, Untestable } from './outcome.ts';

const EXCHANGES_KEPT = 40;

/** Runs one check `repeat` times, at least once. It never rejects. */
export async function runAttempts(
  check: Check,
  session: Session,
  repeat: number,
): Promise<[CheckResult, ...CheckResult[]]> {
  const results: [CheckResult, ...CheckResult[]] = [await runCheck(check, session, 0)];
  for (let attempt = 1; attempt < repeat; attempt += 1) results.push(await runCheck(check, session, attempt));
  return results;
}

/** Runs one check and says what became of it. */
async function runCheck(check: Check, session: Session, attempt: number): Promise<CheckResult> {
  const seed = seedOf(session.seed, check.id, attempt);
  const deadline = new AbortController();
  const started = Date.now();
  const t = new CheckContext(session, seed, deadline.signal, attempt);
  let error: unknown;
  try {
    await withDeadline(check, t, deadline);
  } catch (thrown) {
    error = thrown;
  }
  try {
    await t[Symbol.asyncDispose]();
  } catch (thrown) {
    error ??= new Error(`cleaning up failed: ${describeError(thrown)}`);
  }
  const exchanges = t.exchanges
    .slice(-EXCHANGES_KEPT)
    .map((exchange) => ({ ...exchange, at_ms: Math.max(0, exchange.at_ms - started) }));
  return {
    id: check.id,
    title: check.title,
    mutants: check.mutants,
    duration_ms: Date.now() - started,
    seed,
    exchanges,
    ...(t.faultPlans.length > 0 && { fault_plans: t.faultPlans }),
    ...judged(error, t),
  };
}

function judged(
  error: unknown,
  t: CheckContext,
): Omit<Partial<CheckResult>, 'verdict'> & { verdict: Verdict } {
  if (error === undefined) return { verdict: 'pass' };
  const message = describeError(error);
  const last = t.exchanges.at(-1);
  const evidence = {
    ...(last && { curl: curlOf(last) }),
    ...(error instanceof SuiteError && error.hint !== undefined && { hint: error.hint }),
  };
  if (error instanceof CheckFailure) {
    const sent =
      error.evidence.sent ??
      (last && { method: last.request.method, url: last.request.url, body: last.request.body });
    const { wanted, got } = error.evidence;
    return {
      verdict: 'fail',
      message,
      ...evidence,
      ...(wanted !== undefined && { wanted: plain(wanted) }),
      ...(got !== undefined && { got: plain(got) }),
      ...(sent !== undefined && { sent: plain(sent) }),
    };
  }
  if (error instanceof TargetError) return { verdict: 'fail', message, ...evidence };
  if (error instanceof Untestable) return { verdict: 'untestable', message };
  return { verdict: 'harness_error', message, hint: stackLine(error) };
}

async function withDeadline(check: Check, t: CheckContext, deadline: AbortController): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      deadline.abort();
      reject(new CheckFailure(`the check was not done within ${check.timeoutMs} ms`));
    }, check.timeoutMs);
  });
  try {
    await Promise.race([check.run(t), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A check's own seed: the same in every run with the same run seed, whatever else runs. */
function seedOf(runSeed: number, id: string, attempt: number): number {
  return createHash('sha256').update(`${runSeed}/${id}/${attempt}`).digest().readUInt32BE() & 0x7fffffff;
}

function stackLine(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n').slice(1) : [];
  return (
    lines.find((line) => line.includes('/conformance/'))?.trim() ??
    'a fault of the suite or of its environment'
  );
}
