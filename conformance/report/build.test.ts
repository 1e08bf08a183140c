import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { PACKAGE_ROOT } from '../paths.ts';
import { buildReport } from './build.ts';
import { aCheck, aReport, aRequirement, aRun } from './fixtures.ts';
import { exitCode } from './model.ts';
import type { Report, Verdict } from './model.ts';

const schemaFile = join(PACKAGE_ROOT, 'conformance', 'schemas', 'report.schema.json');
const validate = new Ajv2020({ allErrors: true }).compile(
  JSON.parse(await readFile(schemaFile, 'utf8')) as Record<string, unknown>,
);

function valid(report: Report): Report {
  validate(JSON.parse(JSON.stringify(report)));
  expect(validate.errors ?? []).toEqual([]);
  return report;
}

describe('the outcome of a run', () => {
  const cases: [Verdict, Report['outcome'], number][] = [
    ['pass', 'conformant', 0],
    ['warn', 'conformant', 0],
    ['fail', 'not_conformant', 1],
    ['untestable', 'not_conformant', 1],
    ['skip', 'not_conformant', 1],
    ['harness_error', 'harness_error', 3],
  ];
  test.each(cases)('a MUST whose check says %s makes it %s', (verdict, outcome, code) => {
    const report = valid(aReport(verdict));
    expect(report).toMatchObject({ outcome, conformant: outcome === 'conformant' });
    expect(exitCode(report.outcome)).toBe(code);
  });

  test('a failed SHOULD warns, and fails a strict run', () => {
    const should = aRequirement('GW-A-001', { level: 'SHOULD' });
    const run = aRun([[should, [aCheck('GW-A-001', 'fail')]]]);
    expect(buildReport(run)).toMatchObject({ conformant: true, counts: { warn: 1, fail: 0 } });
    expect(buildReport({ ...run, strict: true })).toMatchObject({ conformant: false, counts: { fail: 1 } });
  });

  test('a feature that is not claimed is skipped and does no harm', () => {
    const feature = aRequirement('GW-A-001', { feature: 'DirectReads' });
    const run = aRun([[feature, [aCheck('GW-A-001', 'untestable')]]]);
    expect(valid(buildReport(run))).toMatchObject({ conformant: true, counts: { skip: 1 } });
    const claims = { ...run.target, features: ['DirectReads'] };
    expect(buildReport({ ...run, target: claims })).toMatchObject({
      conformant: false,
      counts: { untestable: 1 },
    });
  });

  test('a failure beside a harness error is a failure: the target is known to be wrong', () => {
    const report = buildReport(
      aRun([
        [aRequirement('GW-A-001'), [aCheck('GW-A-001', 'fail')]],
        [aRequirement('GW-A-002'), [aCheck('GW-A-002', 'harness_error')]],
      ]),
    );
    expect(report.outcome).toBe('not_conformant');
  });
});

describe('expected against emitted', () => {
  const two = [
    [aRequirement('GW-A-001'), [aCheck('GW-A-001/x', 'pass'), aCheck('GW-A-001/y', 'pass')]],
  ] as const;

  test('a planned check without a result makes the run red and is named', () => {
    const run = aRun(two);
    const report = valid(buildReport({ ...run, results: run.results.slice(0, 1) }));
    expect(report).toMatchObject({ conformant: false, counts: { expected: 2, emitted: 1 } });
    expect(report.problems).toEqual(['2 checks were expected, 1 reported; no result from GW-A-001/y']);
    expect(report.requirements[0]).toMatchObject({ verdict: 'harness_error' });
  });

  test('a result that nobody planned, or a second one, makes the run red', () => {
    const run = aRun(two);
    const extra = buildReport({ ...run, results: [...run.results, aCheck('GW-Z-001', 'pass')] });
    expect(extra).toMatchObject({ conformant: false, outcome: 'not_conformant' });
    expect(extra.problems.at(-1)).toContain('GW-Z-001');
    const twice = buildReport({ ...run, results: [...run.results, aCheck('GW-A-001/x', 'pass')] });
    expect(twice.problems.at(-1)).toContain('GW-A-001/x');
  });
});

test('a requirement without a check is listed and neither passed nor failed', () => {
  const covered = aRequirement('GW-A-001');
  const open = aRequirement('GW-A-002');
  const unseen = aRequirement('GW-A-003', { excluded: 'nobody can see it from outside' });
  const elsewhere = aRequirement('MS-A-001', { profile: 'master' });
  const run = aRun([[covered, [aCheck('GW-A-001', 'pass')]]], {
    catalogue: { requirements: [covered, open, unseen, elsewhere] },
    selected: [covered, open],
  });
  const report = valid(buildReport(run));
  expect(report.not_covered.map(({ id, excluded }) => [id, excluded])).toEqual([
    ['GW-A-002', undefined],
    ['GW-A-003', 'nobody can see it from outside'],
  ]);
  expect(report).toMatchObject({ conformant: true, counts: { pass: 1 } });
});

test('profiles carry their own counts and their worst verdict', () => {
  const report = valid(
    buildReport(
      aRun([
        [aRequirement('GW-A-001'), [aCheck('GW-A-001', 'pass')]],
        [
          aRequirement('MS-A-001', { profile: 'master' }),
          [aCheck('MS-A-001/a', 'fail'), aCheck('MS-A-001/b', 'pass')],
        ],
      ]),
    ),
  );
  expect(report.profiles).toMatchObject([
    { name: 'gateway', verdict: 'pass', counts: { pass: 1, expected: 1 } },
    { name: 'master', verdict: 'fail', counts: { fail: 1, expected: 2, emitted: 2 } },
  ]);
});
