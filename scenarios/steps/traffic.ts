import { z } from 'zod';
import { ok } from '../../conformance/runner/expectations.ts';
import { Writer } from '../../conformance/world/writer.ts';
import { step } from '../step.ts';
import { as, count, name, within } from './fields.ts';

export const trafficSteps = [
  step('traffic', {
    about: 'begins to write through the gateway, and goes on while the next steps run',
    params: z.strictObject({ name, as, lanes: z.number().int().min(1).max(16).default(2) }),
    refers: { as: 'actor' },
    makes: { param: 'name', kind: 'writer' },
    say: (p) => `${p.as} writes without a pause (${p.name})`,
    run: async (s, p) => {
      const writer = Writer.start(s.t, s.actor(p.as), { namespace: s.namespace, lanes: p.lanes });
      s.writers.set(p.name, writer);
      await writer.more(3, 15_000);
    },
  }),

  step('goes-on', {
    about: 'so many more writes are acknowledged in time',
    params: z.strictObject({ writer: name, writes: count, within_seconds: within(20) }),
    refers: { writer: 'writer' },
    say: (p) => `${p.writes} more writes of ${p.writer} are acknowledged within ${p.within_seconds} s`,
    run: async (s, p) => {
      const began = Date.now();
      await s.writer(p.writer).more(p.writes, p.within_seconds * 1000);
      s.note(`after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    },
  }),

  step('nothing-lost', {
    about: 'the writing ends: every acknowledged write is there, none ran twice, each is on chain once',
    params: z.strictObject({
      writer: name,
      /** How many writes may have been refused or left without an answer. */
      refused_at_most: count.optional(),
    }),
    refers: { writer: 'writer' },
    say: (p) => `no acknowledged write of ${p.writer} is lost, and none ran twice`,
    run: async (s, p) => {
      const writer = s.writer(p.writer);
      await writer.verify();
      const others = Object.fromEntries(writer.others);
      const refused = [...writer.others.values()].reduce((sum, one) => sum + one, 0);
      s.note(`${writer.acknowledged.length} acknowledged, others ${JSON.stringify(others)}`);
      const limit = p.refused_at_most;
      ok(`at most ${limit} writes were refused`, limit === undefined || refused <= limit, { got: others });
    },
  }),
];
