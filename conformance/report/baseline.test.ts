import { describe, expect, test } from 'vitest';
import { UsageError } from '../errors.ts';
import { applyBaseline, parseBaseline } from './baseline.ts';
import { aReport } from './fixtures.ts';
import type { Report, Verdict } from './model.ts';

const entry = (id = 'GW-A-001', expires = '2026-03-01'): string =>
  `- id: ${id}\n  reason: known, fixed in 2.0\n  owner: gateway team\n  expires: ${expires}\n`;

function applied(verdict: Verdict, yaml: string): Report {
  return applyBaseline(aReport(verdict), parseBaseline('baseline.yaml', yaml), {
    today: new Date('2026-03-01T23:59:00Z'),
    knows: (id) => id.startsWith('GW-A-'),
  });
}

describe('a baseline of expected failures', () => {
  test('an expected failure does not fail the run, and is not called conformant either', () => {
    const report = applied('fail', entry());
    expect(report).toMatchObject({ outcome: 'only_expected_failures', conformant: false, problems: [] });
    expect(report.requirements[0]?.expected_failure).toEqual({
      reason: 'known, fixed in 2.0',
      owner: 'gateway team',
      expires: '2026-03-01',
    });
  });

  test('covers what is untestable on a machine, but no fault of the suite', () => {
    expect(applied('untestable', entry()).outcome).toBe('only_expected_failures');
    expect(applied('harness_error', entry()).outcome).toBe('harness_error');
  });

  test.each([
    ['passes now', 'pass', entry(), /baseline\.yaml:1:3: .*it passes/],
    [
      'is past its day',
      'fail',
      entry('GW-A-001', '2026-02-28'),
      /expired on 2026-02-28 \(owner: gateway team\)/,
    ],
    ['has an unknown id', 'pass', entry('XX-A-001'), /no such requirement/],
  ] as const)('an entry that %s is stale and fails the run', (_, verdict, yaml, message) => {
    const report = applied(verdict, yaml);
    expect(report.problems).toEqual([expect.stringMatching(message)]);
    expect(report.outcome).toBe('not_conformant');
  });

  test('an entry for a requirement that this run did not look at is left alone', () => {
    expect(applied('pass', entry('GW-A-002')).outcome).toBe('conformant');
  });

  test('an empty file is an empty baseline', () => {
    expect(parseBaseline('baseline.yaml', '')).toEqual([]);
  });

  test.each([
    ['id: GW-A-001', /baseline\.yaml:1:1: expected a list/],
    ['- id: GW-A-001\n', /baseline\.yaml:1:3: reason, owner, expires must be text/],
    [entry('GW-A-001', 'soon'), /baseline\.yaml:4:3: "soon" is no day/],
    [entry('GW-A-001', '"2026-02-30"'), /2026-02-30.* is no day/],
    [`${entry()}${entry()}`, /baseline\.yaml:5:3: GW-A-001 is listed twice/],
    [`${entry()}  colour: red\n`, /unknown field colour/],
  ])('refuses %j with its place', (yaml, message) => {
    expect(() => parseBaseline('baseline.yaml', yaml)).toThrow(UsageError);
    expect(() => parseBaseline('baseline.yaml', yaml)).toThrow(message);
  });
});
