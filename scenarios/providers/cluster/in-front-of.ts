import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UsageError } from '../../../conformance/errors.ts';
import type { LoadedTarget } from '../../../conformance/target/load.ts';
import type { ServerConfig } from '../../../conformance/target/types.ts';
import { embedded } from '../embedded.ts';
import { isBundled, writtenOut } from '../bundled-parts.ts';
import type { Provided, ProviderContext } from '../provider.ts';
import { ClusterClient } from './cluster-client.ts';

/** A cluster that runs, as a provider found or started it. */
export interface RunningCluster {
  /** What it is, for the report: a stand-in is named as one. */
  name: string;
  /** Text of an administrator's kubeconfig. */
  kubeconfig: string;
  /** How long it may take to answer, milliseconds. */
  readyMs: number;
  /** Why it lacks containers, when it does. */
  withoutPods: string;
  /** Ends it, when it was started for this. */
  stop(): Promise<void>;
}

const PLACEHOLDER = '{{kubernetes.kubeconfig}}';

/**
 * The parts as processes of this machine, with the master in front of that cluster. What a scenario makes there, its
 * namespace and its workers' nodes, goes with it.
 */
export async function inFrontOf(cluster: RunningCluster, context: ProviderContext): Promise<Provided> {
  await using stack = new AsyncDisposableStack();
  stack.defer(() => cluster.stop());
  const dir = await mkdtemp(join(tmpdir(), 'daas-cluster-'));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const path = join(dir, 'kubeconfig');
  await writeFile(path, cluster.kubeconfig, { mode: 0o600 });
  const client = new ClusterClient(cluster.kubeconfig);
  context.progress(`waiting for the cluster at ${client.server}`);
  await client.ready(cluster.readyMs, context.signal);
  const found = await client.capabilities();
  const before = (await client.nodes()).map(({ metadata }) => metadata?.name ?? '');
  const parts = stack.use(
    await embedded.start({ ...context, target: await withCluster(context.target, path) }),
  );
  const namespaces: string[] = [];
  const nodes: string[] = [];
  // Deferred last, so that it comes first: the cluster and its kubeconfig are still there.
  stack.defer(() => client.remove({ namespaces, nodes }));
  const cleanUp = stack.move();
  return {
    target: parts.target,
    capabilities: new Set([...parts.capabilities, ...found]),
    lacking: {
      ...parts.lacking,
      realPods: cluster.withoutPods,
      rbac: 'the cluster serves no rbac.authorization.k8s.io',
    },
    kubeconfig: path,
    cluster: cluster.name,
    othersNodes: before,
    made: (things) => {
      namespaces.push(...things.namespaces);
      nodes.push(...things.nodes);
    },
    worldOptions: parts.worldOptions,
    faults: parts.faults,
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

/** The target with its master told of the cluster. Throws UsageError for one that cannot be told. */
async function withCluster(given: LoadedTarget, path: string): Promise<LoadedTarget> {
  const own = await isBundled(given, 'master');
  const target = await writtenOut(given);
  const master = target.file.master as ServerConfig | undefined;
  if (!master?.start) throw new UsageError('the target file does not say how to start a master');
  const told = own ? referenceWith(master, path) : filledIn(master, path);
  return { ...target, file: { ...target.file, master: told } };
}

/** The reference's configuration is JSON once its placeholders are filled in, not before. */
function referenceWith(master: ServerConfig, path: string): ServerConfig {
  const backend = `"k8s_backend": ${JSON.stringify({ kubeconfig: path })},`;
  const files = Object.entries(master.files ?? {}).map(([name, text]) => [
    name,
    text.replace('{', `{ ${backend}`),
  ]);
  return { ...master, files: Object.fromEntries(files) as Record<string, string> };
}

function filledIn(master: ServerConfig, path: string): ServerConfig {
  const text = JSON.stringify(master);
  if (!text.includes(PLACEHOLDER))
    throw new UsageError('the master of this target file cannot be told of a cluster', {
      hint: `write ${PLACEHOLDER} in its files, command or environment where it names a kubeconfig; it is empty when the master is to use its own`,
    });
  return JSON.parse(text.replaceAll(PLACEHOLDER, JSON.stringify(path).slice(1, -1))) as ServerConfig;
}
