import { UsageError } from '../errors.ts';
import type { ClusterInfo } from '../target/cluster-info.ts';
import { ClusterWorld } from '../target/cluster-world.ts';
import type { LoadedTarget } from '../target/load.ts';
import type { ClusterTargetFile, TargetFile } from '../target/types.ts';
import type { WorldInfo } from '../target/world-info.ts';
import { World, type WorldOptions } from '../target/world.ts';

/** Either kind of target file. */
export type AnyTarget = LoadedTarget<TargetFile | ClusterTargetFile>;

/** A target that is up. Disposing it leaves nothing of this run behind. */
export interface RunningTarget extends AsyncDisposable {
  readonly info: WorldInfo | ClusterInfo;
  readonly secrets: readonly string[];
  /** Folder with configuration and logs of what was started; undefined when nothing was. */
  readonly runDir?: string;
}

/** Starts the parts that a target file names, or looks at the cluster that it names. */
export async function startTarget(
  options: Omit<WorldOptions, 'target'> & { target: AnyTarget },
): Promise<RunningTarget> {
  const { file, ...place } = options.target;
  if (!('kubernetes' in file)) return World.start({ ...options, target: { file, ...place } });
  if (Object.keys(options.env ?? {}).length > 0)
    throw new UsageError('--env is for parts that the suite starts; it starts nothing of a cluster');
  return ClusterWorld.start({ ...options, target: { file, ...place } });
}
