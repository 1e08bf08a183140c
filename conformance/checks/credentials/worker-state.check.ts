import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { eventually, ok, reasonsOf, refused, status } from '../../runner/expectations.ts';
import type { Actor } from '../../world/actors.ts';
import { beat, freshRegistered, prepareHeartbeat } from './asking.ts';
import { revoke } from './bad-tokens.ts';

/** A worker whose token the master has accepted and cached, after `change` must be refused for `reason` within 5 s. */
async function endsAtMaster(
  t: CheckContext,
  change: (worker: Actor) => Promise<unknown>,
  reason: string,
): Promise<void> {
  const worker = await freshRegistered(t);
  status(await beat(t, await prepareHeartbeat(t, worker)), 200);
  await change(worker);
  const over = async (): Promise<true | undefined> => {
    const answer = await beat(t, await prepareHeartbeat(t, worker));
    return reasonsOf(answer.json).includes(reason) ? true : undefined;
  };
  await eventually(`a refusal by ${reason}`, over, { withinMs: 5_000, signal: t.signal });
  refused(await t.master.register(worker), { status: 401, reason });
}

export default defineChecks([
  check(
    'CR-ONE-015/revocation',
    'the master obeys a revocation within 5 s',
    { mutants: ['cache-forever', 'revocation-unchecked'] },
    async (t) => {
      await endsAtMaster(t, (worker) => revoke(t, worker), 'TokenRevoked');
    },
  ),

  check(
    'CR-ONE-015/slashing',
    'the master obeys a slashing within 5 s',
    { mutants: ['slashed-token-valid'] },
    async (t) => {
      await t.needsCap('slash');
      await endsAtMaster(
        t,
        (worker) => t.control.slash({ record: worker.record, reason: 'conformance' }),
        'StakeInactive',
      );
    },
  ),

  check(
    'CR-ONE-015/withdrawal',
    'the master obeys a withdrawal within 5 s',
    { exclusive: true, mutants: ['slashed-token-valid'] },
    async (t: CheckContext) => {
      t.needs('the embedded chain, to reach the end of a lock', t.world.chain.provider === 'embedded');
      const withdraw = async (worker: Actor): Promise<void> => {
        await t.control.localnet({ path: 'epoch', body: { advance: 101 } });
        const done = await t.chain.execute(worker.signer, (tx) =>
          t.chain.calls.withdraw(tx, worker.record, worker.address),
        );
        ok('the stake could be withdrawn', done.ok, { got: done });
      };
      await endsAtMaster(t, withdraw, 'StakeInactive');
    },
  ),
]);
