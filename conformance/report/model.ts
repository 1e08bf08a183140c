import type { Level, Profile } from '../requirements/catalogue.ts';

/** Version of the report document, published as `schemas/report.schema.json`. */
export const REPORT_SCHEMA_VERSION = '1.0.0';

/** Worst first: the order in which reports list them and in which a worse one hides a better one. */
export const VERDICTS = ['fail', 'harness_error', 'untestable', 'warn', 'skip', 'pass'] as const;

/**
 * - `pass`: every check held.
 * - `fail`: the target broke a MUST (or a SHOULD in a strict run).
 * - `warn`: the target broke a SHOULD or a MAY.
 * - `skip`: the requirement belongs to a feature that the target does not claim.
 * - `untestable`: the environment lacks what the check needs; for a MUST the run is then not conformant.
 * - `harness_error`: the suite itself broke; says nothing about the target.
 */
export type Verdict = (typeof VERDICTS)[number];

/** How a whole run ended; see `exitCode`. */
export type Outcome = 'conformant' | 'only_expected_failures' | 'not_conformant' | 'harness_error';

/** One HTTP exchange as the suite saw it. Bodies are text; binary ones are given as `base64:…`. */
export interface Exchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  /** Absent when no answer came. */
  readonly response?: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  /** Why no answer came, for example `ECONNRESET`. */
  readonly error?: string;
  /** Milliseconds since its check began. */
  readonly at_ms: number;
  readonly duration_ms: number;
}

/** One repetition of a check under `--repeat`. */
export interface Attempt {
  readonly verdict: Verdict;
  readonly duration_ms: number;
  readonly seed?: number;
}

export interface CheckResult {
  /** Permanent, for example `GW-AUTH-001/no-credential`. */
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly duration_ms: number;
  /** What went wrong, in a sentence. */
  readonly message?: string;
  /** What to look at next. */
  readonly hint?: string;
  /** What the suite sent, what it wanted and what came; any JSON value. */
  readonly sent?: unknown;
  readonly wanted?: unknown;
  readonly got?: unknown;
  /** Smallest shell command that shows the failure. */
  readonly curl?: string;
  readonly exchanges: readonly Exchange[];
  /** What the suite's fake master was told to do wrong, in order. */
  readonly fault_plans?: readonly object[];
  /** Names of the mutants that this check is known to catch. */
  readonly mutants: readonly string[];
  readonly seed?: number;
  readonly attempts?: readonly Attempt[];
}

export interface RequirementResult {
  readonly id: string;
  readonly level: Level;
  readonly profile: Profile;
  readonly feature?: string;
  readonly text: string;
  readonly source?: string;
  readonly defects?: readonly string[];
  readonly verdict: Verdict;
  /** Why it was skipped, is untestable, or errored. */
  readonly reason?: string;
  /** Set when the baseline expects this failure. */
  readonly expected_failure?: { readonly reason: string; readonly owner: string; readonly expires: string };
  readonly checks: readonly CheckResult[];
}

/** `expected` and `emitted` count checks, the others count requirements. */
export interface Counts extends Readonly<Record<Verdict, number>> {
  readonly expected: number;
  readonly emitted: number;
}

export interface ProfileResult {
  readonly name: Profile;
  /** The worst verdict among its requirements. */
  readonly verdict: Verdict;
  readonly counts: Counts;
}

/** A requirement that no check of this run observes; never counted as passed. */
export interface NotCovered {
  readonly id: string;
  readonly level: Level;
  readonly profile: Profile;
  readonly text: string;
  /** Why no black-box check can observe it; absent when the check is only not written yet. */
  readonly excluded?: string;
}

export interface SuiteInfo {
  readonly name: string;
  readonly version: string;
}

export interface TargetInfo {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  /** Features that the target claims. */
  readonly features: readonly string[];
  /** Who runs the chain, for example `embedded` or `url`. */
  readonly chain: string;
}

export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  /** Parts of the suite's equipment that are not there, and why. */
  readonly missing: readonly { readonly part: string; readonly reason: string }[];
}

/** What a user left out on purpose. */
export interface ReportSelection {
  readonly only: readonly string[];
  readonly exclude: readonly string[];
  /** Requirements of the chosen profiles that were left out. */
  readonly omitted: number;
}

/** One second of a traffic under load; null where no answer came. */
export interface LoadSecond {
  readonly second: number;
  readonly answered: number;
  readonly failed: number;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
}

/** Requests of one kind at a constant rate. Percentiles count failed requests as the slowest: null where they reach into them. */
export interface LoadTraffic {
  readonly name: string;
  readonly title: string;
  /** Arrivals a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly intended: number;
  readonly served: number;
  readonly failed: number;
  /** How often each status came, `0` where none did. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly per_second: number;
  readonly p50_ms: number | null;
  readonly p90_ms: number | null;
  readonly p95_ms: number | null;
  readonly p99_ms: number | null;
  readonly p999_ms: number | null;
  readonly max_ms: number | null;
  readonly series: readonly LoadSecond[];
}

/** One scenario of a load test. */
export interface LoadScenario {
  readonly name: string;
  readonly title: string;
  readonly engine: string;
  readonly traffics: readonly LoadTraffic[];
  /** Processor time of each server for each request, all traffics together, in milliseconds. */
  readonly cpu_ms_per_request: Readonly<Record<string, number>>;
  /** Resident memory of each server over the scenario. */
  readonly memory: readonly { readonly part: string; readonly second: number; readonly mb: number }[];
  /** How late timers of the generating side were, at the 99th percentile: how busy the machine was. */
  readonly generator_lag_ms?: number;
  readonly notes: readonly string[];
}

/** What a load test adds to a report. */
export interface LoadSection {
  readonly machine: string;
  /** True for each figure at its full size, false for a short run of everything. */
  readonly full: boolean;
  readonly scenarios: readonly LoadScenario[];
}

/** The whole result of a run: the one document that every writer shows. */
export interface Report {
  readonly schema_version: typeof REPORT_SCHEMA_VERSION;
  readonly suite: SuiteInfo;
  readonly target: TargetInfo;
  readonly seed: number;
  readonly repeat: number;
  readonly profiles: readonly ProfileResult[];
  /** RFC 3339. */
  readonly started_at: string;
  readonly duration_ms: number;
  readonly environment: Environment;
  readonly selection?: ReportSelection;
  /** No MUST failed, was untestable or errored, and every planned check reported. Expected failures still make it false. */
  readonly conformant: boolean;
  readonly outcome: Outcome;
  /** SHOULD counted as MUST. */
  readonly strict: boolean;
  readonly counts: Counts;
  /** Reasons besides single requirements why the run is red: counts that differ, stale baseline entries. */
  readonly problems: readonly string[];
  readonly requirements: readonly RequirementResult[];
  readonly not_covered: readonly NotCovered[];
  /** Of load tests alone. */
  readonly load?: LoadSection;
}

/** Process exit code: 0 conformant (or only expected failures), 1 not conformant, 3 harness fault. 2 is for usage errors. */
export function exitCode(outcome: Outcome): 0 | 1 | 3 {
  switch (outcome) {
    case 'conformant':
    case 'only_expected_failures':
      return 0;
    case 'not_conformant':
      return 1;
    case 'harness_error':
      return 3;
  }
}
