import type { HttpAnswer } from '../../drivers/http.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { asObject, at, equal, eventually, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import { runningWorker } from '../../world/workers.ts';
import { container, deployment, kube, pod, type Kube } from './kube.ts';

const MERGE = { 'content-type': 'application/merge-patch+json' };
const READY_MS = 20_000;

/** A ReplicaSet that makes no pod. */
const replicaSet = (name: string, namespace: string): object => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name, namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { nodeSelector: { none: 'such' }, containers: [container()] },
    },
  },
});

/** Of a Scale: Kubernetes leaves a zero out. */
const replicasIn = ({ json }: HttpAnswer): unknown => at(json, 'spec', 'replicas') ?? 0;

export default defineChecks([
  ...['deployments', 'replicasets'].map((resource) =>
    check(
      `GW-SUB-001/${resource}`,
      `/scale of ${resource} reads and sets spec.replicas`,
      { mutants: ['scale-is-the-object', 'scale-does-nothing'] },
      async (t) => {
        const admin = await kube(t);
        const name = t.name('scaled');
        const make =
          resource === 'deployments'
            ? deployment(name, admin.namespace, 0)
            : replicaSet(name, admin.namespace);
        const made = await admin.made(resource, make);
        const path = admin.path(resource, name, 'scale');
        const read = await admin.send('GET', path);
        status(read, 200);
        equal(
          'the Scale',
          [at(read.json, 'kind'), at(read.json, 'apiVersion'), replicasIn(read)],
          ['Scale', 'autoscaling/v1', 0],
        );
        equal(
          'whose it is',
          [at(read.json, 'metadata', 'name'), at(read.json, 'metadata', 'uid')],
          [name, at(made, 'metadata', 'uid')],
        );
        equal('status.selector', at(read.json, 'status', 'selector'), `app=${name}`);
        const put = await admin.send('PUT', path, {
          body: { ...asObject(read.json), spec: { replicas: 2 } },
        });
        status(put, [200, 409]);
        // The control plane may have written in between; without a resourceVersion it does not matter.
        const again = await admin.send('PUT', path, {
          body: {
            apiVersion: 'autoscaling/v1',
            kind: 'Scale',
            metadata: { name, namespace: admin.namespace },
            spec: { replicas: 2 },
          },
        });
        status(again, 200);
        equal('spec.replicas after PUT', at(await admin.present(resource, name), 'spec', 'replicas'), 2);
        const patched = await admin.send('PATCH', path, { headers: MERGE, body: { spec: { replicas: 0 } } });
        status(patched, 200);
        equal('the Scale after PATCH', [at(patched.json, 'kind'), replicasIn(patched)], ['Scale', 0]);
        equal('spec.replicas after PATCH', at(await admin.present(resource, name), 'spec', 'replicas'), 0);
        refused(await admin.send('PATCH', path, { headers: MERGE, body: { spec: { replicas: -1 } } }), {
          status: 422,
          reason: 'Invalid',
        });
      },
    ),
  ),

  check(
    'GW-SUB-002',
    'a write to /status changes the status alone, one to the object leaves the status',
    { mutants: ['status-writes-spec', 'object-writes-status'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('status');
      const made = await admin.made('pods', pod(name, admin.namespace, { schedulerName: 'nobody' }));
      const body = {
        ...asObject(made),
        // Labels are not asked about: Kubernetes lets them be changed by way of a pod's status.
        metadata: { name, namespace: admin.namespace },
        spec: { ...asObject(at(made, 'spec')), activeDeadlineSeconds: 77 },
        status: { phase: 'Pending', message: 'set by the check' },
      };
      const put = await admin.send('PUT', admin.path('pods', name, 'status'), { body });
      status(put, 200);
      equal('status.message', at(put.json, 'status', 'message'), 'set by the check');
      equal('spec', at(put.json, 'spec'), at(made, 'spec'));
      const merge = { metadata: { labels: { by: 'object' } }, status: { message: 'set by the object' } };
      const patched = await admin.patch('pods', name, 'merge', merge);
      status(patched, 200);
      equal(
        'labels and status.message',
        [at(patched.json, 'metadata', 'labels'), at(patched.json, 'status', 'message')],
        [{ by: 'object' }, 'set by the check'],
      );
      const viaStatus = await admin.send('PATCH', admin.path('pods', name, 'status'), {
        headers: MERGE,
        body: { spec: { activeDeadlineSeconds: 77 }, status: { reason: 'Patched' } },
      });
      status(viaStatus, 200);
      const stored = await admin.present('pods', name);
      equal(
        'what is stored',
        [at(stored, 'metadata', 'labels'), at(stored, 'status', 'reason'), at(stored, 'spec')],
        [{ by: 'object' }, 'Patched', at(made, 'spec')],
      );
    },
  ),

  check(
    'GW-SUB-003',
    'the log of a running pod is text, and container, tailLines and follow are understood',
    { mutants: ['log-options-ignored', 'log-as-json'], timeoutMs: 60_000 },
    async (t) => {
      const admin = await kube(t);
      const worker = await runningWorker(t, admin.actor, READY_MS);
      const name = t.name('talker');
      const spec = {
        nodeSelector: { 'kubernetes.io/hostname': worker.nodeId },
        containers: [container('one'), container('two')],
      };
      await admin.made('pods', pod(name, admin.namespace, spec));
      const path = admin.path('pods', name, 'log');
      const first = await eventually(
        'the first lines of the log',
        async () => {
          const answer = await admin.send('GET', `${path}?container=one`);
          return answer.status === 200 && answer.text.includes('\n') ? answer : undefined;
        },
        { withinMs: READY_MS, intervalMs: 100 },
      );
      ok('it is text/plain', (first.headers['content-type'] ?? '').startsWith('text/plain'), {
        got: first.headers['content-type'],
      });
      const lines = first.text.trimEnd().split('\n');
      const tail = await admin.send('GET', `${path}?container=one&tailLines=1`);
      status(tail, 200);
      equal('the number of lines with tailLines=1', tail.text.trimEnd().split('\n').length, 1);
      equal('with tailLines=0', (await admin.send('GET', `${path}?container=one&tailLines=0`)).text, '');
      ok(
        'the log begins with what it began with',
        (await admin.send('GET', `${path}?container=one`)).text.startsWith(lines[0] ?? '?'),
      );
      refused(await admin.send('GET', path), { status: 400, reason: 'BadRequest' });
      refused(await admin.send('GET', `${path}?container=three`), { status: 400, reason: 'BadRequest' });
      const followed = await t.gateway.stream(admin.actor, `${path}?container=one&follow=true`);
      t.defer(() => followed.close());
      equal('the status of a followed log', followed.status, 200);
      for await (const line of followed.lines()) {
        equal('the first line followed', line, lines[0]);
        break;
      }
    },
  ),

  ...(
    [
      ['unknown', 'GET', 'nothing', [404]],
      ['unknown-write', 'PUT', 'nothing', [404]],
      ['exec', 'POST', 'exec?command=ls', [404, 405, 501]],
      ['attach', 'GET', 'attach', [404, 405, 501]],
      ['port-forward', 'POST', 'portforward', [404, 405, 501]],
      ['scale-of-pod', 'GET', 'scale', [404]],
    ] as const
  ).map(([name, method, sub, codes]) =>
    check(
      `GW-SUB-004/${name}`,
      `${method} of ${sub.split('?')[0]} of a pod is ${codes.join(', ')} as a Status`,
      // A cluster knows the others, and says what stands in their way.
      { mutants: ['unknown-subresource-is-object'], beyondKubernetes: !name.startsWith('unknown') },
      async (t) => {
        const admin = await kube(t);
        const podName = await waiting(admin);
        const options = method === 'PUT' ? { body: pod(podName, admin.namespace) } : {};
        const answer = await admin.send(method, `${admin.path('pods', podName)}/${sub}`, options);
        ok('the status fits', (codes as readonly number[]).includes(answer.status), {
          wanted: codes,
          got: { status: answer.status, body: answer.text.slice(0, 300) },
        });
        isStatus(answer);
      },
    ),
  ),
]);

/** A pod that waits for a node which never comes. */
async function waiting(admin: Kube): Promise<string> {
  const name = admin.t.name('waiting');
  await admin.made('pods', pod(name, admin.namespace, { nodeSelector: { none: 'such' } }));
  return name;
}
