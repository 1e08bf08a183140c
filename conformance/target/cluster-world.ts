import { resolve } from 'node:path';
import { ClusterConnection } from '../drivers/cluster-connection.ts';
import type { HttpAnswer } from '../drivers/http.ts';
import { TargetError, UsageError } from '../errors.ts';
import { asObject } from '../runner/expectations.ts';
import { randomLabel } from '../world/actors.ts';
import { ClusterClient } from '../world/cluster-client.ts';
import { removeNamespaces } from './cluster-cleanup.ts';
import { discover } from './cluster-discovery.ts';
import type { ClusterInfo } from './cluster-info.ts';
import type { LoadedTarget } from './load.ts';
import type { ClusterTargetFile } from './types.ts';

export interface ClusterWorldOptions {
  target: LoadedTarget<ClusterTargetFile>;
  seed: number;
  /** One line of what is happening. */
  progress: (line: string) => void;
}

/** A cluster that runs already. Disposing it removes the namespaces that this run made there, and nothing else. */
export class ClusterWorld implements AsyncDisposable {
  readonly info: ClusterInfo;
  /** Keys made for this run: none. */
  readonly secrets: readonly string[] = [];
  readonly #connection: ClusterConnection;
  readonly #progress: (line: string) => void;

  private constructor(info: ClusterInfo, connection: ClusterConnection, progress: (line: string) => void) {
    this.info = info;
    this.#connection = connection;
    this.#progress = progress;
  }

  /**
   * Looks what the cluster serves. Throws UsageError for a kubeconfig that cannot be used or may not do what checks need,
   * TargetError when the cluster does not answer.
   */
  static async start({ target, seed, progress }: ClusterWorldOptions): Promise<ClusterWorld> {
    const { name, kubernetes } = target.file;
    const { context, stand_ins: standIns = {} } = kubernetes;
    const kubeconfig = resolve(target.dir, kubernetes.kubeconfig);
    const source = { kubeconfig, ...(context !== undefined && { context }) };
    await using opened = new AsyncDisposableStack();
    const connection = opened.use(await ClusterConnection.open(source));
    progress(`looking for the cluster at ${connection.origin}${connection.prefix}`);
    const client = new ClusterClient(connection);
    const versions = Object.values(standIns).map(({ group, version }) => `${group}/${version}`);
    const discovered = await discover(client, versions);
    const info: ClusterInfo = { name, seed, source, run: randomLabel(), ...discovered, standIns };
    const { served } = info;
    for (const [resource, { group, version, plural }] of Object.entries(standIns)) {
      const wanted = `${group}/${version}/${plural}`;
      if (!served.includes(wanted))
        throw new UsageError(`kubernetes.stand_ins.${resource}: the cluster does not serve ${wanted}`, {
          hint: `make its CustomResourceDefinition first; of this group it serves ${served.filter((one) => one.startsWith(`${group}/`)).join(', ') || 'nothing'}`,
        });
    }
    if (served.includes('v1/namespaces')) await mayWork(client);
    opened.move();
    return new ClusterWorld(info, connection, progress);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await using connection = this.#connection;
    await removeNamespaces(new ClusterClient(connection), this.info, this.#progress);
  }
}

/** Fails when the user of the kubeconfig may not make namespaces: every check would fail for that reason alone. */
async function mayWork(client: ClusterClient): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { generateName: 'daas-' } };
  const answer = await client.send('POST', '/api/v1/namespaces?dryRun=All', { body });
  if (answer.status === 201) return;
  if (answer.status !== 403)
    throw new TargetError(`the cluster does not let a namespace be made: ${wordsOf(answer)}`);
  throw new UsageError(`the user of the kubeconfig may not make namespaces: ${wordsOf(answer)}`, {
    hint: 'checks work as an administrator, in namespaces of their own (kubectl auth can-i create namespaces)',
  });
}

const wordsOf = ({ status, text, json }: HttpAnswer): string =>
  `${status} ${String(asObject(json)['message'] ?? text.slice(0, 200))}`;
