import { mustExecute } from '../../drivers/chain/transactions.ts';
import { HarnessError } from '../../errors.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { isStatus, refused, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { deceived, ownDeceived, pathOf, type Deceived } from './deceived.ts';

const timeoutMs = 40_000;

/** Sends a write and changes the chain after the gateway's own checks of it and before its command. */
async function changedInBetween(
  t: CheckContext,
  gateway: Deceived,
  change: () => Promise<unknown>,
  actor?: Actor,
): ReturnType<Deceived['send']> {
  // So that the gateway knows the token already.
  status(
    await gateway.send('GET', '/api/v1/namespaces/honest/secrets', { ...(actor && { actor }) }),
    [200, 404],
  );
  const target = `${pathOf('honest')}/${t.name('spoilt')}`;
  gateway.before.set(target, change);
  return gateway.send('DELETE', target, { ...(actor && { actor }) });
}

/** Brings the token's end forward to this very second, which is over before anything else can be done. */
async function expireNow(t: CheckContext, { master }: Deceived, actor: Actor): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const now = Math.floor(Date.now() / 1000);
    const outcome = await t.chain.execute(actor.signer, (tx) =>
      master.cluster.calls.shortenToken(tx, actor.token, now),
    );
    // A new second may have begun on the way, and the past is refused.
    if (outcome.ok) return;
  }
  throw new HarnessError('the token could not be shortened');
}

export default defineChecks([
  check(
    'GW-CTR-012/revoked',
    'a token revoked between the payload and the command is 401',
    { mutants: ['aborts-unmapped'], timeoutMs },
    async (t) => {
      const gateway = await deceived(t);
      const { calls } = gateway.master.cluster;
      const actor = await gateway.master.cluster.actor('admin');
      const revoke = (): Promise<unknown> =>
        mustExecute('revoking', t.chain.client, actor.signer, (tx) => calls.revokeToken(tx, actor.token));
      const answer = await changedInBetween(t, gateway, revoke, actor);
      refused(answer, { status: 401, reason: ['InvalidSealToken', 'TokenRevoked'] });
      isStatus(answer, 'Unauthorized');
    },
  ),

  check(
    'GW-CTR-012/expired',
    'a token that expires between the payload and the command is 401',
    { mutants: ['aborts-unmapped'], timeoutMs },
    async (t) => {
      const gateway = await deceived(t);
      const actor = await gateway.master.cluster.actor('admin');
      const answer = await changedInBetween(t, gateway, () => expireNow(t, gateway, actor), actor);
      refused(answer, { status: 401, reason: ['InvalidSealToken', 'TokenExpired'] });
      isStatus(answer, 'Unauthorized');
    },
  ),

  check(
    'GW-CTR-012/retired',
    'a gateway retired between the payload and the command says 403 Forbidden',
    { mutants: ['aborts-unmapped'], timeoutMs },
    async (t) => {
      const gateway = await ownDeceived(t);
      const { cluster } = gateway.master;
      const retire = (): Promise<unknown> =>
        cluster.run('retiring', (tx) => cluster.calls.retireGateway(tx, gateway.adminCap, gateway.cap));
      const answer = await changedInBetween(t, gateway, retire);
      refused(answer, { status: 403, reason: 'Forbidden' });
      isStatus(answer, 'Forbidden');
    },
  ),
]);
