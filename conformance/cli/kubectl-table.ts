import { readFile } from 'node:fs/promises';
import { KUBECTL_VERSIONS } from '../runner/check.ts';
import type { CheckResult, Report } from '../report/model.ts';

/** Prints the table command × kubectl version of a report: `node kubectl-table.ts [reports/kubectl/report.json]`. */
const file = process.argv[2] ?? 'reports/kubectl/report.json';
const report = JSON.parse(await readFile(file, 'utf8')) as Report;
const rows = Map.groupBy(
  report.requirements.flatMap(({ checks }) => checks).filter(({ id }) => id.startsWith('GW-KCT-004/')),
  ({ id }) => id.split('/')[2] ?? '',
);
const width = Math.max(...[...rows.keys()].map((name) => name.length), 'command'.length);
const ran = KUBECTL_VERSIONS.filter((version) =>
  [...rows.values()].flat().some(({ id }) => id.includes(`/${version}/`)),
);

function cell(checks: readonly CheckResult[], version: string): string {
  const found = checks.find(({ id }) => id.split('/')[1] === version);
  return (found?.verdict === 'pass' ? 'ok' : (found?.verdict ?? '-')).padEnd(8);
}

const lines = [...rows].map(([name, checks]) =>
  [
    name.padEnd(width),
    ...ran.map((version) => cell(checks, version)),
    (checks[0]?.title ?? '').replace(/^\d\.\d+: /, ''),
  ].join('  '),
);
const all = [...rows.values()].flat();
const passed = all.filter(({ verdict }) => verdict === 'pass').length;
process.stdout.write(
  `${[
    ['command'.padEnd(width), ...ran.map((version) => version.padEnd(8))].join('  '),
    ...lines,
    `${rows.size} commands × ${ran.length} versions of kubectl: ${passed} of ${all.length} passed`,
  ].join('\n')}\n`,
);
// A version that SHOULD work and does not only warns in the report; this table is about nothing else.
if (passed < all.length || ran.length < KUBECTL_VERSIONS.length) process.exitCode = 1;
