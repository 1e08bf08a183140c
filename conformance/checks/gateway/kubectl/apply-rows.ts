import { equal, ok } from '../../../runner/expectations.ts';
import { c, type Bench, type Row } from './bench.ts';
import { configMap, deployment } from './manifests.ts';

const data = (k: Bench, name: string): Promise<string> => k.ok(c`get cm ${name} -o jsonpath={.data}`);

const apply = (manager: string, ...more: string[]): string[] => [
  ...c`apply --server-side -f - --field-manager=${manager}`,
  ...more,
];

/** Commands that bring objects to the state of a manifest, or say what that would change. */
export const APPLY_ROWS: readonly Row[] = [
  {
    requirement: 'GW-KCT-001',
    name: 'apply',
    title: 'kubectl apply creates, changes, removes what left the manifest, and finds nothing to do',
    run: async (k) => {
      const name = k.t.name('applied');
      await k.says(c`apply -f -`, `configmap/${name} created`, configMap(name, { a: '1', b: '1' }));
      await k.says(c`apply -f -`, `configmap/${name} unchanged`, configMap(name, { a: '1', b: '1' }));
      await k.ok(c`patch cm ${name} --type=merge -p ${'{"data":{"theirs":"x"}}'}`);
      await k.says(c`apply -f -`, `configmap/${name} configured`, configMap(name, { a: '2' }));
      equal('what others set stays, what left goes', JSON.parse(await data(k, name)), {
        a: '2',
        theirs: 'x',
      });
    },
  },
  {
    requirement: 'GW-KCT-001',
    name: 'apply-deployment',
    title: 'kubectl apply of a deployment a second time finds nothing to do, defaults notwithstanding',
    run: async (k) => {
      const name = k.t.name('applied');
      await k.says(c`apply -f -`, `deployment.apps/${name} created`, deployment(name, 0));
      await k.says(c`apply -f -`, `deployment.apps/${name} unchanged`, deployment(name, 0));
      const replicas = await k.ok(c`apply -f - -o jsonpath={.metadata.generation}`, deployment(name, 0));
      equal('the generation', replicas, '1');
    },
  },
  {
    requirement: 'GW-KCT-003',
    name: 'apply-server-side',
    title: 'kubectl apply --server-side works, reports conflicts, and takes over with --force-conflicts',
    mutants: ['apply-always-forced', 'apply-as-merge'],
    run: async (k) => {
      const name = k.t.name('ssa');
      await k.says(apply('one'), `configmap/${name} serverside-applied`, configMap(name, { a: '1', b: '1' }));
      await k.ok(apply('one'), configMap(name, { a: '1', b: '1' }));
      await k.fails(apply('two'), /conflict with "one": \.data\.a/, configMap(name, { a: '2' }));
      equal('a conflict changes nothing', JSON.parse(await data(k, name)), { a: '1', b: '1' });
      await k.ok(apply('two', '--force-conflicts'), configMap(name, { a: '2' }));
      equal('the forced value stands', JSON.parse(await data(k, name)), { a: '2', b: '1' });
      await k.ok(apply('one'), configMap(name, {}));
      equal('who stops applying a field gives it up', JSON.parse(await data(k, name)), { a: '2' });
      await k.prints(c`get cm ${name} -o yaml --show-managed-fields`, /manager: two\n {4}operation: Apply/);
    },
  },
  {
    requirement: 'GW-KCT-003',
    name: 'apply-server-side-upgrade',
    title: 'kubectl apply --server-side takes over what a client-side apply made',
    run: async (k) => {
      const name = k.t.name('ssa');
      await k.ok(c`apply -f -`, configMap(name, { a: '1', b: '1' }));
      await k.ok(c`apply --server-side -f -`, configMap(name, { a: '2' }));
      equal('what left the manifest goes', JSON.parse(await data(k, name)), { a: '2' });
    },
  },
  {
    requirement: 'GW-KCT-010',
    name: 'diff',
    title: 'kubectl diff ends with 1 and shows the difference, with 0 when there is none',
    run: async (k) => {
      const name = k.t.name('differs');
      await k.ok(c`apply -f -`, configMap(name, { a: '1' }));
      const same = await k.run(c`diff -f -`, configMap(name, { a: '1' }));
      equal('no difference', { code: same.code, stdout: same.stdout }, { code: 0, stdout: '' });
      const other = await k.run(c`diff -f -`, configMap(name, { a: '2' }));
      ok('the difference', other.code === 1 && /^-  a: "1"\n\+  a: "2"$/m.test(other.stdout), { got: other });
      const serverSide = await k.run(
        c`diff --server-side --force-conflicts -f -`,
        configMap(name, { a: '3' }),
      );
      ok('of a server-side apply', serverSide.code === 1 && /^\+  a: "3"$/m.test(serverSide.stdout), {
        got: serverSide,
      });
      equal('nothing changed', await data(k, name), '{"a":"1"}');
    },
  },
  {
    requirement: 'GW-KCT-010',
    name: 'dry-run',
    title: 'kubectl --dry-run=server answers as if, and changes nothing',
    mutants: ['dry-run-stored'],
    run: async (k) => {
      const [name, none] = [k.t.name('kept'), k.t.name('none')];
      await k.ok(c`create -f -`, configMap(name, { a: '1' }));
      const before = await k.ok(c`get cm ${name} -o json`);
      await k.says(
        c`create -f - --dry-run=server`,
        `configmap/${none} created (server dry run)`,
        configMap(none, {}),
      );
      await k.fails(c`get cm ${none}`, /\(NotFound\)/);
      const patch = '{"data":{"a":"2"}}';
      await k.says(c`patch cm ${name} -p ${patch} --dry-run=server -o jsonpath={.data.a}`, '2');
      await k.ok(c`label cm ${name} a=b --dry-run=server`);
      await k.ok(c`apply --server-side --force-conflicts -f - --dry-run=server`, configMap(name, { a: '3' }));
      await k.prints(c`delete cm ${name} --dry-run=server`, /deleted[^\n]* \(server dry run\)/);
      await k.prints(c`create deployment ${none} --image=i --dry-run=client -o yaml`, /^kind: Deployment$/m);
      equal('the object', await k.ok(c`get cm ${name} -o json`), before);
    },
  },
  {
    requirement: 'GW-KCT-011',
    name: 'validation',
    title: 'kubectl shows what the server finds wrong: an unknown field, a wrong type, an invalid value',
    mutants: ['field-validation-ignored'],
    run: async (k) => {
      const name = k.t.name('wrong');
      const good = JSON.parse(deployment(name, 0)) as { spec: Record<string, unknown> };
      const with_ = (fields: object): string =>
        JSON.stringify({ ...good, spec: { ...good.spec, ...fields } });
      await k.fails(c`create -f -`, /unknown field "spec\.nonsense"/, with_({ nonsense: 1 }));
      await k.fails(c`create -f -`, /BadRequest/, with_({ replicas: 'many' }));
      await k.fails(
        c`create -f -`,
        /spec\.replicas: Invalid value: -1: must be greater than or equal to 0/,
        with_({ replicas: -1 }),
      );
      await k.fails(c`apply -f -`, /Invalid value: "Not_a_name"/, configMap('Not_a_name', {}));
      await k.fails(c`get deployment ${name}`, /\(NotFound\)/);
      await k.ok(c`create -f - --validate=ignore`, with_({ nonsense: 1 }));
    },
  },
];
