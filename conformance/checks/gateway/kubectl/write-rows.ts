import { equal, ok } from '../../../runner/expectations.ts';
import { c, type Row } from './bench.ts';
import { configMap, deployment, pod } from './manifests.ts';

const requirement = 'GW-KCT-001';

/** Commands that make, change and remove objects. */
export const WRITE_ROWS: readonly Row[] = [
  {
    requirement,
    name: 'create-file',
    title: 'kubectl create -f, and a second time AlreadyExists',
    mutants: ['create-overwrites'],
    run: async (k) => {
      const name = k.t.name('config');
      await k.says(c`create -f -`, `configmap/${name} created`, configMap(name, { a: '1' }));
      await k.fails(c`create -f -`, /\(AlreadyExists\)/, configMap(name, { a: '2' }));
      await k.says(c`get cm ${name} -o jsonpath={.data.a}`, '1');
    },
  },
  {
    requirement: 'GW-KCT-008',
    name: 'create-generators',
    title: 'kubectl create configmap, secret, serviceaccount, service and namespace',
    run: async (k) => {
      const name = k.t.name('made');
      await k.says(c`create configmap ${name} --from-literal=a=b`, `configmap/${name} created`);
      await k.says(c`get cm ${name} -o jsonpath={.data.a}`, 'b');
      await k.ok(c`create secret generic ${name} --from-literal=a=b`);
      await k.says(c`get secret ${name} -o jsonpath={.data.a}/{.type}`, 'Yg==/Opaque');
      await k.ok(c`create serviceaccount ${name}`);
      await k.ok(c`create service clusterip ${name} --tcp=80:8080`);
      await k.prints(c`get service ${name}`, /ClusterIP +[\d.]+ +<none> +80\/TCP /);
      await k.ok(c`create namespace ${name}`);
      await k.says(c`get namespace ${name} -o jsonpath={.status.phase}`, 'Active');
      await k.ok(c`delete namespace ${name} --wait=false`);
    },
  },
  {
    requirement: 'GW-KCT-008',
    name: 'create-deployment',
    title: 'kubectl create deployment sends protobuf and gets a deployment',
    run: async (k) => {
      const name = k.t.name('web');
      await k.says(
        c`create deployment ${name} --image=nginx:1 --replicas=0 --port=80`,
        `deployment.apps/${name} created`,
      );
      const path =
        '{.spec.replicas}/{.spec.template.spec.containers[0].image}/{.spec.selector.matchLabels.app}';
      await k.says(c`get deployment ${name} -o jsonpath=${path}`, `0/nginx:1/${name}`);
    },
  },
  {
    requirement: 'GW-KCT-008',
    name: 'run',
    title: 'kubectl run makes a pod, and --rm is not needed to see it',
    run: async (k) => {
      const name = k.t.name('pod');
      await k.says(c`run ${name} --image=nginx --labels=a=b --env=X=y`, `pod/${name} created`);
      await k.says(
        c`get pod ${name} -o jsonpath={.metadata.labels.a}/{.spec.containers[0].env[0].value}`,
        'b/y',
      );
      await k.ok(c`delete pod ${name} --now --wait=false`);
    },
  },
  {
    requirement,
    name: 'label-annotate',
    title: 'kubectl label and annotate set, overwrite and remove',
    run: async (k) => {
      const name = k.t.name('config');
      await k.ok(c`create -f -`, configMap(name, { a: '1' }));
      await k.says(c`label cm ${name} tier=front`, `configmap/${name} labeled`);
      await k.says(
        c`get cm -l tier=front --field-selector metadata.name=${name} -o name`,
        `configmap/${name}`,
      );
      await k.fails(c`label cm ${name} tier=back`, /already has a value/);
      await k.ok(c`label cm ${name} tier=back --overwrite`);
      await k.says(c`label cm ${name} tier-`, `configmap/${name} unlabeled`);
      await k.says(c`get cm ${name} -o jsonpath={.metadata.labels}`, '');
      await k.ok(c`annotate cm ${name} ${'note=some words'}`);
      await k.says(c`get cm ${name} -o jsonpath={.metadata.annotations.note}`, 'some words');
      await k.ok(c`annotate cm ${name} note-`);
      await k.says(c`get cm ${name} -o jsonpath={.metadata.annotations}`, '');
    },
  },
  {
    requirement: 'GW-KCT-008',
    name: 'patch',
    title: 'kubectl patch with json, merge and strategic merge patches',
    mutants: ['strategic-as-merge', 'merge-patch-as-strategic'],
    run: async (k) => {
      const name = k.t.name('web');
      const containers = (): Promise<string> =>
        k.ok(
          c`get deployment ${name} -o jsonpath=${'{range .spec.template.spec.containers[*]}{.name}={.image} {end}'}`,
        );
      await k.ok(c`create -f -`, deployment(name, 0));
      const strategic = { spec: { template: { spec: { containers: [{ name: 'side', image: 's:1' }] } } } };
      await k.ok(c`patch deployment ${name} -p ${JSON.stringify(strategic)}`);
      const merged = (await containers()).trim().split(' ').toSorted();
      equal('a strategic patch merges lists by name', merged, ['main=nginx:1', 'side=s:1']);
      const merge = { spec: { template: { spec: { containers: [{ name: 'main', image: 'nginx:2' }] } } } };
      await k.ok(c`patch deployment ${name} --type=merge -p ${JSON.stringify(merge)}`);
      equal('a merge patch replaces lists', (await containers()).trim(), 'main=nginx:2');
      const path = '/spec/template/spec/containers/0/image';
      await k.ok(
        c`patch deployment ${name} --type=json -p ${JSON.stringify([{ op: 'replace', path, value: 'nginx:3' }])}`,
      );
      equal('a json patch sets the value', (await containers()).trim(), 'main=nginx:3');
      const failing = [{ op: 'test', path, value: 'other' }];
      await k.fails(c`patch deployment ${name} --type=json -p ${JSON.stringify(failing)}`, /invalid|test/i);
      await k.prints(
        c`patch deployment ${name} --subresource=status --type=merge -p ${'{"status":{"observedGeneration":0}}'}`,
        /patched/,
      );
    },
  },
  {
    requirement: 'GW-KCT-008',
    name: 'replace',
    title: 'kubectl replace, and replace --force makes a new object',
    run: async (k) => {
      const name = k.t.name('config');
      const state = (): Promise<string> => k.ok(c`get cm ${name} -o jsonpath={.metadata.uid}/{.data}`);
      await k.ok(c`create -f -`, configMap(name, { a: '1' }));
      const [before = ''] = (await state()).split('/');
      await k.says(c`replace -f -`, `configmap/${name} replaced`, configMap(name, { b: '2' }));
      equal('same object, new data', await state(), `${before}/{"b":"2"}`);
      await k.prints(c`replace --force -f -`, /replaced/, configMap(name, { c: '3' }));
      const [uid, data] = (await state()).split('/');
      ok('another object', uid !== before && data === '{"c":"3"}', { wanted: '{"c":"3"}', got: data });
      await k.fails(c`replace -f -`, /\(NotFound\)/, configMap(k.t.name('none'), {}));
    },
  },
  {
    requirement: 'GW-KCT-008',
    name: 'set',
    title: 'kubectl set image, env and resources',
    run: async (k) => {
      const name = k.t.name('web');
      await k.ok(c`create -f -`, deployment(name, 0));
      await k.ok(c`set image deployment/${name} main=nginx:2`);
      await k.ok(c`set env deployment/${name} MODE=fast`);
      await k.ok(c`set resources deployment/${name} --limits=cpu=100m --requests=cpu=50m`);
      const main = '.spec.template.spec.containers[0]';
      const path = `{${main}.image}/{${main}.env[0].value}/{${main}.resources.limits.cpu}`;
      await k.says(c`get deployment ${name} -o jsonpath=${path}`, 'nginx:2/fast/100m');
    },
  },
  {
    requirement,
    name: 'delete',
    title: 'kubectl delete by name, file, selector, and what is not there',
    mutants: ['delete-does-nothing'],
    run: async (k) => {
      const [one, two, group] = [k.t.name('one'), k.t.name('two'), k.t.name('group')];
      await k.ok(c`create -f -`, configMap(one, {}));
      await k.prints(c`delete cm ${one}`, new RegExp(`^configmap "${one}" deleted`));
      await k.fails(c`get cm ${one}`, /\(NotFound\)/);
      await k.fails(c`delete cm ${one}`, /\(NotFound\)/);
      await k.ok(c`delete cm ${one} --ignore-not-found`);
      await k.ok(c`create -f -`, configMap(one, {}, { group }));
      await k.ok(c`create -f -`, configMap(two, {}, { group }));
      await k.ok(c`delete -f -`, configMap(one, {}));
      await k.prints(c`delete cm -l group=${group}`, new RegExp(`configmap "${two}" deleted`));
      await k.says(c`get cm -l group=${group} -o name`, '');
    },
  },
  {
    requirement,
    name: 'delete-pod',
    title: 'kubectl delete pod waits for its end, --force does not',
    run: async (k) => {
      const [one, two] = [k.t.name('one'), k.t.name('two')];
      await k.ok(c`create -f -`, pod(one, await k.node()));
      await k.ok(c`create -f -`, pod(two, 'no-such-node'));
      await k.prints(c`delete pod ${one} --grace-period=1`, /deleted/);
      await k.fails(c`get pod ${one}`, /\(NotFound\)/);
      await k.ok(c`delete pod ${two} --grace-period=0 --force`);
      await k.fails(c`get pod ${two}`, /\(NotFound\)/);
    },
  },
  {
    requirement: 'GW-KCT-008',
    name: 'delete-cascade',
    title: 'kubectl delete --cascade leaves or removes what belongs to a deployment',
    mutants: ['orphans-removed', 'dependents-stay'],
    run: async (k) => {
      const [kept, gone] = [k.t.name('kept'), k.t.name('gone')];
      for (const name of [kept, gone]) {
        await k.ok(c`create -f -`, deployment(name, 1, 'no-such-node'));
        await k.ok(c`wait --for=jsonpath={.status.replicas}=1 deployment/${name} --timeout=10s`);
      }
      await k.ok(c`delete deployment ${kept} --cascade=orphan`);
      await k.prints(c`get rs -l app=${kept} -o name`, /^replicaset.apps\//);
      await k.ok(c`delete rs -l app=${kept}`);
      await k.ok(c`delete deployment ${gone} --cascade=foreground --timeout=15s`);
      await k.says(c`get rs,pods -l app=${gone} -o name`, '');
    },
  },
];
