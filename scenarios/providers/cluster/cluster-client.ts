import {
  ApiException,
  ApisApi,
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  type V1Node,
} from '@kubernetes/client-node';
import { poll } from '../../../conformance/drivers/wait.ts';
import { HarnessError, describeError } from '../../../conformance/errors.ts';
import type { Capability } from '../../step.ts';

/** What a scenario made in a cluster that stays when it is over. */
export interface Made {
  namespaces: readonly string[];
  nodes: readonly string[];
}

const LEASES = 'kube-node-lease';
const GONE_MS = 90_000;
/** What the agents of container runtimes call themselves; a simulated node has another scheme. */
const RUNTIME = /^(?:containerd|cri-o|docker):\/\//;

/** The suite's own calls to a cluster behind the master, as its administrator. */
export class ClusterClient {
  readonly #core: CoreV1Api;
  readonly #leases: CoordinationV1Api;
  readonly #apis: ApisApi;
  readonly server: string;

  /** Takes the text of a kubeconfig. Throws HarnessError when it is none. */
  constructor(kubeconfig: string) {
    const config = new KubeConfig();
    try {
      config.loadFromString(kubeconfig);
    } catch (cause) {
      throw new HarnessError('the kubeconfig cannot be read', { cause });
    }
    this.server = config.getCurrentCluster()?.server ?? '';
    this.#core = config.makeApiClient(CoreV1Api);
    this.#leases = config.makeApiClient(CoordinationV1Api);
    this.#apis = config.makeApiClient(ApisApi);
  }

  /** Waits until the cluster has its first namespace. Throws HarnessError. */
  async ready(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    let trouble: unknown;
    const done = await poll(
      () =>
        this.#core.readNamespace({ name: 'default' }).then(
          () => true,
          (error: unknown) => void (trouble = error),
        ),
      { timeoutMs, intervalMs: 250, signal },
    );
    if (done) return;
    throw new HarnessError(`the cluster at ${this.server} does not answer: ${briefly(trouble)}`, {
      cause: trouble,
      hint: 'see that kubectl with this kubeconfig lists namespaces',
    });
  }

  async nodes(): Promise<V1Node[]> {
    return (await this.#core.listNode()).items;
  }

  /** What the cluster has that the master's own one has not. */
  async capabilities(): Promise<Set<Capability>> {
    const found = new Set<Capability>();
    const groups = (await this.#apis.getAPIVersions()).groups.map(({ name }) => name);
    if (groups.includes('rbac.authorization.k8s.io')) found.add('rbac');
    if ((await this.nodes()).some(runsContainers)) found.add('realPods');
    return found;
  }

  /** Removes what a scenario made, and nothing else. Throws HarnessError that names what is left. */
  async remove({ namespaces, nodes }: Made): Promise<void> {
    for (const name of nodes) {
      await ignoringAbsence(this.#core.deleteNode({ name }));
      await ignoringAbsence(this.#leases.deleteNamespacedLease({ namespace: LEASES, name }));
    }
    for (const name of namespaces) {
      // No agent is left that would confirm the end of its pods.
      await ignoringAbsence(
        this.#core.deleteCollectionNamespacedPod({ namespace: name, gracePeriodSeconds: 0 }),
      );
      await ignoringAbsence(this.#core.deleteNamespace({ name }));
    }
    let left: string[] = [];
    const gone = await poll(
      async () => {
        left = await this.#present({ namespaces, nodes });
        return left.length === 0 ? true : undefined;
      },
      { timeoutMs: GONE_MS, intervalMs: 100 },
    );
    if (!gone) throw new HarnessError(`the cluster at ${this.server} still has ${left.join(', ')}`);
  }

  async #present({ namespaces, nodes }: Made): Promise<string[]> {
    const checks = [
      ...namespaces.map((name) => ({ name: `namespace/${name}`, read: this.#core.readNamespace({ name }) })),
      ...nodes.map((name) => ({ name: `node/${name}`, read: this.#core.readNode({ name }) })),
    ];
    const found = await Promise.all(
      checks.map(async ({ name, read }) =>
        (await ignoringAbsence<unknown>(read)) === undefined ? undefined : name,
      ),
    );
    return found.filter((name) => name !== undefined);
  }
}

/** Whether a node is Ready and runs containers. */
function runsContainers({ status }: V1Node): boolean {
  const isReady = status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True');
  return isReady === true && RUNTIME.test(status?.nodeInfo?.containerRuntimeVersion ?? '');
}

async function ignoringAbsence<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw new HarnessError(`the cluster refused to clean up: ${briefly(error)}`, { cause: error });
  }
}

/** Without headers and body, which a message of the client library is full of. */
function briefly(error: unknown): string {
  if (error instanceof ApiException) return `HTTP ${error.code}`;
  return describeError(error).split('\n')[0] ?? '';
}
