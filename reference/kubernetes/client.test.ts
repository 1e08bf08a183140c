import {
  AppsV1Api,
  AuthorizationV1Api,
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  VersionApi,
  Watch,
} from '@kubernetes/client-node';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startControllers } from './controllers/start.ts';
import { runFakeNode } from './testing/fake-agent.ts';
import { makeHarness } from './testing/harness.ts';
import type { Shim } from './testing/http-shim.ts';
import { serveApi } from './testing/http-shim.ts';

const namespace = 'default';
const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image: 'nginx:1' }] },
};

async function* helloAndGoodbye({
  name,
  container,
}: {
  name: string;
  container: string;
}): AsyncGenerator<string> {
  yield `${name}/${container} says hello`;
  await Promise.resolve();
  yield 'and goodbye';
}

describe('the official client', () => {
  const end = new AbortController();
  const config = new KubeConfig();
  let shim: Shim;
  let running: Promise<void>;

  beforeAll(async () => {
    const { api, clock } = await makeHarness({
      logs: {
        read: helloAndGoodbye,
      },
    });
    shim = await serveApi(api);
    config.loadFromClusterAndUser({ name: 'shim', server: shim.url, skipTLSVerify: true }, { name: 'alice' });
    running = startControllers({ api, clock, signal: end.signal });
    await runFakeNode(api.objects.as('agent'), 'worker-1', end.signal);
  });

  afterAll(async () => {
    end.abort();
    await shim[Symbol.asyncDispose]();
    await running;
  });

  it('asks for the version and the nodes', async () => {
    expect((await config.makeApiClient(VersionApi).getCode()).gitVersion).toContain('k3s-daas');
    expect(
      (await config.makeApiClient(CoreV1Api).listNode()).items.map(({ metadata }) => metadata?.name),
    ).toEqual(['worker-1']);
  });

  it('creates, reads, replaces, patches and deletes', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const made = await core.createNamespacedConfigMap({
      namespace,
      body: { metadata: { name: 'c' }, data: { a: '1' } },
    });
    expect(made.metadata?.creationTimestamp).toBeInstanceOf(Date);
    const replaced = await core.replaceNamespacedConfigMap({
      namespace,
      name: 'c',
      body: { ...made, data: { a: '2' } },
    });
    expect(replaced.data).toEqual({ a: '2' });
    await expect(
      core.replaceNamespacedConfigMap({ namespace, name: 'c', body: { ...made, data: { a: '3' } } }),
    ).rejects.toMatchObject({ code: 409 });
    const patched = await core.patchNamespacedConfigMap(
      { namespace, name: 'c', body: [{ op: 'add', path: '/data/b', value: '4' }] },
      setHeaderOptions('Content-Type', PatchStrategy.JsonPatch),
    );
    expect(patched.data).toEqual({ a: '2', b: '4' });
    expect((await core.deleteNamespacedConfigMap({ namespace, name: 'c' })).status).toBe('Success');
    await expect(core.readNamespacedConfigMap({ namespace, name: 'c' })).rejects.toMatchObject({ code: 404 });
  });

  it('a refusal carries its Status', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const body = { metadata: { name: 'Bad' }, spec: { containers: [] } };
    await expect(core.createNamespacedPod({ namespace, body })).rejects.toMatchObject({
      code: 422,
      body: expect.stringContaining('"reason":"Invalid"') as unknown,
    });
  });

  it('watches, with an informer, a deployment come and go', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/pods`, () =>
      core.listNamespacedPod({ namespace }),
    );
    const phases = new Map<string, string | undefined>();
    const gone = new Set<string>();
    informer.on('update', (pod) => phases.set(pod.metadata?.name ?? '', pod.status?.phase));
    informer.on('delete', (pod) => gone.add(pod.metadata?.name ?? ''));
    await informer.start();
    const apps = config.makeApiClient(AppsV1Api);
    await apps.createNamespacedDeployment({
      namespace,
      body: {
        metadata: { name: 'web' },
        spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
      },
    });
    await expect.poll(() => [...phases.values()], { timeout: 10_000 }).toEqual(['Running', 'Running']);
    await expect
      .poll(
        async () => (await apps.readNamespacedDeployment({ namespace, name: 'web' })).status?.readyReplicas,
      )
      .toBe(2);
    expect((await apps.readNamespacedDeploymentScale({ namespace, name: 'web' })).spec?.replicas).toBe(2);
    await apps.deleteNamespacedDeployment({ namespace, name: 'web' });
    await expect.poll(() => gone.size, { timeout: 10_000 }).toBe(2);
    await informer.stop();
  });

  it('watches plain, and stops', async () => {
    const core = config.makeApiClient(CoreV1Api);
    const seen: string[] = [];
    const controller = await new Watch(config).watch(
      `/api/v1/namespaces/${namespace}/secrets`,
      {},
      (type) => seen.push(type),
      () => undefined,
    );
    await core.createNamespacedSecret({
      namespace,
      body: { metadata: { name: 's' }, stringData: { a: 'b' } },
    });
    await core.deleteNamespacedSecret({ namespace, name: 's' });
    await expect.poll(() => seen).toEqual(['ADDED', 'DELETED']);
    controller.abort();
  });

  it('applies on the server side, reads logs, renews a lease, asks what it may do', async () => {
    const objects = KubernetesObjectApi.makeApiClient(config);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'solo', namespace }, spec: template.spec };
    await objects.patch(pod, undefined, undefined, 'me', true, PatchStrategy.ServerSideApply);
    const core = config.makeApiClient(CoreV1Api);
    await expect
      .poll(async () => (await core.readNamespacedPod({ namespace, name: 'solo' })).status?.phase, {
        timeout: 10_000,
      })
      .toBe('Running');
    const sink = new PassThrough();
    const ended = once(sink, 'end');
    let text = '';
    sink.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await new Log(config).log(namespace, 'solo', 'main', sink, {});
    await ended;
    expect(text).toBe('solo/main says hello\nand goodbye\n');
    const leases = config.makeApiClient(CoordinationV1Api);
    const lease = await leases.createNamespacedLease({
      namespace: 'kube-node-lease',
      body: {
        metadata: { name: 'worker-1' },
        spec: { holderIdentity: 'worker-1', leaseDurationSeconds: 40 },
      },
    });
    expect(
      (await leases.replaceNamespacedLease({ namespace: 'kube-node-lease', name: 'worker-1', body: lease }))
        .metadata?.resourceVersion,
    ).toBe(lease.metadata?.resourceVersion);
    const review = await config.makeApiClient(AuthorizationV1Api).createSelfSubjectAccessReview({
      body: { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } },
    });
    expect(review.status?.allowed).toBe(true);
  });
});
