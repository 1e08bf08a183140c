import { CuttableLink } from '../../drivers/cuttable-link.ts';
import { pause, poll } from '../../drivers/wait.ts';
import { History } from '../../history/history.ts';
import { judge } from '../../history/judge.ts';
import { seededRandom } from '../../history/random.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { startAgain } from '../../world/start-again.ts';

const QUIET_MS = 400;
const SERVED_MS = 15_000;
/** Acknowledged writes without which a history says little. */
const LEAST_WRITES = 20;

export default defineChecks([
  check(
    'E2E-HIS-001',
    'one order of the writes explains what clients were told while their line broke and the master was killed',
    {
      exclusive: true,
      timeoutMs: 60_000,
      mutants: [
        'crash-loses-writes',
        'acknowledged-before-log',
        'event-twice',
        'reads-are-stale',
        'watch-drops-event',
      ],
    },
    async (t: CheckContext) => {
      const { gateway, master } = t.world;
      t.needs('a gateway', gateway !== undefined);
      t.needs('a master that the suite can restart', master?.startable === true);
      const [first, ...others] = await Promise.all(Array.from({ length: 4 }, () => t.actors.fresh('admin')));
      await using line = await CuttableLink.start(gateway.url);
      await using history = new History({
        session: t.session,
        gateway,
        clientsUrl: line.url,
        wallets: [first!, ...others],
        random: seededRandom(t.seed, 'history'),
        run: t.name('history'),
      });
      const { recorder } = history;
      const served = async (): Promise<void> => {
        const sinceMs = recorder.nowMs();
        await poll(() => recorder.servedSince(sinceMs), { timeoutMs: SERVED_MS, signal: t.signal });
      };
      const over = new AbortController();
      const worked = history.work(AbortSignal.any([over.signal, t.signal]));
      try {
        await served();
        await pause(QUIET_MS, t.signal);
        line.breakOff();
        await served();
        await t.control.kill({ part: 'master' });
        await startAgain(t, 'master');
        await served();
        line.breakOff();
        await served();
        await pause(QUIET_MS, t.signal);
      } finally {
        over.abort();
        await worked;
      }
      const recorded = await history.gather(t.signal);
      const lastMs = recorder.nowMs();
      const { findings, undecided, acknowledged } = judge({
        ...recorded,
        // How much of it was served while there were faults is not this requirement's to say.
        disturbances: [{ name: 'faults', startMs: 0, healedMs: lastMs, recoveredMs: lastMs }],
        lostNodes: [],
      });
      equal(
        'what no order explains',
        findings.map(({ rule, message }) => `${rule}: ${message}`),
        [],
      );
      equal('objects whose history could not be decided', undecided, []);
      ok('there was something to explain', acknowledged >= LEAST_WRITES, {
        wanted: `${LEAST_WRITES} acknowledged writes`,
        got: acknowledged,
      });
    },
  ),
]);
