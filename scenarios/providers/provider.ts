import type { LoadedTarget } from '../../conformance/target/load.ts';
import type { WorkerStarted } from '../../conformance/target/worker-pool.ts';
import type { World, WorldOptions } from '../../conformance/target/world.ts';
import type { Capability } from '../step.ts';

/** Faults of the network between the parts. Each is undone by its counterpart, and at the end in any case. */
export interface Faults {
  /** Cuts a worker off from the master. */
  cut(worker: WorkerStarted): Promise<void>;
  heal(worker: WorkerStarted): Promise<void>;
}

export interface ProviderContext {
  /** What is to run. */
  target: LoadedTarget;
  /** Environment added to each part, for mutants. */
  env: Record<string, string>;
  /** Path of a kubeconfig, for a provider that needs one. */
  kubeconfig?: string | undefined;
  /** One line of what is happening. */
  progress: (line: string) => void;
  signal: AbortSignal;
}

/** Where the parts run, ready for them. Disposing it ends what was started for it. */
export interface Provided extends AsyncDisposable {
  /** The target file as it is to run here. */
  readonly target: LoadedTarget;
  readonly capabilities: ReadonlySet<Capability>;
  /** Why it lacks what it lacks. */
  readonly lacking: Partial<Record<Capability, string>>;
  /** Path of a kubeconfig of the cluster behind the master, when that is not the master's own. */
  readonly kubeconfig?: string;
  /** What that cluster is, for the report. */
  readonly cluster?: string;
  /** Nodes of that cluster which are not workers of the scenario. */
  readonly othersNodes?: readonly string[];
  /** Told what a scenario made in that cluster, to be removed with it. */
  made?(things: { namespaces: readonly string[]; nodes: readonly string[] }): void;
  readonly worldOptions: Pick<WorldOptions, 'workersReachMasterAt' | 'reach'>;
  /** Faults that can be brought about, once the system is up. */
  faults(world: World): Faults;
}

/** A kind of place to run in. One file each. */
export interface Provider {
  readonly name: string;
  /** Throws HarnessError, with what to do about it, when this machine cannot provide it. */
  start(context: ProviderContext): Promise<Provided>;
}
