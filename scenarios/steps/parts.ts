import { z } from 'zod';
import { poll } from '../../conformance/drivers/wait.ts';
import { Untestable } from '../../conformance/runner/outcome.ts';
import { equal, ok } from '../../conformance/runner/expectations.ts';
import { step } from '../step.ts';

const part = z.enum(['gateway', 'master']);

export const partSteps = [
  step('kill', {
    about: 'a part is killed, without a chance to put anything in order',
    params: z.strictObject({ part }),
    needs: ['restart'],
    say: (p) => `the ${p.part} is killed`,
    run: async (s, p) => {
      s.killedAt = Date.now();
      await s.t.control.kill({ part: p.part });
      equal('whether it runs', (await s.t.control.state({ part: p.part })).running, false);
    },
  }),

  step('start', {
    about: 'a part is started again and serves',
    params: z.strictObject({ part }),
    needs: ['restart'],
    say: (p) => `the ${p.part} is started again`,
    run: async (s, p) => {
      const began = Date.now();
      await s.t.control.start({ part: p.part });
      s.note(`it serves after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    },
  }),

  step('replace', {
    about: 'a part is stopped in good order and another instance takes its place, the others go on running',
    params: z.strictObject({ part }),
    needs: ['restart'],
    say: (p) => `the ${p.part} is replaced while the others stay`,
    run: async (s, p) => {
      const others = [...s.world.servers].filter(([name]) => name !== p.part).map(([, { part: one }]) => one);
      const pids = others.map(({ process: running }) => running?.pid);
      const ended = await s.t.control.stop({ part: p.part });
      ok('it ended in good order', ended.exit?.code === 0 && !ended.killed, { got: ended });
      await s.t.control.start({ part: p.part });
      equal(
        'the processes of the others',
        others.map(({ process: running }) => running?.pid),
        pids,
      );
      s.note(`it stopped within ${ended.ms} ms`);
    },
  }),

  step('rotate-keys', {
    about: 'the master is told to rotate the keys that its store is sealed with',
    params: z.strictObject({}),
    needs: ['signals'],
    say: () => 'the master rotates the keys of its store',
    run: async (s) => {
      const master = s.world.servers.get('master')?.part;
      if (!master?.running) throw new Untestable('the master is no process of the suite');
      const before = await rotations(s.t.control.logs);
      await master.signal('SIGHUP');
      const done = await poll(async () => ((await rotations(s.t.control.logs)) > before ? true : undefined), {
        timeoutMs: 10_000,
        intervalMs: 50,
        signal: s.t.signal,
      });
      ok('the master says that it rotated its keys', done === true);
      equal('whether it still runs', master.running, true);
    },
  }),
];

/** How often the master says in its log that it rotated keys. */
async function rotations(logs: (params: { part: string }) => Promise<{ text: string }>): Promise<number> {
  const { text } = await logs({ part: 'master' });
  return text.split(/keys rotated/).length - 1;
}
