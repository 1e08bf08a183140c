import {
  CoreV1Api,
  KubeConfig,
  ListWatch,
  PatchStrategy,
  setHeaderOptions,
  type V1ConfigMap,
  Watch,
} from '@kubernetes/client-node';
import { kubeconfig } from '../../drivers/kubeconfig.ts';
import { describeError } from '../../errors.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, eventually } from '../../runner/expectations.ts';
import { CheckFailure } from '../../runner/outcome.ts';

const namespace = 'default';

/** The library's watch; it throws where nobody can catch it when an event has no object. */
class CheckedWatch extends Watch {
  readonly malformed: string[] = [];

  override watch(...[path, params, onEvent, onDone]: Parameters<Watch['watch']>): ReturnType<Watch['watch']> {
    const checked: typeof onEvent = (phase, object, event) => {
      if (typeof object === 'object' && object !== null) onEvent(phase, object, event);
      else this.malformed.push(JSON.stringify(event) ?? 'nothing');
    };
    return super.watch(path, params, checked, onDone);
  }
}

/** The official client library, configured as its users do, acting for the administrator. */
async function configFor(t: CheckContext): Promise<KubeConfig> {
  const { gateway } = t.world;
  t.needs('a gateway', gateway !== undefined);
  const token = await t.actors.session(await t.actors.shared('admin'));
  const config = new KubeConfig();
  config.loadFromString(
    kubeconfig({
      server: gateway?.url ?? '',
      ca: gateway?.ca,
      users: [{ name: 'admin', walletFile: '' }],
      token,
    }),
  );
  return config;
}

export default defineChecks([
  check(
    'GW-KCT-005/objects',
    'the official client library lists, creates, patches, replaces and deletes',
    {},
    async (t) => {
      const core = (await configFor(t)).makeApiClient(CoreV1Api);
      const name = t.name('library');
      const labels = { group: name };
      const body: V1ConfigMap = { metadata: { name, labels }, data: { a: '1' } };
      const created = await core.createNamespacedConfigMap({ namespace, body });
      equal('what it made', [created.metadata?.name, created.data], [name, { a: '1' }]);
      const patched = await core.patchNamespacedConfigMap(
        { namespace, name, body: { data: { b: '2' } } },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
      equal('what it patched', patched.data, { a: '1', b: '2' });
      const replaced = await core.replaceNamespacedConfigMap({
        namespace,
        name,
        body: { ...patched, data: { c: '3' } },
      });
      equal('what it replaced', replaced.data, { c: '3' });
      const stale = await core
        .replaceNamespacedConfigMap({ namespace, name, body: { ...patched, data: { d: '4' } } })
        .then(() => 200)
        .catch((error: { code?: number }) => error.code);
      equal('a stale write', stale, 409);
      const list = await core.listNamespacedConfigMap({ namespace, labelSelector: `group=${name}` });
      equal(
        'the list',
        list.items.map((item) => [item.metadata?.name, item.data]),
        [[name, { c: '3' }]],
      );
      await core.deleteNamespacedConfigMap({ namespace, name });
      const gone = await core
        .readNamespacedConfigMap({ namespace, name })
        .then(() => 200)
        .catch((error: { code?: number }) => error.code);
      equal('after the deletion', gone, 404);
    },
  ),

  check(
    'GW-KCT-005/informer',
    'an informer of the official client library sees what is there, and each change',
    { mutants: ['watch-drops-event'] },
    async (t) => {
      const config = await configFor(t);
      const core = config.makeApiClient(CoreV1Api);
      const [before, name, group] = [t.name('before'), t.name('after'), t.name('group')];
      const make = (one: string): Promise<V1ConfigMap> =>
        core.createNamespacedConfigMap({
          namespace,
          body: { metadata: { name: one, labels: { group } }, data: { n: '0' } },
        });
      await make(before);
      const labelSelector = `group=${group}`;
      const watch = new CheckedWatch(config);
      const informer = new ListWatch<V1ConfigMap>(
        `/api/v1/namespaces/${namespace}/configmaps`,
        watch,
        async () => {
          const list = await core.listNamespacedConfigMap({ namespace, labelSelector });
          // The library's own error about a malformed list would surface outside of this check.
          if (!list?.metadata?.resourceVersion || !Array.isArray(list.items))
            throw new CheckFailure('the answer to the list is no ConfigMapList', { got: list });
          return list;
        },
        false,
        labelSelector,
      );
      const seen: string[] = [];
      for (const event of ['add', 'update', 'delete'] as const) {
        informer.on(event, (object) => {
          seen.push(`${event} ${object.metadata?.name ?? ''} ${object.data?.['n'] ?? ''}`);
        });
      }
      t.defer(() => informer.stop());
      const failures: unknown[] = [];
      informer.on('error', (error) => failures.push(error));
      await informer.start();
      await make(name);
      await core.patchNamespacedConfigMap(
        { namespace, name, body: { data: { n: '1' } } },
        setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
      );
      await core.deleteNamespacedConfigMap({ namespace, name });
      const wanted = [`add ${before} 0`, `add ${name} 0`, `update ${name} 1`, `delete ${name} 1`];
      await eventually('the last event', () => seen.length >= wanted.length || undefined, {
        withinMs: 5_000,
      });
      equal('events without an object', watch.malformed, []);
      equal('failures', failures.map(describeError), []);
      equal('the events', seen, wanted);
      equal(
        'its store',
        informer.list().map((object) => object.metadata?.name),
        [before],
      );
    },
  ),
]);
