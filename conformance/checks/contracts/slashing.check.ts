import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { Attempt } from '../../drivers/chain/attempt.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, unchanged } from '../../runner/expectations.ts';
import { done, onlyEvent } from './outcomes.ts';
import { staker, strangerIsStopped } from './stage.ts';

/** The operator’s SlashCap; the check is untestable without one. */
async function slashCap(t: CheckContext): Promise<string> {
  await t.needsCap('slash');
  return (await t.control.operator({})).slash ?? '';
}

async function slash(t: CheckContext, record: string, reason = 'conformance'): Promise<Attempt> {
  const cap = await slashCap(t);
  return t.chain.operate((tx) => t.chain.calls.slash(tx, cap, record, reason));
}

/** A tenth in whole MIST. */
const tenth = (amount: bigint): bigint => amount / 10n;

export default defineChecks([
  check(
    'CT-STK-019/record',
    'a slash takes a tenth of what is there, rounded down, each time',
    { mutants: ['slash-rounds-up'] },
    async (t) => {
      const { record } = await staker(t, 'user', 500_000_019n);
      let amount = 500_000_019n;
      for (const round of [1, 2, 3, 4]) {
        const slashed = onlyEvent(done(`slash ${round}`, await slash(t, record)), 'SlashEvent');
        equal(`what slash ${round} took`, slashed.amount, tenth(amount));
        amount -= tenth(amount);
        const now = await t.chain.object('StakeRecord', record);
        equal(`the record after slash ${round}`, [now.amount, now.status], [amount, 2]);
      }
    },
  ),

  check(
    'CT-STK-019/pool',
    'what a slash takes goes from the stakes to the slashed funds',
    { exclusive: true, mutants: ['slash-moves-nothing', 'slash-totals-drift'] },
    async (t) => {
      const { record } = await staker(t, 'node', 1_234_567_899n);
      const pool = () => t.chain.object('StakingPool', t.world.chain.ids.pool);
      const before = await pool();
      done('the slash', await slash(t, record));
      const after = await pool();
      const taken = tenth(1_234_567_899n);
      equal(
        'what the slash changed in the pool',
        {
          balance: after.balance - before.balance,
          slashed: after.slashed - before.slashed,
          total_staked: after.total_staked - before.total_staked,
          total_slashed: after.total_slashed - before.total_slashed,
        },
        { balance: -taken, slashed: taken, total_staked: -taken, total_slashed: taken },
      );
    },
  ),

  check(
    'CT-STK-020',
    'a slash emits one SlashEvent with the reason as given',
    { mutants: ['slash-rounds-up'] },
    async (t) => {
      const node = await staker(t, 'node', 2_000_000_007n);
      for (const [reason, amount] of [
        ['missed 10 heartbeats', 2_000_000_007n],
        ['', 1_800_000_007n],
        ['“zwei” ¶\n\t\u{1f6ab}', 1_620_000_007n],
      ] as const) {
        const attempt = done('the slash', await slash(t, node.record, reason));
        equal(`the event with the reason ${JSON.stringify(reason)}`, onlyEvent(attempt, 'SlashEvent'), {
          record: node.record,
          staker: node.address,
          node_id: node.nodeId,
          amount: tenth(amount),
          remaining: amount - tenth(amount),
          reason,
        });
      }
    },
  ),

  check(
    'CT-STK-021',
    'a wallet without the SlashCap cannot slash',
    { mutants: ['slash-cap-shared'] },
    async (t) => {
      const cap = await slashCap(t);
      const { record } = await staker(t, 'user');
      await unchanged(
        'the record',
        () => t.chain.object('StakeRecord', record),
        () =>
          strangerIsStopped(t, 'slashing', cap, (tx, object) =>
            t.chain.calls.slash(tx, object, record, 'by a stranger'),
          ),
      );
      done('the slash by the holder', await slash(t, record));
    },
  ),

  check(
    'CT-STK-025/authority',
    'a wallet without the SlashCap cannot sweep',
    { mutants: ['slash-cap-shared'] },
    async (t) => {
      const cap = await slashCap(t);
      const to = new Ed25519Keypair().toSuiAddress();
      await strangerIsStopped(t, 'sweeping', cap, (tx, object) => t.chain.calls.sweep(tx, object, to));
      equal('what came of it', await t.chain.balance(to), 0n);
    },
  ),

  check(
    'CT-STK-025/amount',
    'a sweep pays exactly what was slashed since the last',
    { exclusive: true, mutants: ['slash-moves-nothing'] },
    async (t) => {
      const cap = await slashCap(t);
      const [one, two] = await Promise.all([staker(t, 'user'), staker(t, 'node')]);
      const sweep = async (): Promise<bigint> => {
        const to = new Ed25519Keypair().toSuiAddress();
        done('the sweep', await t.chain.operate((tx) => t.chain.calls.sweep(tx, cap, to)));
        return t.chain.balance(to);
      };
      const { slashed } = await t.chain.object('StakingPool', t.world.chain.ids.pool);
      equal('what was there before', await sweep(), slashed);
      done('a slash', await slash(t, one.record));
      done('a slash', await slash(t, two.record));
      const before = await t.chain.object('StakingPool', t.world.chain.ids.pool);
      equal('the sweep after two slashes', await sweep(), 150_000_000n);
      const after = await t.chain.object('StakingPool', t.world.chain.ids.pool);
      equal(
        'balance, total_staked and total_slashed over the sweep',
        [after.balance, after.total_staked, after.total_slashed],
        [before.balance, before.total_staked, before.total_slashed],
      );
      equal('the next sweep', await sweep(), 0n);
    },
  ),
]);
