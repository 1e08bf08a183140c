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
});

test('untestable is red for a MUST, and for a SHOULD in a strict run', () => {
  expect(isRed({ level: 'MUST', verdict: 'untestable' }, false)).toBe(true);
  expect(isRed({ level: 'SHOULD', verdict: 'untestable' }, false)).toBe(false);
  expect(isRed({ level: 'SHOULD', verdict: 'untestable' }, true)).toBe(true);
  expect(isRed({ level: 'MAY', verdict: 'untestable' }, true)).toBe(false);
});

test('the worst of several verdicts; a skipped requirement does not spoil a passed profile', () => {
  expect(worst(['pass', 'skip'])).toBe('pass');
  expect(worst(['skip'])).toBe('skip');
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
  expect(merged.attempts?.map(({ verdict }) => verdict)).toEqual(['pass', 'fail', 'pass']);
  expect(isFlaky(merged)).toBe(true);
  expect(mergeAttempts([aCheck('a', 'pass')]).attempts).toBeUndefined();
  expect(isFlaky(mergeAttempts([aCheck('a', 'pass'), aCheck('a', 'pass')]))).toBe(false);
});
