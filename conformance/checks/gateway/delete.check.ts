import { check, defineChecks } from '../../runner/check.ts';
import { at, equal, eventually, ok, refused, status } from '../../runner/expectations.ts';
import type { CheckContext } from '../../runner/context.ts';
import { deployment, kube, namesOf, ownKube, versionOf, type Kube } from './kube.ts';

const OPTIONS = { kind: 'DeleteOptions', apiVersion: 'v1' };

async function gone(admin: Kube, resource: string, name: string): Promise<void> {
  await eventually(
    `the end of ${resource}/${name}`,
    async () => ((await admin.get(resource, name)).status === 404 ? true : undefined),
    { withinMs: 10_000 },
  );
}

/**
 * A Deployment with its ReplicaSet and pod, made by the control plane. No node takes the pod: on one whose kubelet another
 * check plays it would stay through its grace period.
 */
async function ownedWorkload(t: CheckContext): Promise<Kube> {
  const admin = await ownKube(t);
  const spec = { nodeSelector: { none: 'such' } };
  await admin.made('deployments', deployment('web', admin.namespace, 1, spec));
  for (const resource of ['replicasets', 'pods']) {
    await eventually(
      `a dependent in ${resource}`,
      async () => (namesOf((await admin.list(resource)).json).length > 0 ? true : undefined),
      { withinMs: 10_000 },
    );
  }
  return admin;
}

const dependents = async (admin: Kube): Promise<number[]> =>
  Promise.all(
    ['replicasets', 'pods'].map(async (resource) => namesOf((await admin.list(resource)).json).length),
  );

export default defineChecks([
  check(
    'GW-WRT-010',
    'a delete removes the object, a GET is 404 and a watch sees DELETED',
    { mutants: ['delete-does-nothing'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('gone');
      const made = await admin.made('configmaps', admin.configMap(name));
      const watch = await admin.watch('configmaps', `resourceVersion=${versionOf(made)}`);
      const answer = await admin.remove('configmaps', name);
      status(answer, 200);
      ok(
        'the answer is the object or a Status',
        [admin.type('configmaps').kind, 'Status'].includes(String(at(answer.json, 'kind'))),
        { got: answer.json },
      );
      status(await admin.get('configmaps', name), 404);
      await watch.untilNamed('DELETED', name);
      const again = await admin.made('configmaps', admin.configMap(name));
      ok('an object made anew has another uid', at(again, 'metadata', 'uid') !== at(made, 'metadata', 'uid'));
    },
  ),

  ...(['uid', 'resourceVersion'] as const).map((field) =>
    check(
      `GW-WRT-011/${field}`,
      `a delete with a precondition on ${field} that does not hold is 409 and leaves the object`,
      { mutants: ['preconditions-ignored'] },
      async (t) => {
        const admin = await kube(t);
        const name = t.name('kept');
        const made = await admin.made('configmaps', admin.configMap(name));
        const wrong =
          field === 'uid' ? '00000000-0000-4000-8000-000000000000' : String(Number(versionOf(made)) - 1);
        const refusal = await admin.remove('configmaps', name, {
          ...OPTIONS,
          preconditions: { [field]: wrong },
        });
        refused(refusal, { status: 409, reason: 'Conflict' });
        equal('the object afterwards', await admin.present('configmaps', name), made);
        const right = { ...OPTIONS, preconditions: { [field]: at(made, 'metadata', field) } };
        status(await admin.remove('configmaps', name, right), 200);
        status(await admin.get('configmaps', name), 404);
      },
    ),
  ),

  ...(['Background', 'Foreground'] as const).map((policy) =>
    check(
      `GW-WRT-012/${policy.toLowerCase()}`,
      `deleting an owner with ${policy} removes its dependents`,
      { mutants: ['dependents-stay'], timeoutMs: 40_000 },
      async (t) => {
        const admin = await ownedWorkload(t);
        const answer = await admin.remove('deployments', 'web', { ...OPTIONS, propagationPolicy: policy });
        status(answer, [200, 202]);
        await gone(admin, 'deployments', 'web');
        await eventually(
          'the end of the dependents',
          async () => ((await dependents(admin)).every((count) => count === 0) ? true : undefined),
          { withinMs: 15_000 },
        );
      },
    ),
  ),

  check(
    'GW-WRT-012/orphan',
    'deleting an owner with Orphan leaves its dependents, without their owner',
    { mutants: ['orphans-removed'], timeoutMs: 40_000 },
    async (t) => {
      const admin = await ownedWorkload(t);
      status(
        await admin.remove('deployments', 'web', { ...OPTIONS, propagationPolicy: 'Orphan' }),
        [200, 202],
      );
      await gone(admin, 'deployments', 'web');
      const orphaned = async (): Promise<true | undefined> => {
        const { json } = await admin.list('replicasets');
        const owners: unknown = at(json, 'items', 0, 'metadata', 'ownerReferences') ?? [];
        return namesOf(json).length === 1 && Array.isArray(owners) && owners.length === 0 ? true : undefined;
      };
      await eventually('a ReplicaSet without owner', orphaned, { withinMs: 10_000 });
      equal('the dependents', await dependents(admin), [1, 1]);
    },
  ),

  check(
    'GW-WRT-013',
    'an object with finalizers stays, marked, until the last one is removed',
    { mutants: ['finalizers-ignored'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('held');
      const finalizers = ['example.com/one', 'example.com/two'];
      const made = await admin.made('configmaps', admin.configMap(name, {}, { finalizers }));
      const watch = await admin.watch('configmaps', `resourceVersion=${versionOf(made)}`);
      status(await admin.remove('configmaps', name), [200, 202]);
      const marked = await admin.present('configmaps', name);
      const time = at(marked, 'metadata', 'deletionTimestamp');
      ok('there is a deletionTimestamp', typeof time === 'string', { got: at(marked, 'metadata') });
      status(
        await admin.patch('configmaps', name, 'merge', { metadata: { finalizers: [finalizers[1]] } }),
        200,
      );
      const half = await admin.present('configmaps', name);
      equal('the time of the deletion', at(half, 'metadata', 'deletionTimestamp'), time);
      const added = await admin.patch('configmaps', name, 'merge', {
        metadata: { finalizers: [finalizers[1], 'example.com/late'] },
      });
      ok('no finalizer can be added any more', added.status === 422 || added.status === 403, {
        wanted: 422,
        got: added.status,
      });
      status(await admin.patch('configmaps', name, 'merge', { metadata: { finalizers: [] } }), 200);
      status(await admin.get('configmaps', name), 404);
      await watch.untilNamed('DELETED', name);
      equal(
        'the events',
        watch.of(name).map(({ type }) => type),
        ['MODIFIED', 'MODIFIED', 'DELETED'],
      );
    },
  ),
]);
