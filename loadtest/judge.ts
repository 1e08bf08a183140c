import { SuiteError, describeError } from '../conformance/errors.ts';
import type { CheckResult } from '../conformance/report/model.ts';
import type { PlannedCheck } from '../conformance/report/build.ts';
import type { Figure, Requirement } from '../conformance/requirements/catalogue.ts';
import type { Measure } from './scenarios/scenario.ts';

/** A scenario that ran: what it measured, or why it could not. */
export interface Played {
  scenario: string;
  durationMs: number;
  measures: readonly Measure[];
  failure?: unknown;
}

/** Whether what was measured holds the figure. */
export function holds({ is, value }: Figure, measured: number): boolean {
  switch (is) {
    case 'below':
      return measured < value;
    case 'above':
      return measured > value;
    case 'at_least':
      return measured >= value;
    case 'at_most':
      return measured <= value;
    case 'equal_to':
      return measured === value;
  }
}

/** The figure in words: `below 50 ms`. */
export function wordsOf({ is, value, unit }: Figure): string {
  return `${is.replace('_', ' ')} ${value.toLocaleString('en')} ${unit}`;
}

/** Checks and their results: one for each figure that a scenario measured, under the requirement's id and its name. */
export function judgeAll(
  requirements: readonly Requirement[],
  played: readonly Played[],
): { planned: PlannedCheck[]; results: CheckResult[] } {
  const planned: PlannedCheck[] = [];
  const results: CheckResult[] = [];
  for (const { scenario, durationMs, measures } of played) {
    for (const requirement of requirements) {
      const measure = measures.find(({ metric }) => metric === requirement.figure?.metric);
      if (!measure || !requirement.figure) continue;
      const result = judge(`${requirement.id}/${scenario}`, requirement.figure, measure);
      planned.push({ id: result.id, requirement: requirement.id, title: result.title });
      results.push({ ...result, duration_ms: durationMs });
    }
  }
  return { planned, results };
}

function judge(id: string, figure: Figure, { value, note, untestable }: Measure): CheckResult {
  const got = value === null ? 'no value: requests failed' : `${value.toLocaleString('en')} ${figure.unit}`;
  const common = {
    id,
    title: `${figure.metric.replaceAll('_', ' ')} is ${wordsOf(figure)}: measured ${got}`,
    duration_ms: 0,
    wanted: wordsOf(figure),
    got: note === undefined ? got : `${got} (${note})`,
    exchanges: [],
    mutants: [],
  };
  if (value !== null && holds(figure, value)) return { ...common, verdict: 'pass' };
  if (untestable !== undefined) return { ...common, verdict: 'untestable', message: untestable };
  const message = `${wordsOf(figure)} is wanted, ${got} was measured${note === undefined ? '' : `: ${note}`}`;
  return { ...common, verdict: 'fail', message };
}

/** Problems of scenarios that broke off: red, as nothing was seen. */
export function problemsOf(played: readonly Played[]): string[] {
  return played.flatMap(({ scenario, failure }) => {
    if (failure === undefined) return [];
    const hint = failure instanceof SuiteError && failure.hint ? ` (${failure.hint})` : '';
    return [`the scenario ${scenario} broke off: ${describeError(failure)}${hint}`];
  });
}
