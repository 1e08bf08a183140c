import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { downStory } from './down-story.ts';

const exclusive = true;
const timeoutMs = 90_000;

export default defineChecks([
  check(
    'E2E-AVA-004',
    'workers stay Ready while the gateway is down for longer than they may be silent',
    { exclusive, timeoutMs, mutants: ['pauses-for-a-minute'] },
    async (t: CheckContext) => {
      const { states } = await downStory(t);
      ok('the node was looked at often', states.length >= 8, { got: states.length });
      equal(
        'other states of Ready than True',
        states.filter((state) => state !== 'True'),
        [],
      );
    },
  ),

  check(
    'E2E-AVA-010',
    'workers are Ready again after a kill of the master, without a restart of their own',
    { exclusive, timeoutMs, mutants: ['pauses-for-a-minute'] },
    async (t: CheckContext) => {
      const { states, workerRan } = await downStory(t);
      equal('Ready once its silence would show', states.at(-1), 'True');
      equal('its process was the same all the time', workerRan, true);
    },
  ),

  check(
    'E2E-AVA-014',
    'a pod that is lost while the gateway is down is replaced, and the new one runs',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes'] },
    async (t: CheckContext) => {
      const { replacement } = await downStory(t);
      ok('another pod ran on a worker', replacement !== undefined);
    },
  ),

  check(
    'E2E-AVA-015',
    'pods run on undisturbed while the master is killed and started again',
    { exclusive, timeoutMs, mutants: ['pods-evicted-at-start', 'crash-loses-writes'] },
    async (t: CheckContext) => {
      const { before, after } = (await downStory(t)).pod;
      equal('the pod at the end', after, before);
    },
  ),
]);
