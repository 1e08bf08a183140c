import { PROFILES } from '../requirements/catalogue.ts';
import type { Catalogue, Requirement } from '../requirements/catalogue.ts';
import { REPORT_SCHEMA_VERSION, VERDICTS } from './model.ts';
import type {
  CheckResult,
  Counts,
  Environment,
  Outcome,
  ProfileResult,
  Report,
  ReportSelection,
  RequirementResult,
  SuiteInfo,
  TargetInfo,
  Verdict,
} from './model.ts';
import { isRed, judge, worst } from './verdict.ts';

/** A check that the runner means to run. */
export interface PlannedCheck {
  readonly id: string;
  /** Id of the requirement it observes. */
  readonly requirement: string;
  readonly title: string;
}

/** Everything a run knows when it ends. */
export interface RunRecord {
  readonly suite: SuiteInfo;
  readonly target: TargetInfo;
  readonly seed: number;
  readonly repeat: number;
  readonly strict: boolean;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly environment: Environment;
  readonly selection?: ReportSelection;
  readonly catalogue: Pick<Catalogue, 'requirements'>;
  /** What `Catalogue.select` gave for this run. */
  readonly selected: readonly Requirement[];
  readonly planned: readonly PlannedCheck[];
  /** Results by the id of their planned check; one each, repetitions merged with `mergeAttempts`. */
  readonly results: readonly CheckResult[];
  /** What went wrong outside of any check. */
  readonly faults?: readonly string[];
}

/** Turns what happened into the report. Pure: the same record always gives the same document. */
export function buildReport(run: RunRecord): Report {
  const { planned, results, strict, target } = run;
  const problems = [
    ...countProblems(planned, results),
    ...(run.faults ?? []).map((fault) => `outside of any check: ${fault}`),
  ];
  const byId = new Map(results.map((result) => [result.id, result]));
  const plannedFor = Map.groupBy(planned, (check) => check.requirement);
  const requirements: RequirementResult[] = [];
  for (const requirement of run.selected) {
    const own = plannedFor.get(requirement.id);
    if (own === undefined) continue;
    const checks = own.map((check) => byId.get(check.id) ?? unreported(check));
    const claimed = requirement.feature !== undefined && target.features.includes(requirement.feature);
    requirements.push({
      id: requirement.id,
      level: requirement.level,
      profile: requirement.profile,
      ...(requirement.feature === undefined ? {} : { feature: requirement.feature }),
      text: requirement.text,
      source: requirement.source,
      defects: requirement.defects,
      ...judge({ ...requirement, claimed, strict, checks }),
      checks,
    });
  }
  const chosen = new Set(run.selected.map((requirement) => requirement.profile));
  const profiles = PROFILES.filter((name) => chosen.has(name)).map((name) =>
    profileResult(name, requirements, planned, results),
  );
  const state = outcomeOf(requirements, problems, strict);
  return {
    schema_version: REPORT_SCHEMA_VERSION,
    suite: run.suite,
    target,
    seed: run.seed,
    repeat: run.repeat,
    profiles,
    started_at: run.startedAt.toISOString(),
    duration_ms: run.durationMs,
    environment: run.environment,
    ...(run.selection === undefined ? {} : { selection: run.selection }),
    ...state,
    strict,
    counts: countAll(requirements, planned.length, results.length),
    problems,
    requirements,
    not_covered: run.catalogue.requirements
      .filter(({ id }) => !plannedFor.has(id))
      .flatMap((requirement) => {
        const { id, excluded, profile } = requirement;
        const unseen = excluded !== undefined && chosen.has(profile) ? requirement : undefined;
        return run.selected.find((one) => one.id === id) ?? unseen ?? [];
      })
      .map(({ id, level, profile, text, excluded }) => ({
        id,
        level,
        profile,
        text,
        ...(excluded === undefined ? {} : { excluded }),
      })),
  };
}

/** `conformant` and `outcome` from results and problems; also used after a baseline was applied. */
export function outcomeOf(
  requirements: readonly RequirementResult[],
  problems: readonly string[],
  strict: boolean,
): { conformant: boolean; outcome: Outcome } {
  const red = requirements.filter((result) => isRed(result, strict));
  const broken = requirements.some((result) =>
    result.checks.some((check) => check.verdict === 'harness_error'),
  );
  const surprising = red.some((result) => result.expected_failure === undefined);
  if (surprising || (problems.length > 0 && !broken)) return { conformant: false, outcome: 'not_conformant' };
  if (broken) return { conformant: false, outcome: 'harness_error' };
  if (red.length > 0) return { conformant: false, outcome: 'only_expected_failures' };
  return { conformant: true, outcome: 'conformant' };
}

function countProblems(planned: readonly PlannedCheck[], results: readonly CheckResult[]): string[] {
  const problems: string[] = [];
  const emitted = new Map<string, number>();
  for (const { id } of results) emitted.set(id, (emitted.get(id) ?? 0) + 1);
  const expected = new Set(planned.map((check) => check.id));
  const missing = [...expected].filter((id) => !emitted.has(id));
  const surplus = [...emitted].filter(([id, times]) => !expected.has(id) || times > 1).map(([id]) => id);
  if (planned.length !== results.length || missing.length > 0) {
    const names = missing.length > 0 ? `; no result from ${listed(missing)}` : '';
    problems.push(`${planned.length} checks were expected, ${results.length} reported${names}`);
  }
  if (surplus.length > 0) problems.push(`results that nobody planned, or twice: ${listed(surplus)}`);
  return problems;
}

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).join(', ');
  return ids.length > 10 ? `${shown} and ${ids.length - 10} more` : shown;
}

function unreported({ id, title }: PlannedCheck): CheckResult {
  const message = 'this check was planned and never reported a result';
  return { id, title, verdict: 'harness_error', duration_ms: 0, message, exchanges: [], mutants: [] };
}

function profileResult(
  name: ProfileResult['name'],
  requirements: readonly RequirementResult[],
  planned: readonly PlannedCheck[],
  results: readonly CheckResult[],
): ProfileResult {
  const own = requirements.filter((result) => result.profile === name);
  const ids = new Set(own.map((result) => result.id));
  const checks = new Set(planned.filter((check) => ids.has(check.requirement)).map((check) => check.id));
  const emitted = results.filter((result) => checks.has(result.id)).length;
  return {
    name,
    verdict: worst(own.map((result) => result.verdict)),
    counts: countAll(own, checks.size, emitted),
  };
}

function countAll(requirements: readonly RequirementResult[], expected: number, emitted: number): Counts {
  const of = (verdict: Verdict): number => requirements.filter((result) => result.verdict === verdict).length;
  const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, of(verdict)]));
  return { expected, emitted, ...(verdicts as Record<Verdict, number>) };
}
