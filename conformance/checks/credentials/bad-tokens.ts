import type { CheckContext } from '../../runner/context.ts';
import { HarnessError } from '../../errors.ts';
import type { Actor } from '../../world/actors.ts';
import { pause } from '../../drivers/wait.ts';
import { unixNow } from './asking.ts';

/** Users whose tokens the chain holds no longer good, for one reason each. */
export interface BadTokens {
  revoked: Actor;
  expired: Actor;
  slashed: Actor;
}

/** The bad tokens that checks share. */
export function badTokens(t: CheckContext): Promise<BadTokens> {
  return t.shared('bad tokens', make, { again: true });
}

async function make(t: CheckContext): Promise<BadTokens> {
  await t.needsCap('slash');
  const [revoked, expired, slashed] = await Promise.all([
    t.actors.fresh('user'),
    t.actors.fresh('user'),
    t.actors.fresh('user'),
  ]);
  await Promise.all([
    revoke(t, revoked),
    expire(t, expired),
    t.control.slash({ record: slashed.record, reason: 'conformance' }),
  ]);
  return { revoked, expired, slashed };
}

/** Revokes the actor's token. */
export async function revoke(t: CheckContext, actor: Actor): Promise<void> {
  await mustSucceed(
    'revoking',
    t.chain.execute(actor.signer, (tx) => t.chain.calls.revokeToken(tx, actor.token)),
  );
}

/** Shortens the actor's token to the next moment and waits until that is over. */
export async function expire(t: CheckContext, actor: Actor): Promise<void> {
  const end = unixNow() + 2;
  await mustSucceed(
    'shortening',
    t.chain.execute(actor.signer, (tx) => t.chain.calls.shortenToken(tx, actor.token, end)),
  );
  await pause(Math.max(0, end * 1000 - Date.now()) + 50, t.signal);
}

async function mustSucceed(what: string, outcome: Promise<{ ok: boolean; message?: string }>): Promise<void> {
  const done = await outcome;
  if (!done.ok) throw new HarnessError(`${what} the token failed: ${done.message}`);
}
