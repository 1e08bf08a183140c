import { equal, eventually, ok } from '../../../runner/expectations.ts';
import { c, type Row } from './bench.ts';
import { configMap, deployment, pod } from './manifests.ts';

/** Commands about workloads that run on a node. */
export const WORKLOAD_ROWS: readonly Row[] = [
  {
    requirement: 'GW-KCT-001',
    name: 'scale',
    title: 'kubectl scale sets replicas, with a precondition too',
    mutants: ['scale-does-nothing', 'scale-is-the-object'],
    run: async (k) => {
      const name = k.t.name('web');
      await k.ok(c`create -f -`, deployment(name, 0));
      await k.says(c`scale deployment ${name} --replicas=2`, `deployment.apps/${name} scaled`);
      await k.says(c`get deployment ${name} -o jsonpath={.spec.replicas}`, '2');
      await k.prints(
        c`get deployment ${name} --subresource=scale`,
        new RegExp(`^NAME +DESIRED.*\\n${name} +2 `),
      );
      await k.fails(c`scale deployment ${name} --current-replicas=5 --replicas=1`, /[Ee]xpected replicas/);
      await k.ok(c`scale deployment ${name} --current-replicas=2 --replicas=0`);
    },
  },
  {
    requirement: 'GW-KCT-008',
    name: 'rollout',
    title: 'kubectl rollout status, history, undo, restart, pause and resume',
    run: async (k) => {
      const name = k.t.name('web');
      const ref = `deployment/${name}`;
      const image = (): Promise<string> =>
        k.ok(c`get ${ref} -o jsonpath={.spec.template.spec.containers[0].image}`);
      await k.ok(c`apply -f -`, deployment(name, 1, await k.node()));
      await k.prints(c`rollout status ${ref} --timeout=20s`, /successfully rolled out/);
      await k.ok(c`set image ${ref} main=nginx:2`);
      await k.prints(c`rollout status ${ref} --timeout=20s`, /successfully rolled out/);
      await k.prints(c`rollout history ${ref}`, /^REVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>\n/m);
      await k.prints(c`rollout history ${ref} --revision=1`, /Image:\tnginx:1\n/);
      await k.prints(c`rollout undo ${ref}`, /rolled back/);
      equal('the image of revision 1', await image(), 'nginx:1');
      await k.prints(c`rollout restart ${ref}`, /restarted/);
      await k.prints(c`rollout status ${ref} --timeout=20s`, /successfully rolled out/);
      await k.ok(c`rollout pause ${ref}`);
      await k.says(c`get ${ref} -o jsonpath={.spec.paused}`, 'true');
      await k.ok(c`rollout resume ${ref}`);
      await k.ok(c`delete ${ref}`);
    },
  },
  {
    requirement: 'GW-KCT-008',
    name: 'expose',
    title: 'kubectl expose makes a service that finds its pods',
    run: async (k) => {
      const name = k.t.name('web');
      await k.ok(c`apply -f -`, deployment(name, 1, await k.node()));
      await k.says(c`expose deployment ${name} --port=80`, `service/${name} exposed`);
      await k.says(
        c`get service ${name} -o jsonpath={.spec.selector.app}/{.spec.ports[0].targetPort}`,
        `${name}/80`,
      );
      await k.ok(c`wait --for=jsonpath={.status.readyReplicas}=1 deployment/${name} --timeout=20s`);
      const ip = await k.ok(c`get pods -l app=${name} -o jsonpath={.items[0].status.podIP}`);
      await eventually(
        'the address among the endpoints',
        async () => ((await k.ok(c`get endpoints ${name}`)).includes(`${ip}:80`) ? true : undefined),
        { withinMs: 5_000, intervalMs: 200 },
      );
      await k.ok(c`delete deployment,service ${name}`);
    },
  },
  {
    requirement: 'GW-KCT-002',
    name: 'wait',
    title: 'kubectl wait sees a condition, a value and a deletion',
    run: async (k) => {
      const [name, config] = [k.t.name('pod'), k.t.name('config')];
      await k.ok(c`create -f -`, pod(name, await k.node()));
      await k.prints(c`wait --for=condition=Ready pod/${name} --timeout=20s`, /condition met/);
      await k.prints(
        c`wait --for=jsonpath={.status.phase}=Running pod/${name} --timeout=5s`,
        /condition met/,
      );
      await k.fails(c`wait --for=condition=Nonsense pod/${name} --timeout=1s`, /timed out/);
      const gone = k.ok(c`wait --for=delete pod/${name} --timeout=20s`);
      await k.ok(c`delete pod ${name} --wait=false`);
      await gone;
      await k.fails(c`get pod ${name}`, /\(NotFound\)/);
      const made = k.ok(c`wait --for=create configmap/${config} --timeout=20s`);
      await k.ok(c`create -f -`, configMap(config, {}));
      await made;
    },
  },
  {
    requirement: 'GW-KCT-007',
    name: 'logs',
    title: 'kubectl logs prints the log of a pod, the end of it, and a deployment’s',
    mutants: ['log-options-ignored'],
    run: async (k) => {
      const name = k.t.name('web');
      await k.ok(c`create -f -`, deployment(name, 1, await k.node()));
      await k.ok(c`rollout status deployment/${name} --timeout=20s`);
      const podName = await k.ok(c`get pods -l app=${name} -o jsonpath={.items[0].metadata.name}`);
      const all = await eventually(
        'a line in the log',
        async () => (await k.ok(c`logs ${podName}`)) || undefined,
        { withinMs: 5_000, intervalMs: 200 },
      );
      equal('of the only container', await k.ok(c`logs ${podName} -c main --tail=-1`), all);
      await k.prints(c`logs ${podName} --timestamps --tail=1`, /^\d{4}-\d\d-\d\dT[\d:.]+Z [^\n]*\n?$/);
      const limited = await k.ok(c`logs ${podName} --limit-bytes=5`);
      equal('the first bytes', limited, all.slice(0, 5));
      ok('a deployment’s', (await k.ok(c`logs deployment/${name}`)).includes(all.trim()));
      await k.fails(c`logs ${podName} -c nonsense`, /container nonsense is not valid/);
      await k.ok(c`delete deployment ${name}`);
    },
  },
];
