import { isFlaky } from './verdict.ts';
import type { CheckResult, Report, RequirementResult, Verdict } from './model.ts';
import { createRedactor } from './redact.ts';
import type { Redactor } from './redact.ts';
import { duration, notable, show, VERDICT_WORDS, verdictLine } from './words.ts';

export interface SummaryOptions {
  readonly redactor?: Redactor;
  /** ANSI colours; say `stream.isTTY`. */
  readonly colour?: boolean;
  /** Characters a line. */
  readonly width?: number;
}

type Paint = (style: keyof typeof STYLES, text: string) => string;

const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;

const COLOUR: Readonly<Record<Verdict, keyof typeof STYLES>> = {
  fail: 'red',
  harness_error: 'magenta',
  untestable: 'red',
  warn: 'yellow',
  skip: 'dim',
  pass: 'green',
};

const MAX_LINES = 12;

/** The summary a person reads in a terminal. Its last line is the verdict. */
export function renderSummary(report: Report, options: SummaryOptions = {}): string {
  const { redactor = createRedactor(), colour = false, width = 100 } = options;
  const clean = redactor.value(report);
  const paint: Paint = (style, text) => {
    const [open, close] = STYLES[style];
    return colour ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  };
  const lines = [...notable(clean).flatMap((result) => block(result, paint, width)), ...table(clean, paint)];
  for (const { part, reason } of clean.environment.missing)
    lines.push(paint('yellow', `missing: ${part} (${printable(reason)})`));
  const flaky = clean.requirements.flatMap(({ checks }) => checks).filter(isFlaky);
  for (const check of flaky) lines.push(paint('yellow', `flaky: ${check.id} (${tally(check)})`));
  if (clean.not_covered.length > 0) lines.push(paint('dim', notCovered(clean)));
  for (const problem of clean.problems) lines.push(paint('red', `problem: ${printable(problem)}`));
  lines.push(paint('dim', `${clean.target.name}, seed ${clean.seed}, ${duration(clean.duration_ms)}`));
  const good = clean.outcome === 'conformant' || clean.outcome === 'only_expected_failures';
  lines.push(paint('bold', paint(good ? 'green' : 'red', verdictLine(clean))));
  return `${lines.join('\n')}\n`;
}

function block(result: RequirementResult, paint: Paint, width: number): string[] {
  const colour = COLOUR[result.verdict];
  const word = result.expected_failure === undefined ? VERDICT_WORDS[result.verdict] : 'expected failure';
  const lines = [
    `${paint(colour, word.toUpperCase())} ${paint('bold', result.id)} ${paint('dim', result.level)}`,
  ];
  lines.push(...wrap(result.text, width - 2).map((line) => `  ${line}`));
  const known = result.expected_failure;
  if (known !== undefined)
    lines.push(paint('dim', `  ${known.reason} (${known.owner}, until ${known.expires})`));
  else if (result.reason !== undefined && !result.checks.some(({ message }) => message === result.reason))
    lines.push(`  ${printable(result.reason)}`);
  const shown = result.checks.filter((check) => check.verdict !== 'pass' && check.verdict !== 'skip');
  for (const check of shown) lines.push(...checkLines(check, paint));
  return [...lines, ''];
}

function checkLines(check: CheckResult, paint: Paint): string[] {
  const lines = [`  ${paint('cyan', check.id)} ${check.title}`];
  if (check.message !== undefined) lines.push(...indented('', check.message));
  for (const name of ['sent', 'wanted', 'got'] as const) {
    if (check[name] !== undefined) lines.push(...indented(name, show(check[name])));
  }
  if (check.hint !== undefined) lines.push(...indented('hint', check.hint));
  if (check.curl !== undefined) lines.push(...indented('try', check.curl));
  return lines;
}

function indented(name: string, text: string): string[] {
  const all = printable(text).split('\n');
  const lines =
    all.length > MAX_LINES ? [...all.slice(0, MAX_LINES), `… ${all.length - MAX_LINES} more lines`] : all;
  const label = name === '' ? '' : `${name}: `.padEnd(8);
  return lines.map((line, index) => `    ${index === 0 ? label : ' '.repeat(label.length)}${line}`);
}

function table(report: Report, paint: Paint): string[] {
  const columns: readonly Verdict[] = ['pass', 'fail', 'warn', 'skip', 'untestable', 'harness_error'];
  const head = ['profile', ...columns.map((verdict) => VERDICT_WORDS[verdict])];
  const rows = report.profiles.map(({ name, counts }) => [
    name,
    ...columns.map((verdict) => String(counts[verdict])),
  ]);
  const widths = head.map((cell, index) =>
    Math.max(cell.length, ...rows.map((row) => row[index]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string[] =>
    cells.map((cell, index) =>
      index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
    );
  const coloured = rows.map((row) =>
    line(row).map((cell, index) => {
      const verdict = columns[index - 1];
      return verdict === undefined ? cell : paint(row[index] === '0' ? 'dim' : COLOUR[verdict], cell);
    }),
  );
  return [paint('dim', line(head).join('  ')), ...coloured.map((row) => row.join('  ')), ''];
}

function notCovered(report: Report): string {
  const excluded = report.not_covered.filter((one) => one.excluded !== undefined).length;
  const open = report.not_covered.length - excluded;
  return `not covered by any check: ${open} requirements, and ${excluded} that cannot be observed (see the report)`;
}

function tally(check: CheckResult): string {
  const attempts = check.attempts ?? [];
  const passed = attempts.filter((attempt) => attempt.verdict === 'pass').length;
  return `passed ${passed} of ${attempts.length}`;
}

/** What a target sends must not steer the terminal. */
function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
