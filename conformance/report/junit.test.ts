import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyBaseline } from './baseline.ts';
import { buildReport } from './build.ts';
import { aCheck, aReport, aRequirement, aRun } from './fixtures.ts';
import { renderJunit } from './junit.ts';
import type { Report, Verdict } from './model.ts';
import { readXml } from './xml-reader.ts';
import type { XmlElement } from './xml-reader.ts';

function testcases(report: Report): XmlElement[] {
  return readXml(renderJunit(report)).children.flatMap((suite) =>
    suite.children.filter(({ name }) => name === 'testcase'),
  );
}

/** What XML can carry of a text. */
const clean = (text: string): string =>
  text.toWellFormed().replaceAll(/[^\t\n -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');

describe('JUnit XML', () => {
  test('is well-formed whatever a target sends, and carries the text unharmed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const report = aReport('fail', { title: text, message: text, got: text });
        const found = testcases(report)[0];
        expect(found?.attributes['name']).toBe(`GW-A-001 ${clean(text)}`);
        expect(found?.children[0]?.text).toContain(`got: ${clean(text)}`);
      }),
      { numRuns: 100 },
    );
  });

  const cases: [Verdict, string | undefined, string | undefined][] = [
    ['pass', undefined, undefined],
    ['fail', 'failure', 'MUST'],
    ['untestable', 'error', 'untestable'],
    ['skip', 'error', 'untestable'],
    ['harness_error', 'error', 'harness'],
    ['warn', 'system-out', undefined],
  ];
  test.each(cases)('a check that says %s becomes %s of type %s', (verdict, name, type) => {
    const child = testcases(aReport(verdict, { message: 'why' }))[0]?.children[0];
    expect(child?.name).toBe(name);
    expect(child?.attributes['type']).toBe(type);
  });

  test('a failed SHOULD passes with its words; a feature that is not claimed is skipped', () => {
    const report = buildReport(
      aRun([
        [aRequirement('GW-A-001', { level: 'SHOULD' }), [aCheck('GW-A-001', 'fail')]],
        [aRequirement('GW-A-002', { feature: 'DirectReads' }), [aCheck('GW-A-002', 'fail')]],
      ]),
    );
    const [should, feature] = testcases(report);
    expect(should?.children[0]).toMatchObject({
      name: 'system-out',
      text: expect.stringContaining('WARNING (SHOULD)'),
    });
    expect(feature?.children[0]).toMatchObject({
      name: 'skipped',
      attributes: { message: 'the target does not claim the feature DirectReads' },
    });
  });

  test('has a suite a profile with counts that add up, and a failing case for each problem of the run', () => {
    const run = aRun([
      [aRequirement('GW-A-001'), [aCheck('GW-A-001/a', 'pass'), aCheck('GW-A-001/b', 'fail')]],
      [aRequirement('MS-A-001', { profile: 'master' }), [aCheck('MS-A-001', 'harness_error')]],
    ]);
    const root = readXml(renderJunit({ ...buildReport(run), problems: ['something is amiss'] }));
    const rows = root.children.map(({ attributes: { name, tests, failures, errors, skipped } }) =>
      [name, tests, failures, errors, skipped].join(' '),
    );
    expect(rows).toEqual(['gateway 2 1 0 0', 'master 1 0 1 0', 'run 1 1 0 0']);
    expect(root.attributes).toMatchObject({ tests: '4', failures: '2', errors: '1', skipped: '0' });
  });

  test('an expected failure is skipped with its reason', () => {
    const baseline = [{ id: 'GW-A-001', reason: 'known', owner: 'us', expires: '2030-01-01', at: 'b:1:1' }];
    const report = applyBaseline(aReport('fail'), baseline, {
      today: new Date('2029-01-01'),
      knows: () => true,
    });
    expect(testcases(report)[0]?.children[0]).toMatchObject({
      name: 'skipped',
      attributes: { message: 'expected failure until 2030-01-01: known' },
    });
  });
});
