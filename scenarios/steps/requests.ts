import { z } from 'zod';
import { eventually, ok, refused, status } from '../../conformance/runner/expectations.ts';
import type { HttpAnswer } from '../../conformance/drivers/http.ts';
import type { Stage } from '../stage.ts';
import { step } from '../step.ts';
import { as, within } from './fields.ts';

const expectation = z.strictObject({
  status: z.union([z.number().int(), z.array(z.number().int())]),
  reason: z.string().optional(),
});

async function send(
  s: Stage,
  p: { as: string; method: string; path: string; body?: object | undefined; type?: string | undefined },
): Promise<HttpAnswer> {
  if (p.method !== 'GET') return s.write(p.as, p.method, p.path, p.body, p.type);
  return s.t.gateway.as(s.actor(p.as), 'GET', p.path);
}

export const requestSteps = [
  step('request', {
    about: 'sends a request through the gateway; the answer must be the one expected',
    params: z.strictObject({
      as,
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
      path: z.string().startsWith('/'),
      body: z.record(z.string(), z.unknown()).optional(),
      type: z.string().optional(),
      expect: expectation,
      /** Asked again until the answer is the expected one. */
      within_seconds: z.number().positive().max(300).optional(),
    }),
    refers: { as: 'actor' },
    say: (p) => {
      const wanted = [p.expect.status].flat().join(' or ');
      const time = p.within_seconds === undefined ? '' : ` within ${p.within_seconds} s`;
      return `${p.as} sends ${p.method} ${p.path}: ${wanted}${p.expect.reason ? ` ${p.expect.reason}` : ''}${time}`;
    },
    run: async (s, p) => {
      const statuses = [p.expect.status].flat();
      const fits = (answer: HttpAnswer): void => {
        const { reason } = p.expect;
        if (reason !== undefined) refused(answer, { status: statuses[0]!, reason });
        else status(answer, statuses);
      };
      if (p.within_seconds === undefined) {
        fits(await send(s, p));
        return;
      }
      let last: HttpAnswer | undefined;
      const began = Date.now();
      await eventually(
        'the answer',
        async () => {
          last = await send(s, p).catch(() => undefined);
          return last && statuses.includes(last.status) ? true : undefined;
        },
        { withinMs: p.within_seconds * 1000, intervalMs: 100, signal: s.t.signal },
      ).catch(() => undefined);
      ok('there was an answer in time', last !== undefined);
      fits(last);
      s.note(`answered so after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    },
  }),

  step('leaves-no-trace', {
    about: 'no request of this actor is on chain',
    params: z.strictObject({ as, after: as }),
    refers: { as: 'actor', after: 'actor' },
    say: (p) => `nothing of ${p.as} is on chain`,
    run: async (s, p) => {
      // The ledger is ordered: what was refused before this write would be there when the write is.
      const path = `/api/v1/namespaces/${s.namespace}/configmaps`;
      const sentinel = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'after-' } };
      status(await s.write(p.after, 'POST', path, sentinel), 201);
      const events = await s.t.chain.events('K8sAPIRequest', { token: s.actor(p.as).token });
      ok('there is no request event', events.length === 0, { wanted: [], got: events });
    },
  }),

  step('serving', {
    about: 'a write goes all the way through, within the time given',
    params: z.strictObject({
      as,
      within_seconds: within(20),
      /** Counted from the moment in which a part was killed, not from now. */
      since_kill: z.boolean().default(false),
    }),
    refers: { as: 'actor' },
    say: (p) => `writes of ${p.as} pass within ${p.within_seconds} s${p.since_kill ? ' of the kill' : ''}`,
    run: async (s, p) => {
      const path = `/api/v1/namespaces/${s.namespace}/configmaps`;
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generateName: 'serving-' } };
      const began = p.since_kill ? (s.killedAt ?? Date.now()) : Date.now();
      let last: number | undefined;
      await eventually(
        'a write that passes',
        async () => {
          const answer = await s.t.gateway
            .as(s.actor(p.as), 'POST', path, { body, timeoutMs: 4_000 })
            .catch(() => undefined);
          last = answer?.status;
          if (answer?.status !== 201) return undefined;
          const sent = {
            actor: s.actor(p.as),
            method: 'POST',
            target: path,
            contentType: 'application/json',
            body: JSON.stringify(body),
          };
          await s.join(sent, answer);
          return true;
        },
        {
          withinMs: Math.max(1, began + p.within_seconds * 1000 - Date.now()),
          intervalMs: 100,
          signal: s.t.signal,
        },
      ).catch((error: unknown) => {
        ok('writes pass again in time', false, { wanted: 201, got: last ?? String(error) });
      });
      s.note(`the first write passed after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    },
  }),
];
