import { UsageError } from '../errors.ts';
import { parseYaml } from '../requirements/yaml-source.ts';
import { outcomeOf } from './build.ts';
import type { Report, RequirementResult } from './model.ts';

/** A failure that is known and owned, until a day. */
export interface ExpectedFailure {
  readonly id: string;
  readonly reason: string;
  readonly owner: string;
  /** Last day on which it is expected, `YYYY-MM-DD`, UTC. */
  readonly expires: string;
  /** `file:line:column`. */
  readonly at: string;
}

const FIELDS = ['id', 'reason', 'owner', 'expires'] as const;

/** Reads a baseline: a YAML list of `{id, reason, owner, expires}`. Throws UsageError naming every mistake and its place. */
export function parseBaseline(file: string, text: string): ExpectedFailure[] {
  const source = parseYaml(file, text);
  const problems = [...source.problems];
  const entries: ExpectedFailure[] = [];
  const seen = new Set<string>();
  const list = source.value ?? [];
  if (!Array.isArray(list)) problems.push(`${source.at([])}: expected a list of entries`);
  else {
    list.forEach((raw: unknown, index) => {
      const at = source.at([index]);
      const entry = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>) : {};
      const wrong = FIELDS.filter((name) => typeof entry[name] !== 'string' || entry[name] === '');
      const unknown = Object.keys(entry).filter((name) => !FIELDS.some((known) => known === name));
      if (wrong.length > 0) problems.push(`${at}: ${wrong.join(', ')} must be text`);
      if (unknown.length > 0) problems.push(`${at}: unknown field ${unknown.join(', ')}`);
      if (wrong.length + unknown.length > 0) return;
      const { id, reason, owner, expires } = entry as Record<(typeof FIELDS)[number], string>;
      if (!isDay(expires))
        problems.push(`${source.at([index, 'expires'])}: "${expires}" is no day (YYYY-MM-DD)`);
      if (seen.has(id)) problems.push(`${at}: ${id} is listed twice`);
      seen.add(id);
      entries.push({ id, reason, owner, expires, at });
    });
  }
  if (problems.length > 0) {
    throw new UsageError(`The baseline is not valid:\n${problems.join('\n')}`, {
      hint: 'Each entry is {id, reason, owner, expires: YYYY-MM-DD}.',
    });
  }
  return entries;
}

/**
 * Marks the failures that the baseline expects, so that they alone do not make the run red. A stale entry does: its
 * requirement passes now, its day has gone by, or its id is in no catalogue. Entries that this run did not look at are left alone.
 */
export function applyBaseline(
  report: Report,
  baseline: readonly ExpectedFailure[],
  context: { readonly today: Date; readonly knows: (id: string) => boolean },
): Report {
  const day = context.today.toISOString().slice(0, 10);
  const results = new Map(report.requirements.map((result) => [result.id, result]));
  const stale: string[] = [];
  const expected = new Map<string, RequirementResult['expected_failure']>();
  for (const { id, reason, owner, expires, at } of baseline) {
    const verdict = results.get(id)?.verdict;
    if (!context.knows(id))
      stale.push(`${at}: the baseline expects ${id} to fail, but there is no such requirement`);
    else if (expires < day)
      stale.push(`${at}: the baseline's entry for ${id} expired on ${expires} (owner: ${owner})`);
    else if (verdict === 'pass')
      stale.push(`${at}: the baseline expects ${id} to fail, but it passes: remove the entry`);
    else if (verdict === 'fail' || verdict === 'warn' || verdict === 'untestable') {
      expected.set(id, { reason, owner, expires });
    }
  }
  const requirements = report.requirements.map((result) => {
    const known = expected.get(result.id);
    return known === undefined ? result : { ...result, expected_failure: known };
  });
  const problems = [...report.problems, ...stale];
  return { ...report, requirements, problems, ...outcomeOf(requirements, problems, report.strict) };
}

function isDay(value: string): boolean {
  const date = new Date(`${value}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value)
  );
}
