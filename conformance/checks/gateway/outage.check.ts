import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, eventually, isStatus, ok, refused, status } from '../../runner/expectations.ts';
import { requestIdOf } from './chain-trace.ts';
import { kube } from './kube.ts';
import { startAgain } from '../../world/start-again.ts';

const ready = async (t: CheckContext): Promise<number> =>
  (await t.gateway.http.send('GET', '/readyz')).status;

/** Cuts the chain until the check ends or `restore` is called. */
async function cutChain(t: CheckContext): Promise<() => Promise<void>> {
  t.needs('the embedded chain', t.world.chain.provider === 'embedded');
  const restore = (): Promise<void> =>
    t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 0 } });
  t.defer(restore);
  await t.control.localnet({ path: 'outage', body: { mode: 'unavailable', seconds: 60 } });
  return restore;
}

export default defineChecks([
  check(
    'GW-CTR-016',
    'while the chain is away writes are 503 with Retry-After and nothing of them is run, reads go on',
    { exclusive: true, timeoutMs: 40_000, mutants: ['outage-is-500', 'retry-after-missing'] },
    async (t) => {
      const admin = await kube(t);
      const name = t.name('outage');
      status(await admin.list('configmaps'), 200);
      const restore = await cutChain(t);
      const answer = await admin.create('configmaps', admin.configMap(name));
      refused(answer, { status: 503, reason: 'ChainUnavailable' });
      isStatus(answer);
      ok('Retry-After is whole seconds above zero', /^[1-9]\d*$/.test(answer.headers['retry-after'] ?? ''), {
        got: answer.headers['retry-after'],
      });
      status(await admin.get('configmaps', name), 404);
      await restore();
      await startAgain(t, 'gateway');
      status(await admin.get('configmaps', name), 404);
      equal(
        'requests of the refused write',
        (await t.chain.events('K8sAPIRequest', { request_id: requestIdOf(answer) })).length,
        0,
      );
    },
  ),

  check(
    'GW-DIR-004',
    'reads of a token in the cache go on while the chain is away',
    { exclusive: true, timeoutMs: 40_000, mutants: ['fail-closed-for-cached'] },
    async (t) => {
      const user = await t.actors.shared('user');
      status(await t.gateway.as(user, 'GET', '/api/v1/pods'), 200);
      await cutChain(t);
      status(await t.gateway.as(user, 'GET', '/api/v1/pods'), 200);
      status(await t.gateway.as(user, 'GET', '/api/v1/services?limit=1'), 200);
    },
  ),

  check(
    'GW-ERR-009/503',
    'a 503 has a Retry-After of whole seconds above zero',
    { exclusive: true, timeoutMs: 40_000, mutants: ['retry-after-missing'] },
    async (t) => {
      const user = await t.actors.fresh('user');
      await cutChain(t);
      const answer = await t.gateway.as(user, 'GET', '/api/v1/pods');
      status(answer, 503);
      ok('Retry-After is whole seconds above zero', /^[1-9]\d*$/.test(answer.headers['retry-after'] ?? ''), {
        got: answer.headers['retry-after'],
      });
    },
  ),

  check(
    'GW-ERR-011/chain',
    'a cut chain is 503 ChainUnavailable for a token that is not known yet',
    { exclusive: true, timeoutMs: 40_000, mutants: ['outage-is-500'] },
    async (t) => {
      const user = await t.actors.fresh('user');
      await cutChain(t);
      const answer = await t.gateway.as(user, 'GET', '/api/v1/pods');
      refused(answer, { status: 503, reason: 'ChainUnavailable' });
      isStatus(answer);
    },
  ),

  check(
    'GW-HLT-002',
    'readyz is 503 while neither chain nor master is reached, ok afterwards, and livez stays ok',
    { exclusive: true, timeoutMs: 60_000, mutants: ['always-ready'] },
    async (t: CheckContext) => {
      t.needs('a master that the suite can restart', t.world.master?.startable === true);
      const restore = await cutChain(t);
      t.defer(() => startAgain(t, 'master'));
      await t.control.kill({ part: 'master' });
      await eventually('a readyz of 503', async () => ((await ready(t)) === 503 ? true : undefined), {
        withinMs: 10_000,
      });
      const live = await t.gateway.http.send('GET', '/livez');
      equal('livez', [live.status, live.text.trim()], [200, 'ok']);
      await restore();
      await eventually('a readyz of 200', async () => ((await ready(t)) === 200 ? true : undefined), {
        withinMs: 10_000,
      });
    },
  ),

  check(
    'GW-ERR-011/master',
    'a master that is away is 503 or 504 with Timeout or ChainUnavailable, for reads and writes, within the deadline',
    { exclusive: true, timeoutMs: 60_000, mutants: ['outage-is-500'] },
    async (t: CheckContext) => {
      t.needs('a master that the suite can restart', t.world.master?.startable === true);
      const admin = await kube(t);
      t.defer(() => startAgain(t, 'master'));
      await t.control.kill({ part: 'master' });
      const since = Date.now();
      const answers = await Promise.all([
        admin.list('configmaps'),
        admin.create('configmaps', admin.configMap(t.name('away'))),
      ]);
      const ms = Date.now() - since;
      for (const answer of answers) {
        ok('the status is 503 or 504', [503, 504].includes(answer.status), {
          got: { status: answer.status, body: answer.text },
        });
        refused(answer, { status: answer.status, reason: ['Timeout', 'ChainUnavailable'] });
        isStatus(answer);
      }
      const limit = t.world.timings.request_deadline_ms + 500;
      ok(`the answers came within ${limit} ms`, ms <= limit, { wanted: limit, got: ms });
    },
  ),
]);
