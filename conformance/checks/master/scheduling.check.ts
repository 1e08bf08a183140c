import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, eventually, ok, status } from '../../runner/expectations.ts';
import { nodeObject } from '../../world/played-node.ts';
import { Stage } from './scheduling.ts';

const timeoutMs = 30_000;
const SMALL = { cpu: '1', memory: '1Gi', pods: '3' };

const taint = (effect: string) => ({ key: 'daas.test/kept', value: effect.toLowerCase(), effect });

const on = (node: string) => ({ 'kubernetes.io/hostname': node });

export default defineChecks([
  check(
    'MS-SCH-001',
    'a pod is not bound to a node that is not ready or cordoned, until it is ready',
    { mutants: ['schedules-on-unready', 'schedules-on-cordoned'], timeoutMs },
    async (t) => {
      const stage = new Stage(t);
      const [unready, cordoned] = await stage.nodes({}, {});
      ok('both nodes are there', unready !== undefined && cordoned !== undefined);
      await unready.report({ ready: 'False' });
      await stage.change(cordoned, { unschedulable: true });
      const name = await stage.pod();
      await stage.pending(name, 'finds one node not ready and the other cordoned');
      await unready.report({ ready: 'True', labels: { 'daas.test/group': stage.group } });
      equal('the node once it is ready', await stage.boundTo(name), unready.name);
    },
  ),

  check(
    'MS-SCH-002',
    'cpu, memory and the number of pods must fit into what is left',
    { mutants: ['schedules-without-room'], timeoutMs },
    async (t) => {
      const wishes = [{ cpu: '600m' }, { memory: '600Mi' }, {}] as const;
      await Promise.all(
        wishes.map(async (wish, index) => {
          const stage = new Stage(t);
          const node = await stage.node({ capacity: SMALL });
          const room = index === 2 ? 3 : 1;
          for (let count = 0; count < room; count += 1)
            equal('the node while there is room', await stage.boundTo(await stage.pod(wish)), node.name);
          const late = await stage.pod(wish);
          await stage.pending(late, `asks for ${JSON.stringify(wish)} that is not left`);
        }),
      );
    },
  ),

  check(
    'MS-SCH-003',
    'taints keep pods away that do not tolerate them',
    { mutants: ['schedules-on-tainted'], timeoutMs },
    async (t) => {
      const stage = new Stage(t);
      const [first, second] = await stage.nodes({}, {});
      ok('both nodes are there', first !== undefined && second !== undefined);
      await stage.change(first, { taints: [taint('NoSchedule')] });
      await stage.change(second, { taints: [taint('NoExecute')] });
      await stage.pending(await stage.pod(), 'tolerates no taint');
      const wrong = [{ ...taint('NoSchedule'), operator: 'Equal', value: 'other' }];
      await stage.pending(await stage.pod({ tolerations: wrong }), 'tolerates another value');
      for (const [node, effect] of [
        [first, 'NoSchedule'],
        [second, 'NoExecute'],
      ] as const) {
        const tolerations = [{ ...taint(effect), operator: 'Equal' }];
        equal('the node that is tolerated', await stage.boundTo(await stage.pod({ tolerations })), node.name);
      }
    },
  ),

  check(
    'MS-SCH-004',
    'a nodeSelector is obeyed',
    { mutants: ['node-selector-ignored'], timeoutMs },
    async (t) => {
      const stage = new Stage(t);
      const [here, there] = await stage.nodes({ labels: { zone: 'a' } }, { labels: { zone: 'b' } });
      const names = [here?.name, there?.name];
      for (const [zone, node] of [
        ['a', names[0]],
        ['b', names[1]],
        ['b', names[1]],
      ] as const)
        equal(`the node of zone ${zone}`, await stage.boundTo(await stage.pod({ selector: { zone } })), node);
      await stage.pending(await stage.pod({ selector: { zone: 'c' } }), 'asks for a zone without a node');
    },
  ),

  check(
    'MS-SCH-005',
    'the least loaded node is chosen',
    { mutants: ['most-loaded-chosen'], timeoutMs },
    async (t) => {
      const stage = new Stage(t);
      const pair = await stage.nodes({}, {});
      const [first = '', second = ''] = pair.map(({ name }) => name);
      const load = async (node: string, cpu: string) =>
        equal('the node asked for', await stage.boundTo(await stage.pod({ cpu, selector: on(node) })), node);
      await load(first, '1');
      equal(
        'the node while the first is loaded',
        await stage.boundTo(await stage.pod({ cpu: '100m' })),
        second,
      );
      await load(second, '2500m');
      equal(
        'the node while the second is loaded',
        await stage.boundTo(await stage.pod({ cpu: '100m' })),
        first,
      );
    },
  ),

  check(
    'MS-SCH-006',
    'of equally loaded nodes the one with the higher stake is chosen',
    { mutants: ['stake-not-weighed'], timeoutMs },
    async (t) => {
      for (const order of [
        [1n, 4n],
        [4n, 1n],
      ]) {
        const stage = new Stage(t);
        const nodes = await stage.nodes(...order.map((sui) => ({ mist: sui * 1_000_000_000n })));
        const high = nodes[order.indexOf(4n)]?.name;
        equal('the node of the higher stake', await stage.boundTo(await stage.pod()), high);
      }
    },
  ),

  check(
    'MS-SCH-007',
    'a pod that fits nowhere says why in a condition and in an event',
    { mutants: ['unschedulable-unexplained'], timeoutMs },
    async (t) => {
      const stage = new Stage(t);
      await stage.node({ capacity: SMALL });
      const name = await stage.pod({ cpu: '64' });
      const condition = await stage.pending(name, 'asks for 64 cores');
      ok('the condition says why', /cpu/i.test(String(condition['message'])), { got: condition });
      const told = await eventually(
        'an event FailedScheduling',
        async () => (await stage.events(name, 'FailedScheduling')).at(0),
        { withinMs: 5_000 },
      );
      ok('the event says why', /cpu/i.test(String(told['message'])), { got: told });
      equal('the type of the event', told['type'], 'Warning');
      equal(
        'the pod it is about',
        at(told, 'involvedObject', 'uid'),
        at(await stage.read(name), 'metadata', 'uid'),
      );
    },
  ),

  check(
    'MS-SCH-008',
    'a waiting pod is bound once a node appears or a place is freed',
    { mutants: ['waiting-pods-forgotten'], timeoutMs },
    async (t) => {
      const stage = new Stage(t);
      const first = await stage.pod();
      await stage.pending(first, 'finds no node at all');
      const node = await stage.node({ capacity: { ...SMALL, pods: '1' } });
      equal('the node that appeared', await stage.boundTo(first), node.name);
      const second = await stage.pod();
      await stage.pending(second, 'finds the only node full');
      await stage.remove(first);
      equal('the node whose place was freed', await stage.boundTo(second), node.name);
    },
  ),

  check(
    'MS-SCH-009/offline',
    'no pod is bound to a node whose worker is offline',
    { mutants: ['never-offline'], timeoutMs: 40_000 },
    async (t: CheckContext) => {
      const stage = new Stage(t);
      await stage.offlineNode();
      const name = await stage.pod();
      await stage.pending(name, 'finds its only node offline');
    },
  ),

  check(
    'MS-SCH-009/reporting',
    'no pod is bound to a node whose worker is offline, though its agent says it is ready, until a heartbeat comes',
    { mutants: ['never-offline', 'schedules-on-tainted'], timeoutMs: 40_000 },
    async (t: CheckContext) => {
      const stage = new Stage(t);
      const node = await stage.offlineNode();
      await node.report();
      const name = await stage.pod();
      await stage.pending(name, 'finds its only node offline');
      status(await t.master.heartbeat(node.actor), 200);
      equal('the node after the heartbeat', await stage.boundTo(name), node.name);
    },
  ),

  check(
    'MS-SCH-009/slashed',
    'no pod is bound to a node whose worker is slashed',
    { mutants: ['slashed-token-valid'], timeoutMs },
    async (t) => {
      await t.needsCap('slash');
      const stage = new Stage(t);
      const node = await stage.node();
      equal('the node before', await stage.boundTo(await stage.pod()), node.name);
      await t.control.slash({ record: node.actor.record, reason: 'conformance' });
      await eventually(
        'the end of the slashed node',
        async () => {
          const object = await nodeObject(t, node.name);
          return object === undefined || at(object, 'spec', 'unschedulable') === true ? true : undefined;
        },
        { withinMs: 5_000 },
      );
      await stage.pending(await stage.pod(), 'finds its only node slashed');
    },
  ),
]);
