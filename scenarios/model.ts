import type { Exchange } from '../conformance/report/model.ts';
import type { JoinedRequest } from '../conformance/world/joined-request.ts';

/** Version of the report of scenarios. */
export const SCENARIO_REPORT_VERSION = '1.0.0';

export type ScenarioVerdict = 'pass' | 'fail' | 'untestable' | 'harness_error';

/** One request at all hops; `workers` is what it came to there, once that was seen. */
export interface Evidence extends JoinedRequest {
  workers?: WorkerEffect[];
}

/** A pod as the agent of its node reported it. */
export interface WorkerEffect {
  node: string;
  pod: string;
  uid: string;
  pod_ip: string;
  started_at: string;
}

export interface StepResult {
  /** Name of the kind of step. */
  readonly step: string;
  /** In words, with the values it ran with. */
  readonly said: string;
  readonly verdict: 'pass' | 'fail' | 'harness_error' | 'not_run';
  /** Since the scenario began. */
  readonly at_ms: number;
  readonly duration_ms: number;
  readonly notes: readonly string[];
  readonly message?: string;
  readonly wanted?: unknown;
  readonly got?: unknown;
}

/** Something that happened on chain while the scenario played. */
export interface ChainMoment {
  readonly at_ms: number;
  readonly name: string;
  readonly what: string;
}

export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly requirements: readonly string[];
  readonly verdict: ScenarioVerdict;
  /** The cluster behind the master, when it is not the master's own. */
  readonly cluster?: string;
  /** Why it was not played, or what failed. */
  readonly reason?: string;
  readonly duration_ms: number;
  readonly seed: number;
  readonly steps: readonly StepResult[];
  readonly evidence: readonly Evidence[];
  readonly moments: readonly ChainMoment[];
  /** Ends of the logs of all parts; only of a scenario that failed. */
  readonly logs?: Readonly<Record<string, string>>;
  /** The last requests of the suite; only of a scenario that failed. */
  readonly exchanges?: readonly Exchange[];
  /** The run's folder, when it was kept. */
  readonly kept?: string;
}

/** What was played and what became of it. */
export interface ScenarioReport {
  readonly schema_version: typeof SCENARIO_REPORT_VERSION;
  readonly suite: { readonly name: string; readonly version: string };
  readonly target: string;
  readonly provider: string;
  /** What the provider and the target lack, in words. */
  readonly lacking: readonly string[];
  /** RFC 3339. */
  readonly started_at: string;
  readonly duration_ms: number;
  readonly seed: number;
  readonly outcome: 'pass' | 'fail' | 'harness_error';
  readonly scenarios: readonly ScenarioResult[];
}

/** The outcome of a run: what was not seen does not count as passed. */
export function outcomeOf(results: readonly Pick<ScenarioResult, 'verdict'>[]): ScenarioReport['outcome'] {
  if (results.some(({ verdict }) => verdict === 'harness_error')) return 'harness_error';
  return results.every(({ verdict }) => verdict === 'pass') ? 'pass' : 'fail';
}

/** Process exit code of an outcome; 2 is for usage errors. */
export const EXIT_CODES = { pass: 0, fail: 1, harness_error: 3 } as const;
