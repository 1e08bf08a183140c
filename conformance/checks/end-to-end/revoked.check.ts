import { mustExecute } from '../../drivers/chain/transactions.ts';
import { check, defineChecks } from '../../runner/check.ts';
import { eventually, refused, status } from '../../runner/expectations.ts';

const PODS = '/api/v1/namespaces/default/pods';

export default defineChecks([
  check(
    'E2E-REV-001',
    'a revoked user is refused within 5 s, watches included, and let in again with a new token',
    { mutants: ['cache-forever', 'revocation-unchecked', 'watches-outlive-token'] },
    async (t) => {
      const user = await t.actors.fresh('user');
      // In the cache of the gateway, which must let go of it.
      status(await t.gateway.as(user, 'GET', PODS), 200);
      await using stream = await t.gateway.stream(user, `${PODS}?watch=true`, { timeoutMs: 15_000 });
      let ended = false;
      const reading = (async () => {
        for await (const line of stream.lines()) if (line === '') return;
      })().finally(() => (ended = true));
      reading.catch(() => undefined);
      await mustExecute('revoking a token', t.chain.client, user.signer, (tx) =>
        t.chain.calls.revokeToken(tx, user.token),
      );
      const revoked = Date.now();
      await eventually(
        'the refusal',
        async () => ((await t.gateway.as(user, 'GET', PODS)).status === 401 ? true : undefined),
        { withinMs: 5_000, intervalMs: 50, signal: t.signal },
      );
      refused(await t.gateway.as(user, 'GET', PODS), { status: 401, reason: 'TokenRevoked' });
      await eventually('the end of the open watch', () => (ended ? true : undefined), {
        withinMs: Math.max(1, revoked + 5_000 - Date.now()),
        intervalMs: 20,
      });
      const renewed = await t.actors.renewed(user);
      status(await t.gateway.as(renewed, 'GET', PODS), 200);
      refused(await t.gateway.as(user, 'GET', PODS), { status: 401, reason: 'TokenRevoked' });
    },
  ),
]);
