import { readFile } from 'node:fs/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { UsageError } from '../../conformance/errors.ts';
import { agentFor } from '../api/load.ts';
import { NAMESPACE, type Side } from '../api/sides.ts';

async function pem(data: string | undefined, file: string | undefined): Promise<string | undefined> {
  if (data) return Buffer.from(data, 'base64').toString();
  return file ? readFile(file, 'utf8') : undefined;
}

/** A cluster that a kubeconfig's current context names, with a namespace of our own for as long as the bench runs. */
export async function kubeconfigSide(path: string): Promise<Side & AsyncDisposable> {
  const config = new KubeConfig();
  try {
    // Paths in it are from its own folder.
    config.loadFromFile(path);
  } catch (cause) {
    throw new UsageError(`cannot read the kubeconfig ${path}`, { cause });
  }
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()];
  if (!cluster || !user)
    throw new UsageError(`the kubeconfig ${path} has no current context with a cluster and a user`);
  if (!user.token && !(user.certData ?? user.certFile))
    throw new UsageError(`the user of ${path} has neither a token nor a client certificate`, {
      hint: 'exec plugins are not run: make a kubeconfig with a token',
    });
  const [ca, cert, key] = await Promise.all([
    pem(cluster.caData, cluster.caFile),
    pem(user.certData, user.certFile),
    pem(user.keyData, user.keyFile),
  ]);
  const server = {
    url: cluster.server,
    agent: agentFor({ ca, ...(cert && { cert }), ...(key && { key }) }),
    headers: () =>
      Promise.resolve<Record<string, string>>(user.token ? { authorization: `Bearer ${user.token}` } : {}),
  };
  const call = async (method: 'POST' | 'DELETE', target: string, body?: object): Promise<number> => {
    const answer = await server.agent.request({
      origin: server.url,
      path: target,
      method,
      headers: { ...(await server.headers()), 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    await answer.body.dump();
    return answer.statusCode;
  };
  const made = await call('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE },
  });
  if (made !== 201)
    throw new UsageError(`the cluster of ${path} answered ${made} to the namespace ${NAMESPACE}`, {
      hint: 'the bench wants a namespace of its own: delete an old one, or use a user that may make it',
    });
  return {
    name: 'peer',
    reads: server,
    writes: server,
    collection: `/api/v1/namespaces/${NAMESPACE}/configmaps`,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    memory: () => Promise.resolve({}),
    [Symbol.asyncDispose]: async () => {
      await call('DELETE', `/api/v1/namespaces/${NAMESPACE}`).catch(() => undefined);
      await server.agent.destroy();
    },
  };
}
