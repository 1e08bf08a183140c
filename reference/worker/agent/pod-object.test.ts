import { describe, expect, test } from 'vitest';
import type { Pod } from './pod-object.ts';
import { endedStatus, EXIT_AFTER, EXIT_CODE, plannedExit, runningStatus } from './pod-object.ts';

const pod: Pod = {
  metadata: { name: 'p', namespace: 'default', uid: 'u1' },
  spec: { containers: [{ name: 'a', image: 'one' }, { name: 'b' }], initContainers: [{ name: 'i' }] },
};
const facts = { podIp: '10.42.1.2', hostIp: '10.40.1.1', startedMs: 0, nowMs: 1_500 };

describe('the status of a simulated pod', () => {
  test('running: every container ready, init containers done', () => {
    expect(runningStatus(pod, facts)).toMatchObject({
      phase: 'Running',
      podIP: '10.42.1.2',
      startTime: '1970-01-01T00:00:00Z',
      containerStatuses: [
        { name: 'a', image: 'one', ready: true, restartCount: 0, state: { running: {} } },
        { name: 'b', ready: true },
      ],
      initContainerStatuses: [{ name: 'i', state: { terminated: { exitCode: 0 } } }],
    });
  });

  test.each([
    [0, 'Succeeded', 'Completed'],
    [3, 'Failed', 'Error'],
  ])('ended with %i: %s', (code, phase, reason) => {
    expect(endedStatus(pod, facts, code)).toMatchObject({
      phase,
      containerStatuses: [
        {
          ready: false,
          state: { terminated: { exitCode: code, reason, finishedAt: '1970-01-01T00:00:01Z' } },
        },
        {},
      ],
    });
  });

  test('container ids differ between pods and containers', () => {
    const other = { ...pod, metadata: { ...pod.metadata, uid: 'u2' } };
    expect(new Set([...ids(pod), ...ids(other)]).size).toBe(4);
  });
});

describe('the planned end of a pod', () => {
  test('is that of its annotations, unless it is restarted for ever', () => {
    expect(planned('Never', { [EXIT_AFTER]: '0.5' })).toEqual({ afterMs: 500, code: 0 });
    expect(planned('OnFailure', { [EXIT_AFTER]: '1', [EXIT_CODE]: '7' })).toEqual({ afterMs: 1000, code: 7 });
    expect(planned('Always', { [EXIT_AFTER]: '1' })).toBeUndefined();
    expect(planned('Never', {})).toBeUndefined();
    expect(planned('Never', { [EXIT_AFTER]: 'soon' })).toBeUndefined();
    expect(planned('Never', { [EXIT_AFTER]: '-1' })).toBeUndefined();
  });
});

function ids(of: Pod): string[] {
  const { containerStatuses } = runningStatus(of, facts) as { containerStatuses: { containerID: string }[] };
  return containerStatuses.map(({ containerID }) => containerID);
}

function planned(restartPolicy: string, annotations: Record<string, string>): unknown {
  return plannedExit({
    ...pod,
    metadata: { ...pod.metadata, annotations },
    spec: { ...pod.spec, restartPolicy },
  });
}
