import type { Report, RequirementResult, Verdict } from './model.ts';
import { createRedactor } from './redact.ts';
import type { Redactor } from './redact.ts';
import { duration, notable, show, showShort, VERDICT_WORDS, verdictLine } from './words.ts';

/** GitHub shows at most 1 MiB of a step summary; beyond this many only ids are listed. */
const DETAILED = 50;

const SIGNS: Readonly<Record<Verdict, string>> = {
  pass: '✅',
  fail: '❌',
  warn: '⚠️',
  skip: '⏭️',
  untestable: '🚫',
  harness_error: '💥',
};

/** Markdown for GITHUB_STEP_SUMMARY. */
export function renderStepSummary(report: Report, redactor: Redactor = createRedactor()): string {
  const clean = redactor.value(report);
  const good = clean.outcome === 'conformant' || clean.outcome === 'only_expected_failures';
  const lines = [`## ${good ? '✅' : '❌'} ${escapeMarkdown(verdictLine(clean))}`, ''];
  const { target, suite } = clean;
  const features = target.features.length === 0 ? 'none' : target.features.join(', ');
  lines.push(
    escapeMarkdown(
      `${target.name} ${target.version ?? ''} on the ${target.chain} chain · features: ${features} · ${suite.name} ${suite.version} · seed ${clean.seed} · ${duration(clean.duration_ms)}`,
    ),
    '',
  );
  for (const problem of clean.problems) lines.push(`> ❌ ${escapeMarkdown(problem)}`, '');
  const columns: readonly Verdict[] = ['pass', 'fail', 'warn', 'skip', 'untestable', 'harness_error'];
  lines.push(`| profile | ${columns.map((verdict) => VERDICT_WORDS[verdict]).join(' | ')} |`);
  lines.push(`| --- | ${columns.map(() => '---:').join(' | ')} |`);
  for (const { name, verdict, counts } of clean.profiles) {
    lines.push(`| ${SIGNS[verdict]} ${name} | ${columns.map((column) => counts[column]).join(' | ')} |`);
  }
  lines.push('');
  const found = notable(clean);
  for (const result of found.slice(0, DETAILED)) lines.push(...details(result));
  if (found.length > DETAILED) {
    lines.push(
      `And ${found.length - DETAILED} more: ${found
        .slice(DETAILED)
        .map(({ id }) => id)
        .join(', ')}`,
      '',
    );
  }
  if (clean.environment.missing.length > 0) {
    const missing = clean.environment.missing.map(({ part, reason }) => `${part} (${reason})`).join(', ');
    lines.push(`Missing equipment: ${escapeMarkdown(missing)}`, '');
  }
  if (clean.not_covered.length > 0) {
    const ids = clean.not_covered.map(({ id }) => id).join(', ');
    lines.push(
      `<details><summary>${clean.not_covered.length} requirements without a check</summary>\n\n${ids}\n\n</details>`,
      '',
    );
  }
  return `${lines.join('\n')}\n`;
}

function details(result: RequirementResult): string[] {
  const lines = [
    `<details><summary>${SIGNS[result.verdict]} <b>${result.id}</b> (${result.level}) ${escapeHtml(result.text)}</summary>`,
    '',
  ];
  if (result.reason !== undefined) lines.push(escapeMarkdown(showShort(result.reason, 400)), '');
  if (result.expected_failure !== undefined) {
    const { reason, owner, expires } = result.expected_failure;
    lines.push(escapeMarkdown(`Expected until ${expires} (${owner}): ${reason}`), '');
  }
  for (const check of result.checks.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip')) {
    lines.push(`**${escapeMarkdown(check.id)}** ${escapeMarkdown(check.title)}`, '');
    for (const name of ['message', 'sent', 'wanted', 'got', 'hint', 'curl'] as const) {
      if (check[name] !== undefined) lines.push(`${name}:`, '', fenced(show(check[name])), '');
    }
  }
  return [...lines, '</details>', ''];
}

/** A code block whose fence is longer than any run of backticks within. */
function fenced(text: string): string {
  const short = text.length > 2000 ? `${text.slice(0, 2000)}…` : text;
  const longest = Math.max(0, ...(short.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}text\n${short}\n${fence}`;
}

function escapeMarkdown(text: string): string {
  return escapeHtml(text.replaceAll(/\s+/g, ' ')).replaceAll(/[\\`*_[\]|#~]/g, '\\$&');
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
