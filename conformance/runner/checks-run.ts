import type { CheckResult } from '../report/model.ts';
import type { ClusterInfo } from '../target/cluster-info.ts';
import type { WorldInfo } from '../target/world-info.ts';
import type { Check } from './check.ts';

export interface ChecksRunOptions {
  world: WorldInfo | ClusterInfo;
  checks: readonly Check[];
  /** How often each check runs. */
  repeat: number;
  /** Ends the run before its time. */
  signal?: AbortSignal;
  /** Called for each check as soon as its result is there. */
  onResult: (result: CheckResult) => void;
}

export interface ChecksRun {
  results: CheckResult[];
  /** What went wrong outside of any check: errors that nothing awaited, files that could not be loaded. */
  faults: string[];
}

/** A way of running checks: those that disturb nobody side by side, then the exclusive ones one at a time. */
export type RunChecks = (options: ChecksRunOptions) => Promise<ChecksRun>;

/** Each message once, with how often it came. */
export function counted(faults: readonly string[]): string[] {
  return [...Map.groupBy(faults, (fault) => fault)].map(([fault, all]) =>
    all.length === 1 ? fault : `${fault} (${all.length} times)`,
  );
}
