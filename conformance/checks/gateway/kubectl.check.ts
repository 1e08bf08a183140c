import type { Kubectl, KubectlResult } from '../../drivers/kubectl.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { eventually, ok } from '../../runner/expectations.ts';
import { CheckFailure } from '../../runner/outcome.ts';

const requires = ['kubectl'] as const;
const timeoutMs = 60_000;

const manifest = (kind: string, name: string, rest: object): string =>
  JSON.stringify({ apiVersion: 'v1', kind, metadata: { name, namespace: 'default' }, ...rest });

const podManifest = (name: string): string =>
  manifest('Pod', name, { spec: { containers: [{ name: 'main', image: 'nginx' }] } });

/** Runs a command that must succeed. */
async function succeeds(kubectl: Kubectl, args: string[], stdin?: string): Promise<KubectlResult> {
  const result = await kubectl.run(args, stdin === undefined ? {} : { stdin });
  if (result.code === 0) return result;
  throw new CheckFailure(`kubectl ${args[0]} ended with ${result.code}`, {
    sent: args,
    wanted: 0,
    got: result,
  });
}

export default defineChecks([
  check(
    'GW-KCT-001',
    'kubectl gets, describes, creates, applies, labels, scales and deletes',
    { requires, timeoutMs },
    async (t) => {
      const kubectl = await t.kubectl(await t.actors.shared('admin'));
      const [pod, config, web] = [t.name('pod'), t.name('config'), t.name('web')];
      await succeeds(kubectl, ['get', 'nodes']);
      await succeeds(kubectl, ['apply', '-f', '-'], podManifest(pod));
      const unchanged = await succeeds(kubectl, ['apply', '-f', '-'], podManifest(pod));
      ok('a second apply finds nothing to do', unchanged.stdout.includes('unchanged'), {
        got: unchanged.stdout,
      });
      await succeeds(kubectl, ['create', '-f', '-'], manifest('ConfigMap', config, { data: { a: '1' } }));
      await succeeds(kubectl, ['label', 'pod', pod, 'tier=front']);
      const labelled = await succeeds(kubectl, ['get', 'pods', '-l', 'tier=front', '-o', 'name']);
      ok('the label selects the pod', labelled.stdout.includes(`pod/${pod}`), { got: labelled.stdout });
      await succeeds(kubectl, ['describe', 'pod', pod]);
      const deployment = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: web },
        spec: {
          replicas: 1,
          selector: { matchLabels: { app: web } },
          template: {
            metadata: { labels: { app: web } },
            spec: { containers: [{ name: 'c', image: 'nginx' }] },
          },
        },
      };
      await succeeds(kubectl, ['apply', '-f', '-'], JSON.stringify(deployment));
      await succeeds(kubectl, ['scale', 'deployment', web, '--replicas=0']);
      const scaled = await succeeds(kubectl, ['get', 'deployment', web, '-o', 'jsonpath={.spec.replicas}']);
      ok('the deployment is scaled', scaled.stdout === '0', { wanted: '0', got: scaled.stdout });
      await succeeds(kubectl, ['delete', 'deployment', web]);
      await succeeds(kubectl, ['delete', 'configmap', config]);
      await succeeds(kubectl, ['delete', 'pod', pod, '--grace-period=0', '--force', '--wait=false']);
    },
  ),

  check('GW-KCT-002', 'kubectl get -w sees a change within 2 s', { requires, timeoutMs }, async (t) => {
    const kubectl = await t.kubectl(await t.actors.shared('admin'));
    const name = t.name('watched');
    await succeeds(kubectl, ['create', '-f', '-'], manifest('ConfigMap', name, { data: { a: '1' } }));
    const watch = kubectl.follow(['get', 'configmap', name, '-w', '-o', 'jsonpath={.data.a}{"\\n"}']);
    t.defer(() => watch.stop());
    const seen: string[] = [];
    const reading = (async () => {
      for await (const line of watch.lines) seen.push(line.trim());
    })();
    t.defer(() => reading);
    t.defer(() => watch.stop());
    await eventually('the first line of the watch', () => (seen.includes('1') ? true : undefined), {
      withinMs: 15_000,
    });
    const admin = await t.actors.shared('admin');
    await t.gateway.as(admin, 'PATCH', `/api/v1/namespaces/default/configmaps/${name}`, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify({ data: { a: '2' } }),
    });
    await eventually('the change in the watch', () => (seen.includes('2') ? true : undefined), {
      withinMs: 2_000,
    });
  }),

  check(
    'GW-KCT-003',
    'kubectl apply --server-side works and reports conflicts',
    { requires, timeoutMs },
    async (t) => {
      const kubectl = await t.kubectl(await t.actors.shared('admin'));
      const name = t.name('ssa');
      const with_ = (value: string): string => manifest('ConfigMap', name, { data: { a: value } });
      await succeeds(kubectl, ['apply', '--server-side', '--field-manager=one', '-f', '-'], with_('1'));
      const conflict = await kubectl.run(['apply', '--server-side', '--field-manager=two', '-f', '-'], {
        stdin: with_('2'),
      });
      ok('another manager gets a conflict', conflict.code !== 0 && /conflict/i.test(conflict.stderr), {
        got: conflict,
      });
      await succeeds(
        kubectl,
        ['apply', '--server-side', '--force-conflicts', '--field-manager=two', '-f', '-'],
        with_('2'),
      );
      const value = await succeeds(kubectl, ['get', 'configmap', name, '-o', 'jsonpath={.data.a}']);
      ok('the forced value stands', value.stdout === '2', { wanted: '2', got: value.stdout });
    },
  ),

  check(
    'GW-KCT-006',
    'kubectl without permission ends with 1 and says Forbidden',
    { requires, timeoutMs },
    async (t) => {
      const kubectl = await t.kubectl(await t.actors.shared('user'));
      const denied = await kubectl.run(['get', 'secrets']);
      ok('exit code 1', denied.code === 1, { wanted: 1, got: denied });
      ok('it names what is forbidden', /\(Forbidden\).*secrets/s.test(denied.stderr), { got: denied.stderr });
      await succeeds(kubectl, ['get', 'pods']);
    },
  ),
]);
