import type { Requirement } from '../requirements/catalogue.ts';
import { buildReport } from './build.ts';
import type { RunRecord } from './build.ts';
import type { CheckResult, Report, Verdict } from './model.ts';

/** A requirement for tests of the report. */
export function aRequirement(id: string, changes: Partial<Requirement> = {}): Requirement {
  return {
    id,
    level: 'MUST',
    profile: 'gateway',
    since: '1.0',
    text: `The gateway MUST keep ${id}.`,
    source: '3. Gateway',
    also: [],
    defects: [],
    area: 'gateway-test',
    location: 'conformance/requirements/gateway-test.yaml:5',
    ...changes,
  };
}

/** A check's result for tests of the report. */
export function aCheck(id: string, verdict: Verdict, changes: Partial<CheckResult> = {}): CheckResult {
  return { id, title: `title of ${id}`, verdict, duration_ms: 5, exchanges: [], mutants: [], ...changes };
}

/** A run in which each requirement has the checks given, all planned and reported. */
export function aRun(
  checks: readonly (readonly [Requirement, readonly CheckResult[]])[],
  changes: Partial<RunRecord> = {},
): RunRecord {
  const requirements = checks.map(([requirement]) => requirement);
  return {
    suite: { name: 'k3s-daas-conformance', version: '0.1.0' },
    target: { name: 'example', version: '1.2.3', features: [], chain: 'embedded' },
    seed: 7,
    repeat: 1,
    strict: false,
    startedAt: new Date('2026-01-02T03:04:05.678Z'),
    durationMs: 1234,
    environment: { node: 'v26.0.0', platform: 'linux x64', cores: 2, missing: [] },
    catalogue: { requirements },
    selected: requirements,
    planned: checks.flatMap(([requirement, results]) =>
      results.map(({ id, title }) => ({ id, title, requirement: requirement.id })),
    ),
    results: checks.flatMap(([, results]) => results),
    ...changes,
  };
}

/** A report with one requirement, called GW-A-001, with one check. */
export function aReport(
  verdict: Verdict,
  check: Partial<CheckResult> = {},
  run: Partial<RunRecord> = {},
): Report {
  return buildReport(aRun([[aRequirement('GW-A-001'), [aCheck('GW-A-001', verdict, check)]]], run));
}
