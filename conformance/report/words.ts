import type { Counts, Report, RequirementResult, Verdict } from './model.ts';

/** Verdicts as people read them. */
export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  fail: 'failed',
  harness_error: 'harness error',
  untestable: 'untestable',
  warn: 'warning',
  skip: 'skipped',
  pass: 'passed',
};

/** One line that says how the run ended. */
export function verdictLine(report: Report): string {
  const { counts } = report;
  const tested = report.requirements.length;
  const parts = (['fail', 'untestable', 'harness_error', 'warn', 'skip'] as const)
    .filter((verdict) => counts[verdict] > 0)
    .map((verdict) => countOf(counts, verdict));
  const passed = `${counts.pass} of ${tested} requirements passed`;
  const numbers = [passed, ...parts].join(', ');
  const partial = (report.selection?.omitted ?? 0) > 0 ? ' (a part of the profiles only)' : '';
  switch (report.outcome) {
    case 'conformant':
      return `CONFORMANT${partial}: ${numbers}`;
    case 'only_expected_failures':
      return `ONLY EXPECTED FAILURES${partial}: ${numbers}`;
    case 'not_conformant':
      return `NOT CONFORMANT${partial}: ${numbers}`;
    case 'harness_error':
      return `HARNESS ERROR${partial}: ${numbers}`;
  }
}

function countOf(counts: Counts, verdict: Verdict): string {
  const count = counts[verdict];
  const word = VERDICT_WORDS[verdict];
  const many = verdict === 'warn' || verdict === 'harness_error' ? `${word}s` : word;
  return `${count} ${count === 1 ? word : many}`;
}

/** Results that need a reader's eye, worst first. */
export function notable(report: Report): RequirementResult[] {
  const order: readonly Verdict[] = ['fail', 'harness_error', 'untestable', 'warn'];
  return order.flatMap((verdict) => report.requirements.filter((result) => result.verdict === verdict));
}

/** A JSON value for people: texts as they are, the rest indented. */
export function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value, undefined, 2) ?? String(value));
}

/** The same in one line of at most `width` characters. */
export function showShort(value: unknown, width = 160): string {
  const text = (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))).replaceAll(
    /\s+/g,
    ' ',
  );
  return text.length > width ? `${text.slice(0, width - 1)}…` : text;
}

/** 850 → "850 ms", 61_500 → "1 min 2 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
