import { z } from 'zod';
import { step } from '../step.ts';
import { name } from './fields.ts';

export const faultSteps = [
  step('cut', {
    about: 'a worker is cut off from the master',
    params: z.strictObject({ worker: name }),
    refers: { worker: 'worker' },
    needs: ['partition'],
    say: (p) => `the line between ${p.worker} and the master is cut`,
    run: async (s, p) => {
      const worker = s.worker(p.worker);
      s.t.defer(() => s.faults.heal(worker));
      await s.faults.cut(worker);
    },
  }),

  step('heal', {
    about: 'the line of a worker is mended',
    params: z.strictObject({ worker: name }),
    refers: { worker: 'worker' },
    needs: ['partition'],
    say: (p) => `the line between ${p.worker} and the master is mended`,
    run: (s, p) => s.faults.heal(s.worker(p.worker)),
  }),

  step('chain-down', {
    about: 'the chain cannot be reached: it refuses calls, or lets them hang',
    params: z.strictObject({ mode: z.enum(['unavailable', 'hang']).default('unavailable') }),
    needs: ['chainControl'],
    say: (p) => `the chain is cut off (${p.mode})`,
    run: async (s, p) => {
      s.t.defer(() => s.t.control.localnet({ path: 'outage', body: { mode: p.mode, seconds: 0 } }));
      await s.t.control.localnet({ path: 'outage', body: { mode: p.mode, seconds: 120 } });
    },
  }),

  step('chain-up', {
    about: 'the chain can be reached again',
    params: z.strictObject({}),
    needs: ['chainControl'],
    say: () => 'the chain is back',
    run: (s) => s.t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 0 } }),
  }),
];
