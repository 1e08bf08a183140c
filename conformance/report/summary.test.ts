import { describe, expect, test } from 'vitest';
import { buildReport } from './build.ts';
import { aCheck, aReport, aRequirement, aRun } from './fixtures.ts';
import { renderStepSummary } from './step-summary.ts';
import { renderSummary } from './summary.ts';
import { mergeAttempts } from './verdict.ts';

const failing = aReport('fail', {
  message: 'accepted',
  wanted: { status: 401 },
  got: { status: 200 },
  curl: 'curl -sk https://127.0.0.1/',
});

describe('the terminal summary', () => {
  test('shows a failure with sentence, wanted, got and curl, and ends with the verdict', () => {
    const text = renderSummary(failing);
    expect(text).toContain('FAILED GW-A-001 MUST\n  The gateway MUST keep GW-A-001.\n');
    expect(text).toMatch(/wanted: \{\n\s+"status": 401/);
    expect(text).toMatch(/got: {4}\{\n\s+"status": 200/);
    expect(text).toContain('try:    curl -sk https://127.0.0.1/');
    expect(text.trimEnd().split('\n').at(-1)).toBe('NOT CONFORMANT: 0 of 1 requirements passed, 1 failed');
  });

  test('has colours only when asked', () => {
    expect(renderSummary(failing)).not.toContain('\u001b');
    expect(renderSummary(failing, { colour: true })).toContain('\u001b[31m');
  });

  test('a target cannot steer the terminal', () => {
    expect(renderSummary(aReport('fail', { message: 'a\u001b]0;title\u0007b' }))).toContain(
      'a\ufffd]0;title\ufffdb',
    );
  });

  test('names what is missing, flaky, not covered and amiss', () => {
    const one = aRequirement('GW-A-001');
    const two = aRequirement('GW-A-002');
    const flaky = mergeAttempts([aCheck('GW-A-001', 'pass'), aCheck('GW-A-001', 'fail')]);
    const run = aRun([[one, [flaky]]], {
      catalogue: { requirements: [one, two] },
      selected: [one, two],
      environment: {
        node: 'v26',
        platform: 'linux',
        cores: 2,
        missing: [{ part: 'kubectl', reason: 'not in PATH' }],
      },
    });
    const text = renderSummary({ ...buildReport(run), problems: ['counts differ'] });
    expect(text).toContain('missing: kubectl (not in PATH)');
    expect(text).toContain('flaky: GW-A-001 (passed 1 of 2)');
    expect(text).toContain('not covered by any check: 1 requirements');
    expect(text).toContain('problem: counts differ');
  });

  test('says when only a part was run', () => {
    const report = aReport('pass', {}, { selection: { only: ['GW-A-001'], exclude: [], omitted: 12 } });
    expect(renderSummary(report)).toContain('CONFORMANT (a part of the profiles only): 1 of 1');
  });
});

describe('the step summary', () => {
  test('is Markdown in which nothing a target sends is markup', () => {
    const text = renderStepSummary(
      aReport('fail', { message: '```\n</details><script>', title: '<b>*x*|</b>' }),
    );
    expect(text).toContain('## ❌ NOT CONFORMANT: 0 of 1 requirements passed, 1 failed');
    expect(text).toContain('````text\n```\n</details><script>\n````');
    expect(text).toContain(String.raw`&lt;b&gt;\*x\*\|&lt;/b&gt;`);
  });

  test('stays small with hundreds of failures', () => {
    const checks = Array.from({ length: 400 }, (_, index) => {
      const id = `GW-A-${String(index + 1).padStart(3, '0')}`;
      return [aRequirement(id), [aCheck(id, 'fail', { got: 'x'.repeat(50_000) })]] as const;
    });
    const text = renderStepSummary(buildReport(aRun(checks)));
    expect(text.length).toBeLessThan(1_000_000);
    expect(text).toContain('And 350 more: GW-A-051, ');
  });
});
