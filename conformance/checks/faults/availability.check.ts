import { pause } from '../../drivers/wait.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { startAgain } from '../../world/start-again.ts';
import { crowd, type CrowdResult } from './crowd.ts';
import { told } from './told.ts';

const exclusive = true;
const timeoutMs = 90_000;
const LEAST_SHARE = 0.999;
const LEAST_REQUESTS = 20;

/** A crowd that reads and writes while the master is killed and started again. */
function killedMaster(t: CheckContext): Promise<CrowdResult> {
  t.needs('a master that the suite can restart', t.world.master?.startable === true);
  return told(t, 'a crowd and a kill of the master', async (own, undo) => {
    undo.defer(() => startAgain(own, 'master'));
    return crowd(own, await own.actors.fresh('admin'), async () => {
      await own.control.kill({ part: 'master' });
      // Longer than a gateway waits for it.
      await pause(own.world.timings.request_deadline_ms + 200);
      await own.control.start({ part: 'master' });
    });
  });
}

function mostSucceeded({ requests, failed }: CrowdResult): void {
  const share = (requests - failed.length) / requests;
  ok('at least 99.9 % of the requests succeeded', requests >= LEAST_REQUESTS && share >= LEAST_SHARE, {
    wanted: LEAST_SHARE,
    got: { requests, failed: failed.slice(0, 5) },
  });
}

export default defineChecks([
  check(
    'E2E-AVA-001',
    'requests that are tried again come through a kill of the master',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes'] },
    async (t: CheckContext) => mostSucceeded(await killedMaster(t)),
  ),

  check(
    'E2E-AVA-019',
    'nobody is told anything but to come again while the master is killed and started',
    { exclusive, timeoutMs, mutants: ['outage-is-500', 'crash-loses-writes'] },
    async (t: CheckContext) => {
      const { misled, requests } = await killedMaster(t);
      ok('there were requests', requests >= LEAST_REQUESTS, { got: requests });
      equal('answers other than success, 429, 503 and 504', misled, []);
    },
  ),

  check(
    'E2E-AVA-020',
    'requests come through a restart of gateway and master in order',
    { exclusive, timeoutMs, mutants: ['crash-loses-writes'] },
    async (t: CheckContext) => {
      const parts = ['gateway', 'master'] as const;
      for (const part of parts)
        t.needs(`a ${part} that the suite can restart`, t.world[part]?.startable === true);
      const admin = await t.actors.fresh('admin');
      for (const part of parts) t.defer(() => startAgain(t, part));
      const result = await crowd(t, admin, async () => {
        for (const part of parts) {
          await t.control.stop({ part });
          // The next one when this one is at work again, as whoever restarts them in order does it.
          await startAgain(t, part);
        }
      });
      mostSucceeded(result);
      equal('answers other than success, 429, 503 and 504', result.misled, []);
    },
  ),
]);
