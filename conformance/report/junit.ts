import type { CheckResult, Report, RequirementResult } from './model.ts';
import { createRedactor } from './redact.ts';
import type { Redactor } from './redact.ts';
import { show } from './words.ts';

/**
 * JUnit XML: one testsuite a profile, one testcase a check. What is untestable or broke in the suite is an `error`, never
 * a skip; a warning passes with its words in `system-out`; an expected failure is skipped with its reason.
 */
export function renderJunit(report: Report, redactor: Redactor = createRedactor()): string {
  const clean = redactor.value(report);
  const suites = clean.profiles.map(({ name }) => profileSuite(clean, name));
  if (clean.problems.length > 0) suites.push(problemSuite(clean));
  const total = sum(suites.map((suite) => suite.counts));
  const head = attributes({
    name: `${clean.suite.name}: ${clean.target.name}`,
    ...total,
    time: clean.duration_ms / 1000,
  });
  const body = suites.map((suite) => suite.xml).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${head}>\n${body}</testsuites>\n`;
}

interface CaseCounts {
  tests: number;
  failures: number;
  errors: number;
  skipped: number;
}

interface Suite {
  xml: string;
  counts: CaseCounts;
}

function profileSuite(report: Report, profile: string): Suite {
  const requirements = report.requirements.filter((result) => result.profile === profile);
  const uncovered = report.not_covered.filter((one) => one.profile === profile).map(({ id }) => id);
  const cases = requirements.flatMap((result) => result.checks.map((check) => testcase(result, check)));
  const properties = {
    target: [report.target.name, report.target.version].filter(Boolean).join(' '),
    seed: String(report.seed),
    strict: String(report.strict),
    not_covered: uncovered.join(' '),
  };
  const time =
    requirements.flatMap(({ checks }) => checks).reduce((ms, check) => ms + check.duration_ms, 0) / 1000;
  return testsuite(profile, report.started_at, time, properties, cases);
}

function problemSuite(report: Report): Suite {
  const cases = report.problems.map((problem) => ({
    xml: `    <testcase${attributes({ classname: 'run', name: problem, time: 0 })}>\n      <failure${attributes({ type: 'run', message: problem })}/>\n    </testcase>\n`,
    counts: { tests: 1, failures: 1, errors: 0, skipped: 0 },
  }));
  return testsuite('run', report.started_at, 0, {}, cases);
}

function testsuite(
  name: string,
  timestamp: string,
  time: number,
  properties: Record<string, string>,
  cases: Suite[],
): Suite {
  const counts = sum(cases.map((one) => one.counts));
  const lines = Object.entries(properties).map(
    ([key, value]) => `      <property${attributes({ name: key, value })}/>\n`,
  );
  const listed = lines.length === 0 ? '' : `    <properties>\n${lines.join('')}    </properties>\n`;
  const head = attributes({ name, ...counts, time, timestamp: timestamp.replace(/\.\d+Z$/, '') });
  return {
    xml: `  <testsuite${head}>\n${listed}${cases.map((one) => one.xml).join('')}  </testsuite>\n`,
    counts,
  };
}

function testcase(result: RequirementResult, check: CheckResult): Suite {
  const head = attributes({
    classname: `${result.profile}.${result.id}`,
    name: `${check.id} ${check.title}`,
    time: check.duration_ms / 1000,
  });
  const { element, counts } = outcome(result, check);
  const body = element === '' ? '/>' : `>\n      ${element}\n    </testcase>`;
  return { xml: `    <testcase${head}${body}\n`, counts };
}

function outcome(result: RequirementResult, check: CheckResult): { element: string; counts: CaseCounts } {
  const counts = { tests: 1, failures: 0, errors: 0, skipped: 0 };
  const message = check.message ?? result.reason ?? '';
  const unclaimed = result.verdict === 'skip';
  const known = result.expected_failure;
  if (unclaimed || (known !== undefined && check.verdict !== 'pass' && check.verdict !== 'harness_error')) {
    const why = unclaimed
      ? (result.reason ?? message)
      : `expected failure until ${known?.expires}: ${known?.reason}`;
    return { element: `<skipped${attributes({ message: why })}/>`, counts: { ...counts, skipped: 1 } };
  }
  switch (check.verdict) {
    case 'pass':
      return { element: '', counts };
    case 'warn':
      return { element: tag('system-out', {}, details(result, check)), counts };
    case 'fail':
      return result.verdict === 'fail'
        ? {
            element: tag('failure', { type: result.level, message }, details(result, check)),
            counts: { ...counts, failures: 1 },
          }
        : {
            element: tag('system-out', {}, `WARNING (${result.level})\n${details(result, check)}`),
            counts,
          };
    case 'skip':
    case 'untestable':
      return {
        element: tag('error', { type: 'untestable', message }, details(result, check)),
        counts: { ...counts, errors: 1 },
      };
    case 'harness_error':
      return {
        element: tag('error', { type: 'harness', message }, details(result, check)),
        counts: { ...counts, errors: 1 },
      };
  }
}

function details(result: RequirementResult, check: CheckResult): string {
  const parts: [string, unknown][] = [
    ['message', check.message],
    ['sent', check.sent],
    ['wanted', check.wanted],
    ['got', check.got],
    ['hint', check.hint],
    ['curl', check.curl],
    ['seed', check.seed],
  ];
  const lines = parts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${show(value)}`);
  return [`${result.id} (${result.level}): ${result.text}`, ...lines].join('\n');
}

function sum(all: readonly CaseCounts[]): CaseCounts {
  const total = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  for (const one of all) {
    total.tests += one.tests;
    total.failures += one.failures;
    total.errors += one.errors;
    total.skipped += one.skipped;
  }
  return total;
}

function tag(name: string, values: Record<string, string>, text: string): string {
  return `<${name}${attributes(values)}>${escapeXml(text)}</${name}>`;
}

function attributes(values: Record<string, string | number>): string {
  return Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${escapeXml(String(value)).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`,
    )
    .join('');
}

/** Text for XML 1.0: characters that XML cannot carry at all become U+FFFD. */
function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[^\u0009\u000a\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&apos;')
  );
}
