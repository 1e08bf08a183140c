import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startControllers } from '../controllers/start.ts';
import type { Node, Pod } from '../meta/objects.ts';
import type { CoreEvent } from '../resources/events.ts';
import { runFakeNode } from '../testing/fake-agent.ts';
import { makeHarness, podManifest } from '../testing/harness.ts';
import type { Choice } from './choose-node.ts';
import { chooseNode, STAKE_ANNOTATION } from './choose-node.ts';
import { allocatableOf, requestsOf, Usage } from './resources.ts';

function node(
  name: string,
  more: {
    stake?: string;
    spec?: Node['spec'];
    labels?: Record<string, string>;
    ready?: string;
    cpu?: string;
    memory?: string;
    pods?: string;
  } = {},
): Node {
  const { stake, spec = {}, labels = {}, ready = 'True', cpu = '2', memory = '4Gi', pods = '10' } = more;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels,
      ...(stake === undefined ? {} : { annotations: { [STAKE_ANNOTATION]: stake } }),
    },
    spec,
    status: { allocatable: { cpu, memory, pods }, conditions: [{ type: 'Ready', status: ready }] },
  };
}

function pod(name: string, cpu = '100m', more: Partial<Pod['spec']> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, resourceVersion: '1' },
    spec: {
      containers: [{ name: 'c', image: 'i', resources: { requests: { cpu, memory: '64Mi' } } }],
      ...more,
    },
  };
}

const choose = (subject: Pod, nodes: Node[], usage = new Usage()): Choice =>
  chooseNode(subject, nodes, usage);

function affine(operator: string, values?: string[]): Choice {
  const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator, values }] }] };
  const spec = {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } },
  } as Partial<Pod['spec']>;
  return choose(pod('p', '1m', spec), [node('a'), node('b', { labels: { zone: '7' } })]);
}

describe('chooseNode', () => {
  it('takes the least loaded node, then the higher stake, then the name', () => {
    const usage = new Usage();
    usage.set('x', pod('x', '1', { nodeName: 'a' }));
    expect(choose(pod('p'), [node('a', { stake: '9' }), node('b')], usage)).toEqual({ node: 'b' });
    expect(
      choose(pod('p'), [node('a', { stake: '5' }), node('b', { stake: '50000000000' }), node('c')]),
    ).toEqual({ node: 'b' });
    expect(choose(pod('p'), [node('b'), node('a')])).toEqual({ node: 'a' });
  });

  it.each([
    ['not ready', node('a', { ready: 'False' }), {}, '1 node(s) were not ready'],
    ['unknown', node('a', { ready: 'Unknown' }), {}, '1 node(s) were not ready'],
    ['cordoned', node('a', { spec: { unschedulable: true } }), {}, '1 node(s) were unschedulable'],
    [
      'tainted',
      node('a', { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] } }),
      {},
      '1 node(s) had untolerated taint {k: v}',
    ],
    [
      'unlabelled',
      node('a'),
      { nodeSelector: { disk: 'ssd' } },
      "1 node(s) didn't match Pod's node affinity/selector",
    ],
    ['short of cpu', node('a', { cpu: '50m' }), {}, '1 Insufficient cpu'],
    ['short of memory', node('a', { memory: '1Mi' }), {}, '1 Insufficient memory'],
    ['full', node('a', { pods: '0' }), {}, '1 Too many pods'],
  ])('refuses a node that is %s', (_case, subject, spec, why) => {
    expect(choose(pod('p', '100m', spec), [subject])).toEqual({
      message: `0/1 nodes are available: ${why}.`,
    });
  });

  it('names every reason, or that there is no node', () => {
    expect(
      choose(pod('p'), [
        node('a', { cpu: '1m' }),
        node('b', { ready: 'False' }),
        node('c', { ready: 'False' }),
      ]),
    ).toEqual({
      message: '0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were not ready.',
    });
    expect(choose(pod('p'), [])).toEqual({ message: 'no nodes available to schedule pods' });
  });

  it('tolerations open tainted nodes', () => {
    const tainted = node('a', { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoExecute' }] } });
    const tolerating = (toleration: object) =>
      choose(pod('p', '1m', { tolerations: [toleration] }), [tainted]);
    expect(tolerating({ key: 'k', operator: 'Equal', value: 'v', effect: 'NoExecute' })).toEqual({
      node: 'a',
    });
    expect(tolerating({ key: 'k', operator: 'Exists' })).toEqual({ node: 'a' });
    expect(tolerating({ operator: 'Exists' })).toEqual({ node: 'a' });
    expect(tolerating({ key: 'k', value: 'w' })).toHaveProperty('message');
    expect(tolerating({ key: 'k', operator: 'Exists', effect: 'NoSchedule' })).toHaveProperty('message');
    const reluctant = node('a', { spec: { taints: [{ key: 'k', effect: 'PreferNoSchedule' }] } });
    expect(choose(pod('p'), [reluctant, node('z')])).toEqual({ node: 'z' });
    expect(choose(pod('p'), [reluctant])).toEqual({ node: 'a' });
  });

  it('required node affinity', () => {
    expect(affine('In', ['7'])).toEqual({ node: 'b' });
    expect(affine('NotIn', ['7'])).toEqual({ node: 'a' });
    expect(affine('Gt', ['6'])).toEqual({ node: 'b' });
    expect(affine('Lt', ['6'])).toHaveProperty('message');
    expect(affine('DoesNotExist')).toEqual({ node: 'a' });
  });

  it('never overcommits a node', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 4 }), (cpus, count) => {
        const nodes = Array.from({ length: count }, (_, index) => node(`n${index}`, { cpu: '1' }));
        const usage = new Usage();
        cpus.forEach((cpu, index) => {
          const subject = pod(`p${index}`, `${cpu}m`);
          const choice = chooseNode(subject, nodes, usage);
          if ('node' in choice)
            usage.set(`p${index}`, { ...subject, spec: { ...subject.spec, nodeName: choice.node } });
        });
        for (const { metadata } of nodes) {
          expect(usage.of(metadata.name).cpu).toBeLessThanOrEqual(1000);
          expect(usage.of(metadata.name).pods).toBeLessThanOrEqual(10);
        }
      }),
    );
  });
});

