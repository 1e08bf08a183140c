import type { Level } from '../requirements/catalogue.ts';
import type { Attempt, CheckResult, RequirementResult, Verdict } from './model.ts';
import { VERDICTS } from './model.ts';

/** What a requirement's verdict depends on. */
export interface Judgement {
  readonly level: Level;
  readonly feature?: string | undefined;
  /** Does the target claim `feature`? Ignored without one. */
  readonly claimed: boolean;
  readonly strict: boolean;
  readonly checks: readonly Pick<CheckResult, 'id' | 'verdict' | 'message'>[];
}

/**
 * The verdict of a requirement from those of its checks:
 * a feature that is not claimed skips; one failed check fails a MUST and warns for SHOULD (fails when strict) and MAY;
 * a check that skips although the requirement binds the target is untestable, because a missing prerequisite never
 * counts as a pass.
 */
export function judge({ level, feature, claimed, strict, checks }: Judgement): {
  verdict: Verdict;
  reason?: string;
} {
  if (feature !== undefined && !claimed) {
    return { verdict: 'skip', reason: `the target does not claim the feature ${feature}` };
  }
  const first = (verdict: Verdict): (typeof checks)[number] | undefined =>
    checks.find((check) => check.verdict === verdict);
  const because = (check: (typeof checks)[number] | undefined): { reason?: string } =>
    check?.message === undefined ? {} : { reason: check.message };

  const failed = first('fail');
  if (failed !== undefined) {
    const counts = level === 'MUST' || (level === 'SHOULD' && strict);
    return { verdict: counts ? 'fail' : 'warn', ...because(failed) };
  }
  for (const verdict of ['harness_error', 'untestable'] as const) {
    const found = first(verdict);
    if (found !== undefined) return { verdict, ...because(found) };
  }
  if (checks.length === 0) return { verdict: 'harness_error', reason: 'no check reported a result' };
  const skipped = first('skip');
  if (skipped !== undefined) {
    const why = skipped.message ?? 'no reason given';
    return {
      verdict: 'untestable',
      reason: `${skipped.id} was skipped (${why}), yet the target is bound by it`,
    };
  }
  const warned = first('warn');
  return warned === undefined ? { verdict: 'pass' } : { verdict: 'warn', ...because(warned) };
}

/** True when this result alone makes a run non-conformant. Harness errors are counted apart. */
export function isRed(result: Pick<RequirementResult, 'level' | 'verdict'>, strict: boolean): boolean {
  switch (result.verdict) {
    case 'fail':
      return true;
    case 'untestable':
      return result.level === 'MUST' || (strict && result.level === 'SHOULD');
    case 'harness_error':
    case 'warn':
    case 'skip':
    case 'pass':
      return false;
  }
}

/** The worst of some verdicts; `skip` when there are none. */
export function worst(verdicts: Iterable<Verdict>): Verdict {
  const seen = new Set(verdicts);
  // A passed requirement beside a skipped one is a pass: a feature not claimed is no blemish.
  if (seen.has('pass')) seen.delete('skip');
  return VERDICTS.find((verdict) => seen.has(verdict)) ?? 'skip';
}

/** Joins the repetitions of one check: the first worst one is shown, all of them are counted. */
export function mergeAttempts(results: readonly [CheckResult, ...CheckResult[]]): CheckResult {
  const verdict = worst(results.map((result) => result.verdict));
  const shown = results.find((result) => result.verdict === verdict) ?? results[0];
  if (results.length === 1) return shown;
  const attempts: Attempt[] = results.map((result) => ({
    verdict: result.verdict,
    duration_ms: result.duration_ms,
    ...(result.seed === undefined ? {} : { seed: result.seed }),
  }));
  return { ...shown, attempts };
}

/** True when repetitions of a check disagree. */
export function isFlaky(check: CheckResult): boolean {
  return new Set(check.attempts?.map((attempt) => attempt.verdict)).size > 1;
}
