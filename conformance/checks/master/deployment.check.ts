import { check, defineChecks } from '../../runner/check.ts';
import { asObject, at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import type { Kube } from '../gateway/kube.ts';
import { masterKube } from './master-kube.ts';
import { kubelet } from './played-kubelet.ts';
import { Stage } from './scheduling.ts';

/** The running pods of a deployment with this image. */
async function running(kube: Kube, app: string, image: string): Promise<Record<string, unknown>[]> {
  const list = await kube.list('pods', `?labelSelector=app%3D${app}`);
  status(list, 200);
  const pods = (at(list.json, 'items') as unknown[]).map(asObject);
  return pods.filter(
    (pod) =>
      at(pod, 'status', 'phase') === 'Running' &&
      at(pod, 'metadata', 'deletionTimestamp') === undefined &&
      at(pod, 'spec', 'containers', 0, 'image') === image,
  );
}

/** Waits until so many pods run and the deployment says so. */
async function settled(kube: Kube, app: string, image: string, count: number): Promise<void> {
  await eventually(
    `${count} ready pods of ${image}`,
    async () => {
      const { status: said, spec } = asObject((await kube.get('deployments', app)).json);
      const counts = ['readyReplicas', 'updatedReplicas', 'availableReplicas', 'replicas'].map(
        (name) => at(said, name) ?? 0,
      );
      const all = (at((await kube.list('pods', `?labelSelector=app%3D${app}`)).json, 'items') as unknown[])
        .length;
      const told = counts.every((figure) => figure === count) && at(spec, 'replicas') === count;
      return told && all === count && (await running(kube, app, image)).length === count ? true : undefined;
    },
    { withinMs: 12_000, intervalMs: 100, signal: kube.t.signal },
  );
}

export default defineChecks([
  check(
    'MS-KUBE-005',
    'a Deployment comes to its ready pods through a ReplicaSet and follows scale and template',
    { mutants: ['scale-does-nothing'], timeoutMs: 60_000 },
    async (t) => {
      const stage = new Stage(t);
      kubelet(t, await stage.node());
      const kube = await masterKube(t);
      const app = t.name('deployed');
      const template = (image: string): object => ({
        metadata: { labels: { app } },
        spec: { containers: [{ name: 'main', image }], nodeSelector: { 'daas.test/group': stage.group } },
      });
      await kube.made('deployments', {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: app, namespace: kube.namespace },
        spec: { replicas: 2, selector: { matchLabels: { app } }, template: template('pause:1') },
      });
      await settled(kube, app, 'pause:1', 2);
      const sets = (await kube.list('replicasets')).json;
      equal('the number of ReplicaSets', (at(sets, 'items') as unknown[]).length, 1);
      const set = asObject(at(sets, 'items', 0));
      equal('the owner of the ReplicaSet', at(set, 'metadata', 'ownerReferences', 0, 'name'), app);
      for (const pod of await running(kube, app, 'pause:1')) {
        const owner = at(pod, 'metadata', 'ownerReferences', 0, 'uid');
        equal('the owner of a pod', owner, at(set, 'metadata', 'uid'));
      }
      const scale = kube.path('deployments', app, 'scale');
      const merge = { 'content-type': 'application/merge-patch+json' };
      for (const replicas of [4, 1]) {
        const body = JSON.stringify({ spec: { replicas } });
        status(await kube.send('PATCH', scale, { headers: merge, body }), 200);
        await settled(kube, app, 'pause:1', replicas);
      }
      status(await kube.patch('deployments', app, 'merge', { spec: { template: template('pause:2') } }), 200);
      await settled(kube, app, 'pause:2', 1);
      const after = (at((await kube.list('replicasets')).json, 'items') as unknown[]).map((item) =>
        at(item, 'spec', 'replicas'),
      );
      ok('the old ReplicaSet gave way to a new one', after.filter((count) => count === 1).length === 1, {
        got: after,
      });
    },
  ),
]);
