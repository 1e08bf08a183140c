import { z } from 'zod';
import { nodeReady, runningWorker } from '../../conformance/world/workers.ts';
import { equal, eventually, ok } from '../../conformance/runner/expectations.ts';
import { step } from '../step.ts';
import { as, name, within } from './fields.ts';

export const workerSteps = [
  step('worker', {
    about: 'a worker stakes, registers, and its node becomes Ready',
    params: z.strictObject({ name, as, within_seconds: within(30) }),
    refers: { as: 'actor' },
    makes: { param: 'name', kind: 'worker' },
    needs: ['worker'],
    say: (p) => `the worker ${p.name} stakes, registers and is Ready`,
    run: async (s, p) => {
      const worker = await runningWorker(s.t, s.actor(p.as), p.within_seconds * 1000);
      s.workers.set(p.name, worker);
      s.values.set(`${p.name}.node_id`, worker.nodeId);
      s.note(`node ${worker.nodeId} of wallet ${worker.address}`);
    },
  }),

  step('node', {
    about: 'the node of a worker is in this state',
    params: z.strictObject({
      as,
      worker: name,
      ready: z.union([z.boolean(), z.literal('gone')]),
      within_seconds: within(15),
    }),
    refers: { as: 'actor', worker: 'worker' },
    say: (p) =>
      `the node of ${p.worker} is ${p.ready === 'gone' ? 'gone' : p.ready ? 'Ready' : 'not Ready'} within ${p.within_seconds} s`,
    run: async (s, p) => {
      const { nodeId } = s.worker(p.worker);
      const began = Date.now();
      await eventually(
        `the node ${nodeId} in the state ${String(p.ready)}`,
        async () => {
          const ready = await nodeReady(s.t, s.actor(p.as), nodeId);
          if (p.ready === 'gone') return ready === undefined ? true : undefined;
          if (ready === undefined) return undefined;
          return (ready === 'True') === p.ready ? true : undefined;
        },
        { withinMs: p.within_seconds * 1000, intervalMs: 100, signal: s.t.signal },
      );
      s.note(`after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    },
  }),

  step('evicted', {
    about: 'the node of a worker takes no pods any more: gone, or not Ready and unschedulable',
    params: z.strictObject({ as, worker: name, within_seconds: within(5) }),
    refers: { as: 'actor', worker: 'worker' },
    say: (p) => `the node of ${p.worker} is out of service within ${p.within_seconds} s`,
    run: async (s, p) => {
      const { nodeId } = s.worker(p.worker);
      const began = Date.now();
      await eventually(
        `the end of service of ${nodeId}`,
        async () => ((await nodeReady(s.t, s.actor(p.as), nodeId)) === 'True' ? undefined : true),
        { withinMs: p.within_seconds * 1000, intervalMs: 60, signal: s.t.signal },
      );
      s.note(`after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    },
  }),

  step('slash', {
    about: 'the operator slashes the stake of a worker',
    params: z.strictObject({ worker: name, reason: z.string().default('scenario') }),
    refers: { worker: 'worker' },
    needs: ['slash'],
    say: (p) => `the stake of ${p.worker} is slashed on chain`,
    run: async (s, p) => {
      const { nodeId } = s.worker(p.worker);
      const [staked] = await s.t.chain.events('StakeEvent', { node_id: nodeId });
      ok('its stake is on chain', staked !== undefined, { wanted: { node_id: nodeId } });
      const { digest } = await s.t.control.slash({ record: staked.data.record, reason: p.reason });
      const slashed = await s.t.chain.event('SlashEvent', { record: staked.data.record });
      ok('the slashing is on chain', slashed !== undefined, { wanted: { record: staked.data.record } });
      s.note(`transaction ${digest} took ${slashed.data.amount} MIST`);
    },
  }),

  step('exited', {
    about: 'a worker’s process ended with this code',
    params: z.strictObject({ worker: name, code: z.number().int(), within_seconds: within(12) }),
    refers: { worker: 'worker' },
    say: (p) => `${p.worker} ends with exit code ${p.code}`,
    run: async (s, p) => {
      const { id } = s.worker(p.worker);
      const exit = await eventually(
        'the worker’s end',
        async () => (await s.t.control.state({ part: id })).exit,
        { withinMs: p.within_seconds * 1000, intervalMs: 100, signal: s.t.signal },
      );
      equal('how it ended', exit, { code: p.code, signal: null });
    },
  }),

  step('stop-worker', {
    about: 'a worker is told to stop and ends in good order',
    params: z.strictObject({ worker: name }),
    refers: { worker: 'worker' },
    say: (p) => `${p.worker} is told to stop`,
    run: async (s, p) => {
      const ended = await s.t.control.stop({ part: s.worker(p.worker).id });
      equal(
        'how it ended',
        { exit: ended.exit, killed: ended.killed },
        {
          exit: { code: 0, signal: null },
          killed: false,
        },
      );
      s.note(`it took ${ended.ms} ms`);
    },
  }),

  step('start-worker', {
    about: 'a worker that ended is started again, with the wallet and folder it had',
    params: z.strictObject({ worker: name }),
    refers: { worker: 'worker' },
    say: (p) => `${p.worker} is started again`,
    run: (s, p) => s.t.control.start({ part: s.worker(p.worker).id }),
  }),
];
