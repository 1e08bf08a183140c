import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aCheck } from './fixtures.ts';
import { VERDICTS } from './model.ts';
import { isFlaky, isRed, judge, mergeAttempts, worst } from './verdict.ts';
import type { Judgement } from './verdict.ts';
import type { Verdict } from './model.ts';

const judged = (checks: readonly Verdict[], changes: Partial<Judgement> = {}): Verdict =>
  judge({
    level: 'MUST',
    claimed: false,
    strict: false,
    checks: checks.map((verdict, index) => ({
      id: `GW-A-001/${index}`,
      verdict,
      message: `because ${index}`,
    })),
    ...changes,
  }).verdict;

describe('the verdict of a requirement', () => {
  test('one failed check fails a MUST, warns for SHOULD and MAY', () => {
    expect(judged(['pass', 'fail'])).toBe('fail');
    expect(judged(['pass', 'fail'], { level: 'SHOULD' })).toBe('warn');
    expect(judged(['fail'], { level: 'MAY' })).toBe('warn');
  });

  test('strict makes a SHOULD fail and leaves MAY a warning', () => {
    expect(judged(['fail'], { level: 'SHOULD', strict: true })).toBe('fail');
    expect(judged(['fail'], { level: 'MAY', strict: true })).toBe('warn');
  });

  test('a feature that is not claimed skips, whatever the checks say; a claimed one binds', () => {
    expect(judged(['fail'], { feature: 'DirectReads' })).toBe('skip');
    expect(judged(['fail'], { feature: 'DirectReads', claimed: true })).toBe('fail');
  });

  test('a check that skips although the target is bound is untestable, never a pass', () => {
    expect(judged(['pass', 'skip'])).toBe('untestable');
    expect(judged(['skip'], { feature: 'DirectReads', claimed: true })).toBe('untestable');
  });

  test('a failure hides neither less nor more: fail, then harness error, then untestable, then warn', () => {
    expect(judged(['harness_error', 'fail'])).toBe('fail');
    expect(judged(['untestable', 'harness_error'])).toBe('harness_error');
    expect(judged(['warn', 'untestable', 'pass'])).toBe('untestable');
    expect(judged(['warn', 'pass'])).toBe('warn');
    expect(judged([])).toBe('harness_error');
  });

  test('passes only when every check passed', () => {
    const verdicts = fc.array(fc.constantFrom(...VERDICTS), { minLength: 1 });
    fc.assert(
      fc.property(
        verdicts,
        fc.constantFrom('MUST', 'SHOULD', 'MAY'),
        fc.boolean(),
        (checks, level, strict) => {
          const passed = judged(checks, { level, strict }) === 'pass';
          expect(passed).toBe(checks.every((verdict) => verdict === 'pass'));
        },
      ),
    );
  });

  test('gives the reason of the check that decided', () => {
    const checks = [
      { id: 'a', verdict: 'pass' as const },
      { id: 'b', verdict: 'fail' as const, message: 'because' },
    ];
    expect(judge({ level: 'MUST', claimed: true, strict: false, checks }).reason).toBe('because');
  });

  test('has no reason where no check gives one', () => {
    const bound = { level: 'MUST', claimed: true, strict: false } as const;
    for (const verdict of ['pass', 'fail', 'warn'] as const)
      expect(judge({ ...bound, checks: [{ id: 'a', verdict }] })).toStrictEqual({ verdict });
    expect(judge({ ...bound, checks: [{ id: 'a', verdict: 'skip' }] })).toStrictEqual({
      verdict: 'untestable',
      reason: 'a was skipped (no reason given), yet the target is bound by it',
    });
  });

  test('says why a check that binds was skipped', () => {
    const checks = [{ id: 'a', verdict: 'skip' as const, message: 'no kubectl' }];
    const { reason } = judge({ level: 'MUST', claimed: true, strict: false, checks });
    expect(reason).toBe('a was skipped (no kubectl), yet the target is bound by it');
  });
});

test('untestable is red for a MUST, and for a SHOULD in a strict run', () => {
  expect(isRed({ level: 'MUST', verdict: 'untestable' }, false)).toBe(true);
  expect(isRed({ level: 'SHOULD', verdict: 'untestable' }, false)).toBe(false);
  expect(isRed({ level: 'SHOULD', verdict: 'untestable' }, true)).toBe(true);
  expect(isRed({ level: 'MAY', verdict: 'untestable' }, true)).toBe(false);
});

test('a failure is red whatever the level, and nothing else is by itself', () => {
  for (const level of ['MUST', 'SHOULD', 'MAY'] as const) {
    expect(isRed({ level, verdict: 'fail' }, false)).toBe(true);
    for (const verdict of ['harness_error', 'warn', 'skip', 'pass'] as const)
      expect(isRed({ level, verdict }, true)).toBe(false);
  }
});

test('the worst of several verdicts; a skipped requirement does not spoil a passed profile', () => {
  expect(worst(['pass', 'skip'])).toBe('pass');
  expect(worst(['skip'])).toBe('skip');
  expect(worst(['skip', 'skip', 'warn'])).toBe('warn');
  expect(worst(['pass', 'untestable', 'fail'])).toBe('fail');
  expect(worst([])).toBe('skip');
});

test('repetitions are joined into one result that shows a failing one and counts all', () => {
  const merged = mergeAttempts([
    aCheck('a', 'pass', { seed: 1 }),
    aCheck('a', 'fail', { seed: 2, message: 'late' }),
    aCheck('a', 'pass', { seed: 3 }),
  ]);
  expect(merged).toMatchObject({ verdict: 'fail', message: 'late', seed: 2 });
  expect(merged.attempts).toStrictEqual([
    { verdict: 'pass', duration_ms: 5, seed: 1 },
    { verdict: 'fail', duration_ms: 5, seed: 2 },
    { verdict: 'pass', duration_ms: 5, seed: 3 },
  ]);
  expect(isFlaky(merged)).toBe(true);
  expect(isFlaky(aCheck('a', 'pass'))).toBe(false);
  const seedless = mergeAttempts([aCheck('a', 'pass'), aCheck('a', 'pass')]).attempts;
  expect(seedless?.[0]).toStrictEqual({ verdict: 'pass', duration_ms: 5 });
  expect(mergeAttempts([aCheck('a', 'pass')]).attempts).toBeUndefined();
  expect(isFlaky(mergeAttempts([aCheck('a', 'pass'), aCheck('a', 'pass')]))).toBe(false);
});