describe('amounts', () => {
  it('a pod takes the sum of its containers, or its greediest init container', () => {
    const init = [{ name: 'i', resources: { requests: { cpu: '1', memory: '1Mi' } } }];
    expect(requestsOf(pod('p', '100m', { initContainers: init }))).toEqual({
      cpu: 1000,
      memory: 64 * 1024 ** 2,
      pods: 1,
    });
    const bare: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'a' },
      status: { capacity: { cpu: '1500m' } },
    };
    expect(allocatableOf(bare)).toEqual({ cpu: 1500, memory: 0, pods: 110 });
  });

  it('an older state of a pod does not undo a newer one', () => {
    const usage = new Usage();
    const bound = { ...pod('p', '1', { nodeName: 'a' }), metadata: { name: 'p', resourceVersion: '5' } };
    usage.set('p', bound);
    usage.set('p', pod('p', '1'));
    expect(usage.of('a')).toEqual({ cpu: 1000, memory: 64 * 1024 ** 2, pods: 1 });
    usage.set('p', {
      ...bound,
      metadata: { name: 'p', resourceVersion: '6' },
      status: { phase: 'Succeeded' },
    });
    expect(usage.of('a').pods).toBe(0);
  });
});

describe('scheduler', () => {
  it('says why a pod waits, once, and binds it when a node comes', async () => {
    const { api, clock, call, watch } = await makeHarness();
    const end = new AbortController();
    const running = startControllers({ api, clock, signal: end.signal, only: ['scheduler'] });
    const path = '/api/v1/namespaces/default/pods';
    const events = await watch(`${path}?watch=1`, { signal: end.signal });
    await call('POST', path, podManifest('web'));
    const until = async (fits: (subject: Pod) => boolean): Promise<Pod> => {
      for (;;) {
        const { value, done } = await events.next();
        if (done === true) throw new Error('the watch ended');
        if (fits(value.object as unknown as Pod)) return value.object as unknown as Pod;
      }
    };
    const waiting = await until(({ status }) => status?.conditions !== undefined);
    expect(waiting.status?.conditions).toMatchObject([
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'Unschedulable',
        message: 'no nodes available to schedule pods',
      },
    ]);
    await runFakeNode(api.objects, 'n1', end.signal);
    const bound = await until(({ spec }) => spec.nodeName !== undefined);
    expect(bound).toMatchObject({
      spec: { nodeName: 'n1' },
      status: { conditions: [{ type: 'PodScheduled', status: 'True' }] },
    });
    await until(({ status }) => status?.phase === 'Running');
    const { body } = await call(
      'GET',
      '/api/v1/namespaces/default/events?fieldSelector=reason%3DFailedScheduling',
    );
    const told = (body['items'] as unknown as CoreEvent[]).filter(({ message }) =>
      message?.startsWith('no nodes'),
    );
    expect(told).toMatchObject([
      { type: 'Warning', message: 'no nodes available to schedule pods', involvedObject: { name: 'web' } },
    ]);
    end.abort();
    await running;
  });

  it('leaves gated pods and those of other schedulers alone', async () => {
    const { api, clock, call } = await makeHarness();
    const end = new AbortController();
    await runFakeNode(api.objects, 'n1', end.signal);
    const path = '/api/v1/namespaces/default/pods';
    await call('POST', path, podManifest('a', { schedulerName: 'other' }));
    await call('POST', path, podManifest('b', { schedulingGates: [{ name: 'example.com/wait' }] }));
    await call('POST', path, podManifest('c'));
    const running = startControllers({ api, clock, signal: end.signal, only: ['scheduler'] });
    await expect.poll(async () => (await call('GET', `${path}/c`)).body['spec']).toHaveProperty('nodeName');
    expect((await call('GET', `${path}/a`)).body['spec']).not.toHaveProperty('nodeName');
    expect((await call('GET', `${path}/b`)).body).toMatchObject({
      status: { conditions: [{ reason: 'SchedulingGated' }] },
    });
    await call('PATCH', `${path}/b`, { spec: { schedulingGates: null } });
    await expect.poll(async () => (await call('GET', `${path}/b`)).body['spec']).toHaveProperty('nodeName');
    end.abort();
    await running;
  });
});
