import { z } from 'zod';
import { equal, eventually, ok } from '../../conformance/runner/expectations.ts';
import { mustExecute } from '../../conformance/drivers/chain/transactions.ts';
import { step } from '../step.ts';
import { name, within } from './fields.ts';

export const actorSteps = [
  step('actor', {
    about: 'a wallet is funded, stakes, and gets a seal token',
    params: z.strictObject({ name, kind: z.enum(['admin', 'user', 'node']).default('admin') }),
    makes: { param: 'name', kind: 'actor' },
    say: (p) => `${p.name} stakes as ${p.kind} and gets a seal token`,
    run: async (s, p) => {
      const actor = await s.t.actors.fresh(p.kind);
      const [staked] = await s.t.chain.events('StakeEvent', { record: actor.record });
      const [issued] = await s.t.chain.events('SealTokenIssued', { token: actor.token });
      const seen = (staked && issued) ?? (await s.t.chain.event('SealTokenIssued', { token: actor.token }));
      ok('stake and token are on chain', seen !== undefined, { wanted: { token: actor.token } });
      s.actors.set(p.name, actor);
      s.values.set(`${p.name}.address`, actor.address);
      s.values.set(`${p.name}.token`, actor.token);
      s.note(`stake ${actor.record}, token ${actor.token}`);
      if (p.kind === 'admin') await s.makeNamespace(actor);
    },
  }),

  step('revoke', {
    about: 'an actor revokes its own seal token',
    params: z.strictObject({ who: name }),
    refers: { who: 'actor' },
    say: (p) => `${p.who}'s seal token is revoked on chain`,
    run: async (s, p) => {
      const { signer, token } = s.actor(p.who);
      await mustExecute('revoking a token', s.t.chain.client, signer, (tx) =>
        s.t.chain.calls.revokeToken(tx, token),
      );
    },
  }),

  step('shorten', {
    about: 'an actor makes its seal token end soon',
    params: z.strictObject({ who: name, seconds: z.number().int().min(1).max(60) }),
    refers: { who: 'actor' },
    say: (p) => `${p.who}'s seal token ends in ${p.seconds} s`,
    run: async (s, p) => {
      const { signer, token } = s.actor(p.who);
      const end = Math.floor(Date.now() / 1000) + p.seconds;
      await mustExecute('shortening a token', s.t.chain.client, signer, (tx) =>
        s.t.chain.calls.shortenToken(tx, token, end),
      );
      s.note(`expires_at ${end}`);
    },
  }),

  step('expired', {
    about: 'waits until a seal token is over on chain',
    params: z.strictObject({ who: name, within_seconds: within(30) }),
    refers: { who: 'actor' },
    say: (p) => `${p.who}'s seal token runs out`,
    run: async (s, p) => {
      const { expires_at: end } = await s.t.chain.object('SealToken', s.actor(p.who).token);
      await eventually('the token’s end', () => (Date.now() / 1000 > Number(end) ? true : undefined), {
        withinMs: p.within_seconds * 1000,
        intervalMs: 100,
        signal: s.t.signal,
      });
    },
  }),

  step('renew', {
    about: 'an actor gets a new seal token for the stake it has',
    params: z.strictObject({ who: name }),
    refers: { who: 'actor' },
    say: (p) => `${p.who} gets a new seal token for the same stake`,
    run: async (s, p) => {
      const before = s.actor(p.who);
      const after = await s.t.actors.renewed(before);
      equal('the stake behind it', after.record, before.record);
      s.actors.set(p.who, after);
      s.values.set(`${p.who}.token`, after.token);
      s.note(`token ${after.token}`);
    },
  }),
];
