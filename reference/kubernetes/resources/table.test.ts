import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../meta/objects.ts';
import { typeNames } from '../schema/schemas.ts';
import { age, duration } from './definition.ts';
import { findResource, resources } from './table.ts';

const NOW = Date.parse('2026-01-01T01:00:00Z');
const CREATED = '2026-01-01T00:00:00Z';

function cells(plural: string, object: object, group = ''): unknown[] {
  const resource = findResource(group, 'v1', plural);
  if (resource === undefined) throw new Error(plural);
  const made = {
    apiVersion: 'v1',
    kind: resource.kind,
    metadata: { name: 'a', creationTimestamp: CREATED },
    ...object,
  };
  return resource.cells(made as KubeObject, NOW);
}

describe('the resource table', () => {
  it('has a schema and as many cells as columns for every kind', () => {
    const spec = { containers: [], selector: {}, template: { spec: { containers: [] } } };
    for (const resource of resources) {
      expect(typeNames).toContain(resource.type);
      const object = {
        apiVersion: 'v1',
        kind: resource.kind,
        metadata: { name: 'a' },
        spec,
        involvedObject: {},
        regarding: {},
      };
      expect(resource.cells(object, NOW), resource.plural).toHaveLength(resource.columns.length);
      for (const get of Object.values(resource.fields)) expect(typeof get(object)).toBe('string');
    }
  });

  it.each([
    [
      {
        phase: 'Running',
        containerStatuses: [
          { ready: true, restartCount: 2 },
          { ready: false, restartCount: 1 },
        ],
      },
      {},
      '1/2',
      'Running',
      '3',
    ],
    [
      {
        phase: 'Pending',
        containerStatuses: [
          { ready: false, restartCount: 0, state: { waiting: { reason: 'ImagePullBackOff' } } },
        ],
      },
      {},
      '0/2',
      'ImagePullBackOff',
      '0',
    ],
    [
      {
        phase: 'Failed',
        containerStatuses: [{ ready: false, restartCount: 0, state: { terminated: { exitCode: 3 } } }],
      },
      {},
      '0/2',
      'ExitCode:3',
      '0',
    ],
    [
      {
        phase: 'Failed',
        containerStatuses: [{ ready: false, restartCount: 0, state: { terminated: { signal: 9 } } }],
      },
      {},
      '0/2',
      'Signal:9',
      '0',
    ],
    [{ phase: 'Failed', reason: 'Evicted' }, {}, '0/2', 'Evicted', '0'],
    [{ phase: 'Running' }, { deletionTimestamp: CREATED }, '0/2', 'Terminating', '0'],
    [{ phase: 'Running', reason: 'NodeLost' }, { deletionTimestamp: CREATED }, '0/2', 'Unknown', '0'],
    [
      {
        phase: 'Pending',
        conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
      },
      {},
      '0/2',
      'SchedulingGated',
      '0',
    ],
  ])('pod with %j', (status, metadata, ready, word, restarts) => {
    const pod = {
      metadata: { name: 'a', creationTimestamp: CREATED, ...metadata },
      spec: { containers: [{}, {}], nodeName: 'n', readinessGates: [{ conditionType: 'x' }] },
      status,
    };
    expect(cells('pods', pod)).toEqual(['a', ready, word, restarts, '60m', '<none>', 'n', '<none>', '0/1']);
  });

  it('nodes', () => {
    const labels = { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/edge': '' };
    const node = {
      metadata: { name: 'a', creationTimestamp: CREATED, labels },
      spec: { unschedulable: true },
      status: {
        conditions: [{ type: 'Ready', status: 'Unknown' }],
        nodeInfo: {
          kubeletVersion: 'v1',
          osImage: 'os',
          kernelVersion: '6',
          containerRuntimeVersion: 'c://1',
        },
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
      },
    };
    expect(cells('nodes', node)).toEqual([
      'a',
      'NotReady,SchedulingDisabled',
      'edge,worker',
      '60m',
      'v1',
      '10.0.0.1',
      '<none>',
      'os',
      '6',
      'c://1',
    ]);
    expect(cells('nodes', {}).slice(1, 3)).toEqual(['Unknown', '<none>']);
  });

  it('the others', () => {
    expect(
      cells('services', {
        spec: {
          type: 'NodePort',
          clusterIP: '10.43.0.9',
          ports: [{ port: 80, nodePort: 30000 }],
          selector: { a: 'b' },
        },
      }),
    ).toEqual(['a', 'NodePort', '10.43.0.9', '<none>', '80:30000/TCP', '60m', 'a=b']);
    expect(cells('services', { spec: { type: 'LoadBalancer' } }).slice(3, 5)).toEqual([
      '<pending>',
      '<none>',
    ]);
    expect(cells('secrets', { type: 'Opaque', data: { a: '' } })).toEqual(['a', 'Opaque', 1, '60m']);
    expect(
      cells('endpoints', {
        subsets: [{ addresses: [{ ip: '1.1.1.1' }], ports: [{ port: 80 }, { port: 81 }] }],
      })[1],
    ).toBe('1.1.1.1:80,1.1.1.1:81');
    expect(cells('endpoints', {})[1]).toBe('<none>');
    expect(cells('leases', { spec: { holderIdentity: 'me' } }, 'coordination.k8s.io')).toEqual([
      'a',
      'me',
      '60m',
    ]);
    expect(
      cells('events', {
        involvedObject: { kind: 'Pod', name: 'p' },
        type: 'Warning',
        reason: 'R',
        message: ' m\n',
        source: { component: 'c', host: 'h' },
        lastTimestamp: CREATED,
        count: 4,
      }),
    ).toEqual(['60m', 'Warning', 'R', 'pod/p', '', 'c, h', 'm', '60m', 4, 'a']);
  });

  it('ages as kubectl writes them', () => {
    const hour = 3600;
    const day = 24 * hour;
    const wanted: [number, string][] = [
      [-5, '<invalid>'],
      [-1, '0s'],
      [0, '0s'],
      [119, '119s'],
      [120, '2m'],
      [130, '2m10s'],
      [600, '10m'],
      [3 * hour - 1, '179m'],
      [3 * hour, '3h'],
      [3 * hour + 120, '3h2m'],
      [8 * hour, '8h'],
      [2 * day, '2d'],
      [2 * day + hour, '2d1h'],
      [8 * day, '8d'],
      [729 * day, '729d'],
      [731 * day, '2y1d'],
      [8 * 365 * day, '8y'],
    ];
    for (const [seconds, text] of wanted) expect(duration(seconds)).toBe(text);
    expect(age(undefined, NOW)).toBe('<unknown>');
  });
});
