import { check, defineChecks, type Check } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, ok } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import type { WorkerRequest } from '../../target/worker-pool.ts';
import {
  endOfStart,
  requestsOf,
  setStage,
  startCustomer,
  targetsOf,
  TIMEOUT_MS,
  type Stage,
} from './workers.ts';

const options = (...mutants: string[]) => ({ timeoutMs: TIMEOUT_MS, mutants });

interface Row {
  change: WorkerRequest;
  /** What its message must name. */
  names?: RegExp;
}

/** Starts a worker with each of these changes: it must end with a message, and ask nobody for anything. */
async function refuses(
  t: CheckContext,
  stage: Stage,
  rows: readonly (readonly [string, Row])[],
): Promise<void> {
  await eachRow(rows, async ({ change, names }) => {
    const balance = await t.chain.balance(stage.node.address);
    const { words } = await endOfStart(t, stage, change);
    if (names)
      ok('its message names the field', names.test(words), { wanted: String(names), got: words.slice(-600) });
    equal('what the master was asked', targetsOf(stage.fake.requests), []);
    equal('the balance of its wallet', await t.chain.balance(stage.node.address), balance);
  });
}

const refusing = (
  id: string,
  title: string,
  mutants: string[],
  rows: (stage: Stage) => readonly (readonly [string, Row])[],
): Check =>
  check(id, title, options(...mutants), async (t) => {
    const stage = await setStage(t);
    await refuses(t, stage, rows(stage));
  });

export default defineChecks([
  ...(['path'] as const).map((place) =>
    check(
      `WK-CFG-001/${place}`,
      'the file that STAKER_CONFIG_PATH names is read',
      options('config-path-ignored'),
      async (t) => {
        const stage = await setStage(t);
        await startCustomer(t, stage, { configIn: place });
        const [sent] = await requestsOf(stage.fake, 'register-worker', 1);
        equal('the node_id that it registered', sent?.json['node_id'], stage.node.nodeId);
      },
    ),
  ),

  refusing('WK-CFG-003', 'an unknown field stops the start', ['config-unknown-allowed'], () => [
    ['unknown', { change: { config: { stake_ammount: 2_000_000_000 } }, names: /stake_ammount/ }],
  ]),
  refusing('WK-CFG-005', 'a stake below either minimum stops the start', ['min-stake-1000-mist'], () => [
    [
      'below the contract’s',
      { change: { config: { stake_amount: 999_999_999, min_stake_amount: 1_000 } }, names: /stake/ },
    ],
    [
      'below its own',
      {
        change: { config: { stake_amount: 1_500_000_000, min_stake_amount: 1_500_000_001 } },
        names: /stake/,
      },
    ],
  ]),
]);
