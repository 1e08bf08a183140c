import { equal } from '../../../runner/expectations.ts';
import { c, type Bench, type Row } from './bench.ts';
import { deployment, pod } from './manifests.ts';

const requirement = 'GW-KCT-009';

/** Commands about nodes; each on a node of its own, for they disturb what runs there. */
export const NODE_ROWS: readonly Row[] = [
  {
    requirement,
    name: 'cordon',
    title: 'kubectl cordon keeps new pods away, uncordon lets them in',
    mutants: ['schedules-on-cordoned'],
    run: async (k) => {
      const [node, name] = [await k.ownNode(), k.t.name('pod')];
      await k.says(c`cordon ${node}`, `node/${node} cordoned`);
      await k.prints(c`get node ${node}`, /Ready,SchedulingDisabled/);
      await k.ok(c`create -f -`, pod(name, node));
      await unschedulable(k, name);
      await k.says(c`uncordon ${node}`, `node/${node} uncordoned`);
      await k.ok(c`wait --for=condition=Ready pod/${name} --timeout=20s`);
    },
  },
  {
    requirement,
    name: 'taint',
    title: 'kubectl taint keeps pods away that do not tolerate it',
    mutants: ['schedules-on-tainted'],
    run: async (k) => {
      const [node, name] = [await k.ownNode(), k.t.name('pod')];
      await k.says(c`taint node ${node} team=ours:NoSchedule`, `node/${node} tainted`);
      const taints = await k.ok(c`get node ${node} -o jsonpath={.spec.taints}`);
      equal('the taint', JSON.parse(taints), [{ effect: 'NoSchedule', key: 'team', value: 'ours' }]);
      await k.ok(c`create -f -`, pod(name, node));
      await unschedulable(k, name);
      await k.says(c`taint node ${node} team-`, `node/${node} untainted`);
      await k.ok(c`wait --for=condition=Ready pod/${name} --timeout=20s`);
    },
  },
  {
    requirement,
    name: 'drain',
    title: 'kubectl drain removes a node’s pods, and refuses those nobody would bring back',
    run: async (k) => {
      const [node, web, bare] = [await k.ownNode(), k.t.name('web'), k.t.name('bare')];
      await k.ok(c`create -f -`, deployment(web, 1, node));
      await k.ok(c`create -f -`, pod(bare, node));
      await k.ok(c`wait --for=condition=Ready pod/${bare} --timeout=20s`);
      await k.ok(c`rollout status deployment/${web} --timeout=20s`);
      await k.fails(c`drain ${node} --timeout=20s`, new RegExp(`cannot delete.*${bare}`, 's'));
      await k.prints(
        c`drain ${node} --force --ignore-daemonsets --timeout=20s`,
        new RegExp(`^node/${node} drained$`, 'm'),
      );
      await k.says(c`get pods -A --field-selector spec.nodeName=${node} -o name`, '');
      await k.fails(c`get pod ${bare}`, /\(NotFound\)/);
      await k.ok(c`wait --for=jsonpath={.status.replicas}=1 deployment/${web} --timeout=10s`);
      await k.ok(c`delete deployment ${web}`);
    },
  },
];

const unschedulable = (k: Bench, name: string): Promise<string> =>
  k.ok([
    'wait',
    '--for=jsonpath={.status.conditions[?(@.type=="PodScheduled")].reason}=Unschedulable',
    `pod/${name}`,
    '--timeout=10s',
  ]);
