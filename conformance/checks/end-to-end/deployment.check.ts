import { check, defineChecks } from '../../runner/check.ts';
import { at, eventually, ok, status } from '../../runner/expectations.ts';
import { runningPods } from '../../world/pods-of.ts';
import { runningWorker } from '../../world/workers.ts';
import { deployment, ownKube, type Kube } from '../gateway/kube.ts';

const JOIN_MS = 30_000;
const FOLLOW_MS = 20_000;

async function scale(kube: Kube, name: string, replicas: number): Promise<void> {
  const path = kube.path('deployments', name, 'scale');
  const headers = { 'content-type': 'application/merge-patch+json' };
  status(await kube.send('PATCH', path, { headers, body: JSON.stringify({ spec: { replicas } }) }), 200);
}

export default defineChecks([
  check(
    'E2E-POD-002',
    'a deployment spreads over two workers, follows scale, and vanishes when it is deleted',
    { mutants: ['scale-does-nothing', 'dependents-stay'], timeoutMs: 90_000 },
    async (t) => {
      const admin = await t.actors.shared('admin');
      const kube = await ownKube(t, admin);
      const label = t.name('spread');
      const workers = await Promise.all([1, 2].map(() => runningWorker(t, admin, JOIN_MS)));
      // Other checks have workers too: a label of these two alone keeps the pods on them.
      for (const { nodeId } of workers) {
        const body = JSON.stringify({ metadata: { labels: { spread: label } } });
        const headers = { 'content-type': 'application/merge-patch+json' };
        status(await kube.send('PATCH', `/api/v1/nodes/${nodeId}`, { headers, body }), 200);
      }
      const name = t.name('web');
      const object = deployment(name, kube.namespace, 4) as { spec: { template: { spec: object } } };
      Object.assign(object.spec.template.spec, { nodeSelector: { spread: label } });
      status(await kube.create('deployments', object), 201);
      const where = { actor: admin, namespace: kube.namespace, selector: `app=${name}` };
      const pods = await runningPods(t, where, 4, FOLLOW_MS);
      const nodes = new Set(pods.map(({ node }) => node));
      ok(
        'they run on both workers',
        workers.every(({ nodeId }) => nodes.has(nodeId)),
        { got: pods },
      );
      await scale(kube, name, 6);
      await runningPods(t, where, 6, FOLLOW_MS);
      await scale(kube, name, 2);
      await runningPods(t, where, 2, FOLLOW_MS);
      status(await kube.remove('deployments', name, { propagationPolicy: 'Background' }), [200, 202]);
      const query = `?labelSelector=${encodeURIComponent(`app=${name}`)}`;
      await eventually(
        'the end of its replica sets and pods',
        async () => {
          const lists = await Promise.all(['replicasets', 'pods'].map((kind) => kube.list(kind, query)));
          return lists.every(({ json }) => (at(json, 'items') as unknown[]).length === 0) ? true : undefined;
        },
        { withinMs: FOLLOW_MS, intervalMs: 100, signal: t.signal },
      );
      status(await kube.get('deployments', name), 404);
    },
  ),
]);
