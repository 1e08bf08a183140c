import { check, defineChecks } from '../../runner/check.ts';
import { equal, eventually, ok } from '../../runner/expectations.ts';
import { runningWorker } from '../../world/workers.ts';

const JOIN_MS = 30_000;
const NOTICE_MS = 12_000;

export default defineChecks([
  check(
    'WK-SLASH-001',
    'a worker whose stake is slashed ends with exit code 3',
    { mutants: ['worker-ignores-slashing'], timeoutMs: 60_000 },
    async (t) => {
      await t.needsCap('slash');
      const worker = await runningWorker(t, await t.actors.shared('admin'), JOIN_MS);
      const [staked] = await t.chain.events('StakeEvent', { node_id: worker.nodeId });
      ok('its stake is on chain', staked !== undefined, { wanted: { node_id: worker.nodeId } });
      await t.control.slash({ record: staked.data.record, reason: 'conformance' });
      const exit = await eventually(
        'the worker’s end',
        async () => (await t.control.state({ part: worker.id })).exit,
        { withinMs: NOTICE_MS, intervalMs: 200 },
      );
      equal('how it ended', { code: exit.code, signal: exit.signal }, { code: 3, signal: null });
    },
  ),

  check(
    'WK-STOP-002',
    'SIGTERM ends a worker with exit code 0 within 10 s',
    { mutants: ['heartbeat-not-stopped'], timeoutMs: 60_000 },
    async (t) => {
      const worker = await runningWorker(t, await t.actors.shared('admin'), JOIN_MS);
      const ended = await t.control.stop({ part: worker.id });
      equal(
        'how it ended',
        { exit: ended.exit, killed: ended.killed },
        { exit: { code: 0, signal: null }, killed: false },
      );
      ok('it took less than 10 s', ended.ms < 10_000, { wanted: 10_000, got: ended.ms });
    },
  ),
]);
