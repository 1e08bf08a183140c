import { z } from 'zod';
import { Watch } from '../../conformance/checks/gateway/watch.ts';
import { eventually, equal } from '../../conformance/runner/expectations.ts';
import { step } from '../step.ts';
import { as, name, within } from './fields.ts';

export const watchSteps = [
  step('watch', {
    about: 'opens a watch through the gateway',
    params: z.strictObject({ name, as, path: z.string().startsWith('/') }),
    refers: { as: 'actor' },
    makes: { param: 'name', kind: 'watch' },
    say: (p) => `${p.as} watches ${p.path}`,
    run: async (s, p) => {
      const query = p.path.includes('?') ? '&' : '?';
      const stream = await s.t.gateway.stream(s.actor(p.as), `${p.path}${query}watch=true`);
      const watch = new Watch(stream);
      s.t.defer(() => watch.close());
      equal('the status of the watch', watch.status, 200);
      s.watches.set(p.name, watch);
    },
  }),

  step('watch-sees', {
    about: 'a watch tells of an object',
    params: z.strictObject({
      watch: name,
      type: z.enum(['ADDED', 'MODIFIED', 'DELETED']),
      object: name,
      within_seconds: within(10),
    }),
    refers: { watch: 'watch' },
    say: (p) => `the watch ${p.watch} tells ${p.type} ${p.object}`,
    run: async (s, p) => {
      await s.watch(p.watch).untilNamed(p.type, p.object, p.within_seconds * 1000);
    },
  }),

  step('watch-ends', {
    about: 'the server ends a watch',
    params: z.strictObject({ watch: name, within_seconds: within(5) }),
    refers: { watch: 'watch' },
    say: (p) => `the watch ${p.watch} is ended within ${p.within_seconds} s`,
    run: async (s, p) => {
      const watch = s.watch(p.watch);
      const began = Date.now();
      const ending = await eventually('the end of the watch', () => watch.ending, {
        withinMs: p.within_seconds * 1000,
        intervalMs: 20,
        signal: s.t.signal,
      });
      s.note(`it ended (${ending}) after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    },
  }),
];
