import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { at, equal, ok, status } from '../../runner/expectations.ts';
import { startAgain } from '../../world/start-again.ts';
import { CONFIG_MAPS, MADE_BY, configMap } from './config-map.ts';

const exclusive = true;
const timeoutMs = 60_000;

export default defineChecks([
  check(
    'GW-FLT-005',
    'after a kill the gateway has the same authority and takes the sessions of before',
    { exclusive, timeoutMs, mutants: ['fresh-ca'] },
    async (t: CheckContext) => {
      t.needs('a gateway that the suite can restart', t.world.gateway?.startable === true);
      const admin = await t.actors.shared('admin');
      const session = await t.actors.session(admin);
      status(await t.gateway.with(session, 'GET', `${CONFIG_MAPS}?limit=1`), 200);
      t.defer(() => startAgain(t, 'gateway'));
      await t.control.kill({ part: 'gateway' });
      await t.control.start({ part: 'gateway' });
      // A connection of its own, which trusts the authority of before and no other.
      const http = t.http(t.world.gateway.url, t.world.gateway.ca);
      await startAgain(t, 'gateway');
      const answer = await http.send('GET', `${CONFIG_MAPS}?limit=1`, {
        headers: { authorization: `Bearer ${session}` },
      });
      status(answer, 200);
    },
  ),

  check(
    'GW-FLT-006',
    'writes in flight at a kill of the gateway take effect at most once, acknowledged ones exactly once',
    { exclusive, timeoutMs, mutants: ['writes-answered-early'] },
    async (t: CheckContext) => {
      t.needs('a gateway that the suite can restart', t.world.gateway?.startable === true);
      const admin = await t.actors.fresh('admin');
      const run = t.name('flight');
      const acknowledged = new Set<string>();
      const label = (index: number): string => `${run}-${index}`;
      t.defer(() => startAgain(t, 'gateway'));
      const { promise: some, resolve } = Promise.withResolvers<void>();
      const flight = Array.from({ length: 15 }, async (_, index) => {
        const body = configMap('', { generateName: 'flight-', labels: { [MADE_BY]: label(index), run } });
        const answer = await t.gateway.as(admin, 'POST', CONFIG_MAPS, { body }).catch(() => undefined);
        if (answer?.status !== 201) return;
        acknowledged.add(label(index));
        if (acknowledged.size === 3) resolve();
      });
      await Promise.race([some, Promise.all(flight)]);
      await t.control.kill({ part: 'gateway' });
      await Promise.all(flight);
      await t.control.start({ part: 'gateway' });
      await startAgain(t, 'gateway');
      const list = await t.gateway.as(admin, 'GET', `${CONFIG_MAPS}?labelSelector=run%3D${run}`);
      const made = (at(list.json, 'items') as unknown[]).map((item) =>
        String(at(item, 'metadata', 'labels', MADE_BY)),
      );
      equal(
        'requests that took effect twice',
        made.filter((one, index) => made.indexOf(one) !== index),
        [],
      );
      equal(
        'acknowledged ones without effect',
        [...acknowledged].filter((one) => !made.includes(one)),
        [],
      );
      ok('some were acknowledged', acknowledged.size >= 3, { got: acknowledged.size });
    },
  ),
]);
