import { at, equal, eventually, ok } from '../../../runner/expectations.ts';
import { c, type Row } from './bench.ts';
import { configMap } from './manifests.ts';

const requirement = 'GW-KCT-001';

/** Commands that look at objects. */
export const READ_ROWS: readonly Row[] = [
  {
    requirement,
    name: 'get',
    title: 'kubectl get prints the server’s table, one object or many',
    mutants: ['table-ignored'],
    run: async (k) => {
      const name = k.t.name('config');
      await k.ok(c`create -f -`, configMap(name, { a: '1', b: '2' }));
      await k.prints(c`get configmaps`, new RegExp(`^NAME +DATA +AGE\\n(?:.*\\n)*${name} +2 `));
      await k.prints(c`get cm ${name} --no-headers`, new RegExp(`^${name} +2 +\\d+s\\n$`));
      await k.prints(c`get namespaces default kube-system`, /^default +Active[^\n]*\nkube-system +Active/m);
      await k.ok(c`get all`);
    },
  },
  {
    requirement,
    name: 'get-wide',
    title: 'kubectl get -o wide has the columns of priority 1',
    mutants: ['table-ignored'],
    run: async (k) => {
      await k.node();
      await k.prints(c`get nodes`, /^NAME +STATUS +ROLES +AGE +VERSION\n/);
      await k.prints(
        c`get nodes -o wide`,
        /^NAME +STATUS +ROLES +AGE +VERSION +INTERNAL-IP +EXTERNAL-IP +OS-IMAGE +KERNEL-VERSION +CONTAINER-RUNTIME\n/,
      );
    },
  },
  {
    requirement,
    name: 'get-output',
    title: 'kubectl get -o json, yaml, name, jsonpath, custom-columns and go-template',
    run: async (k) => {
      const name = k.t.name('config');
      await k.ok(c`create -f -`, configMap(name, { a: 'x' }));
      const json: unknown = JSON.parse(await k.ok(c`get cm ${name} -o json`));
      equal('data', at(json, 'data'), { a: 'x' });
      equal('kind', at(json, 'kind'), 'ConfigMap');
      await k.prints(c`get cm ${name} -o yaml`, /^apiVersion: v1\ndata:\n {2}a: x\nkind: ConfigMap\n/);
      await k.says(c`get cm ${name} -o name`, `configmap/${name}`);
      await k.says(c`get cm ${name} -o jsonpath={.data.a}`, 'x');
      await k.says(c`get cm ${name} -o custom-columns=N:.metadata.name --no-headers`, name);
      await k.says(c`get cm ${name} -o go-template={{.data.a}}`, 'x');
      const list: unknown = JSON.parse(await k.ok(c`get cm --field-selector=metadata.name=${name} -o json`));
      equal('one item', [at(list, 'items', 0, 'metadata', 'name'), at(list, 'items', 1)], [name, undefined]);
    },
  },
  {
    requirement,
    name: 'get-selector',
    title: 'kubectl get with label and field selectors, sorted, in every namespace',
    mutants: ['label-selector-ignored', 'field-selector-ignored'],
    run: async (k) => {
      const [one, two, group] = [k.t.name('one'), k.t.name('two'), k.t.name('group')];
      await k.ok(c`create -f -`, configMap(one, { a: '1' }, { group, tier: 'front' }));
      await k.ok(c`create -f -`, configMap(two, { a: '2' }, { group, tier: 'back' }));
      await k.says(c`get cm -l group=${group},tier=front -o name`, `configmap/${one}`);
      await k.says(c`get cm -l ${`group=${group},tier notin (front)`} -o name`, `configmap/${two}`);
      await k.says(c`get cm -A --field-selector metadata.name=${two} -o name`, `configmap/${two}`);
      await k.says(
        c`get cm -l group=${group} --sort-by=.data.a -o jsonpath={.items[*].metadata.name}`,
        `${one} ${two}`,
      );
      await k.prints(c`get cm -l group=${group} --show-labels`, /tier=front/);
      await k.prints(c`get cm -l group=${group} -L tier`, /TIER\n(?:.*\n)*.*front/);
    },
  },
  {
    requirement,
    name: 'get-pages',
    title: 'kubectl get --chunk-size=1 prints every object once',
    run: async (k) => {
      const group = k.t.name('paged');
      const names = [1, 2, 3].map((number) => `${group}-${number}`);
      for (const name of names) await k.ok(c`create -f -`, configMap(name, {}, { group }));
      const printed = await k.ok(c`get cm -l group=${group} --chunk-size=1 -o name`);
      equal(
        'the names',
        printed.trim().split('\n').toSorted(),
        names.map((name) => `configmap/${name}`),
      );
    },
  },
  {
    requirement: 'GW-KCT-002',
    name: 'get-watch',
    title: 'kubectl get -w sees a change within 2 s',
    mutants: ['watch-drops-event'],
    run: async (k) => {
      const name = k.t.name('watched');
      await k.ok(c`create -f -`, configMap(name, { a: '1' }));
      const { lines } = k.follow(c`get configmap ${name} -w -o ${'jsonpath={.data.a}{"\\n"}'}`);
      await eventually('the first line of the watch', () => lines.includes('1') || undefined, {
        withinMs: 15_000,
      });
      const admin = await k.t.actors.shared('admin');
      await k.t.gateway.as(admin, 'PATCH', `/api/v1/namespaces/default/configmaps/${name}`, {
        headers: { 'content-type': 'application/merge-patch+json' },
        body: JSON.stringify({ data: { a: '2' } }),
      });
      await eventually('the change in the watch', () => lines.includes('2') || undefined, {
        withinMs: 2_000,
      });
    },
  },
  {
    requirement,
    name: 'describe',
    title: 'kubectl describe prints an object with its events',
    run: async (k) => {
      const [name, config] = [k.t.name('web'), k.t.name('config')];
      await k.ok(c`create deployment ${name} --image=nginx --replicas=1`);
      const described = await eventually(
        'the event of the deployment',
        async () => {
          const text = await k.ok(c`describe deployment ${name}`);
          return text.includes('ScalingReplicaSet') ? text : undefined;
        },
        { withinMs: 5_000, intervalMs: 200 },
      );
      ok('its fields', /^Replicas: +1 desired/m.test(described), { got: described });
      await k.ok(c`create -f -`, configMap(config, { a: 'secret text' }));
      await k.prints(c`describe cm ${config}`, /^Name: +config-[^]*a:\n----\nsecret text\n/);
      await k.prints(
        c`describe node ${await k.node()}`,
        /^Conditions:[^]*^Capacity:[^]*^Allocated resources:/m,
      );
      await k.prints(c`describe namespace default`, /^Status: +Active$/m);
    },
  },
  {
    requirement,
    name: 'events',
    title: 'kubectl events and get events print what happened',
    run: async (k) => {
      const name = k.t.name('web');
      await k.ok(c`create deployment ${name} --image=nginx --replicas=1`);
      await eventually(
        'the event',
        async () =>
          (await k.ok(c`events --for=deployment/${name}`)).includes('ScalingReplicaSet') ? true : undefined,
        { withinMs: 5_000, intervalMs: 200 },
      );
      await k.prints(
        c`get events --field-selector involvedObject.name=${name}`,
        /^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n.*Normal +ScalingReplicaSet/,
      );
    },
  },
  {
    requirement: 'GW-KCT-010',
    name: 'explain',
    title: 'kubectl explain finds kinds and fields in the server’s OpenAPI',
    mutants: ['openapi-without-kinds'],
    run: async (k) => {
      await k.prints(c`explain pods`, /^KIND: +Pod\nVERSION: +v1\n[^]*^ {2}spec\t<PodSpec>/m);
      await k.prints(
        c`explain pod.spec.containers`,
        /^FIELD: containers <\[\]Container>[^]*^ {2}image\t<string>/m,
      );
      await k.prints(c`explain deployments --recursive`, /^GROUP: +apps\n[^]*^ {4}replicas\t<integer>/m);
      await k.fails(c`explain pod.spec.nonsense`, /field "nonsense" does not exist/);
    },
  },
  {
    requirement: 'GW-KCT-010',
    name: 'discovery',
    title: 'kubectl api-resources, api-versions and version',
    run: async (k) => {
      await k.prints(
        c`api-resources`,
        /^pods +po +v1 +true +Pod$[^]*^deployments +deploy +apps\/v1 +true +Deployment$/m,
      );
      await k.prints(c`api-resources --namespaced=false -o name`, /^namespaces$[^]*^nodes$/m);
      await k.prints(c`api-versions`, /^apps\/v1\n[^]*^v1$/m);
      await k.prints(c`version`, /^Server Version: v1\.\d+/m);
      await k.prints(c`get --raw /readyz`, /^ok$/);
    },
  },
  {
    requirement: 'GW-KCT-010',
    name: 'auth',
    title: 'kubectl auth can-i and whoami answer for the caller',
    mutants: ['review-says-no', 'review-says-yes'],
    run: async (k) => {
      const admin = await k.t.actors.shared('admin');
      await k.says(c`auth can-i create deployments.apps`, 'yes');
      await k.prints(c`auth whoami`, new RegExp(`^Username +${admin.address}$`, 'm'));
      await k.prints(c`auth can-i --list`, /^Resources +Non-Resource URLs +Resource Names +Verbs\n/);
      const user = await k.other('user', {
        token: await k.t.actors.session(await k.t.actors.shared('user')),
      });
      const denied = await user.run(c`auth can-i create secrets`);
      equal('a user may not', [denied.code, denied.stdout.trim()], [1, 'no']);
      const allowed = await user.run(c`auth can-i list pods`);
      equal('a user may', [allowed.code, allowed.stdout.trim()], [0, 'yes']);
    },
  },
];
