import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok, refused, status } from '../../runner/expectations.ts';
import { pod } from '../../world/gateway-api.ts';
import { Writer } from '../../world/writer.ts';
import { startAgain } from '../../world/start-again.ts';

const PODS = '/api/v1/namespaces/default/pods';
const RECOVERY_MS = 25_000;

/** Kills a part and starts it again; it is started again when the check ends in between. */
async function killedAndBack(t: CheckContext, part: 'gateway' | 'master'): Promise<void> {
  t.defer(() => startAgain(t, part));
  await t.control.kill({ part });
  await t.control.start({ part });
}

export default defineChecks([
  check(
    'E2E-NET-001',
    'while the chain is down known users read on and writes are 503; afterwards all goes on without a restart',
    {
      exclusive: true,
      timeoutMs: 60_000,
      mutants: ['fail-closed-for-cached', 'fail-open', 'outage-is-500', 'outage-remembered'],
    },
    async (t: CheckContext) => {
      t.needs('the embedded chain', t.world.chain.provider === 'embedded');
      const [admin, user] = await Promise.all([t.actors.shared('admin'), t.actors.shared('user')]);
      const stranger = await t.actors.fresh('user');
      status(await t.gateway.as(user, 'GET', PODS), 200);
      status(await t.gateway.as(admin, 'GET', PODS), 200);
      const parts = (['gateway', 'master'] as const).filter((part) => t.world[part]?.startable);
      const name = t.name('outage');
      const restore = () => t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 0 } });
      t.defer(restore);
      await t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 60 } });
      status(await t.gateway.as(user, 'GET', PODS), 200);
      refused(await t.gateway.as(stranger, 'GET', PODS), { status: 503, reason: 'ChainUnavailable' });
      refused(await t.gateway.as(admin, 'POST', PODS, { body: pod(name) }), {
        status: 503,
        reason: 'ChainUnavailable',
      });
      await restore();
      const writer = Writer.start(t, admin, { lanes: 1 });
      await writer.more(2, RECOVERY_MS);
      await writer.verify();
      status(await t.gateway.as(stranger, 'GET', PODS), 200);
      status(await t.gateway.as(admin, 'GET', `${PODS}/${name}`), 404);
      for (const part of parts)
        equal(`the ${part} still runs`, (await t.control.state({ part })).running, true);
    },
  ),

  ...(['master', 'gateway'] as const).map((part) =>
    check(
      `E2E-RST-001/${part}`,
      `the ${part} is killed in the midst of requests: no acknowledged write is lost, none runs twice`,
      {
        exclusive: true,
        timeoutMs: 90_000,
        mutants: part === 'master' ? ['crash-loses-writes'] : ['writes-answered-early'],
      },
      async (t: CheckContext) => {
        t.needs(`a ${part} that the suite can start`, t.world[part]?.startable === true);
        const admin = await t.actors.fresh('admin');
        const writer = Writer.start(t, admin, { lanes: 4 });
        await writer.more(12, 20_000);
        const before = writer.acknowledged.length;
        await killedAndBack(t, part);
        await writer.more(8, RECOVERY_MS);
        await writer.verify();
        ok('there were writes before and after', before >= 12 && writer.acknowledged.length >= before + 8);
      },
    ),
  ),

  check(
    'E2E-RST-002',
    'the leading master is killed in the midst of requests: another takes over, nothing is lost or run twice',
    { exclusive: true, timeoutMs: 90_000, mutants: ['event-twice'] },
    async (t: CheckContext) => {
      t.needs('a master that the suite can start', t.world.master?.startable === true);
      const admin = await t.actors.fresh('admin');
      const writer = Writer.start(t, admin, { lanes: 4 });
      await writer.more(12, 20_000);
      t.defer(() => startAgain(t, 'master'));
      await t.control.kill({ part: 'master' });
      // Nobody starts it again: a standby takes over within 10 s.
      await writer.more(8, 15_000);
      await writer.verify();
    },
  ),
]);
