import { Ed25519Keypair } from '@mysten/sui/keypairs/ed25519';
import type { ContractObjects } from '../../../contracts/bindings/index.ts';
import type { Attempt } from '../../drivers/chain/attempt.ts';
import { STAKES } from '../../drivers/chain/package.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal, unchanged } from '../../runner/expectations.ts';
import { aborted, done, eventsOf, onlyEvent, stoppedByChain } from './outcomes.ts';
import { KINDS, advanceEpochs, createToken, staker, type Staker } from './stage.ts';

const NOT_STAKER = 2;
const LOCKED = 4;
const USER_LOCK = STAKES.user.lockEpochs;

const pool = (t: CheckContext): Promise<ContractObjects['StakingPool']> =>
  t.chain.object('StakingPool', t.world.chain.ids.pool);

/** The staker withdraws; the coin goes to an address of its own, so that its value is seen. */
async function withdraw(t: CheckContext, of: Staker, to = of.address): Promise<Attempt> {
  return t.chain.attempt(of.signer, (tx) => t.chain.calls.withdraw(tx, of.record, to));
}

async function slash(t: CheckContext, record: string): Promise<Attempt> {
  await t.needsCap('slash');
  const { slash: cap = '' } = await t.control.operator({});
  return t.chain.operate((tx) => t.chain.calls.slash(tx, cap, record, 'conformance'));
}

async function release(t: CheckContext, record: string): Promise<Attempt> {
  await t.needsCap('slash');
  const { slash: cap = '' } = await t.control.operator({});
  return t.chain.operate((tx) => t.chain.calls.release(tx, cap, record));
}

/** Pool and record, as what must not change. */
const both = (t: CheckContext, record: string) => async () => [
  await pool(t),
  await t.chain.object('StakeRecord', record),
];

export default defineChecks([
  check(
    'CT-STK-014/locked',
    'a stranger cannot withdraw a stake',
    { mutants: ['withdraw-by-anyone'] },
    async (t) => {
      const owner = await staker(t, 'user');
      const stranger = await t.actors.wallet();
      const record = () => t.chain.object('StakeRecord', owner.record);
      await unchanged('the record', record, async () => {
        const attempt = await t.chain.attempt(stranger, (tx) =>
          t.chain.calls.withdraw(tx, owner.record, stranger.toSuiAddress()),
        );
        aborted('the withdrawal', attempt, 'staking', NOT_STAKER);
      });
    },
  ),

  check(
    'CT-STK-014/unlocked',
    'a stranger, even one with a stake, cannot withdraw a stake whose lock has ended',
    { exclusive: true, mutants: ['withdraw-by-anyone'] },
    async (t) => {
      const [owner, stranger] = await Promise.all([staker(t, 'user'), staker(t, 'user')]);
      await advanceEpochs(t, USER_LOCK);
      await unchanged('pool or record', both(t, owner.record), async () => {
        const attempt = await t.chain.attempt(stranger.signer, (tx) =>
          t.chain.calls.withdraw(tx, owner.record, stranger.address),
        );
        aborted('the withdrawal', attempt, 'staking', NOT_STAKER);
      });
      done('the staker’s own withdrawal', await withdraw(t, owner));
    },
  ),

  check(
    'CT-STK-015',
    'a stake can be withdrawn from the epoch locked_until on and not before',
    { exclusive: true, mutants: ['lock-ignored', 'lock-ends-late'] },
    async (t) => {
      const stakers = await Promise.all(KINDS.map((kind) => staker(t, kind)));
      const ordered = stakers.toSorted((a, b) => STAKES[a.kind].lockEpochs - STAKES[b.kind].lockEpochs);
      for (const one of ordered)
        aborted(`the ${one.kind}’s withdrawal at once`, await withdraw(t, one), 'staking', LOCKED);
      let passed = 0;
      for (const one of ordered) {
        const lock = STAKES[one.kind].lockEpochs;
        await advanceEpochs(t, lock - 1 - passed);
        aborted(`the ${one.kind}’s withdrawal an epoch early`, await withdraw(t, one), 'staking', LOCKED);
        await advanceEpochs(t, 1);
        passed = lock;
        done(`the ${one.kind}’s withdrawal in epoch locked_until`, await withdraw(t, one));
      }
    },
  ),

  check(
    'CT-STK-016',
    'a withdrawal pays exactly the amount and closes the record',
    { exclusive: true, mutants: ['withdraw-keeps-total', 'withdrawal-not-recorded'] },
    async (t) => {
      const owner = await staker(t, 'user', 612_345_679n);
      await advanceEpochs(t, USER_LOCK);
      const before = await pool(t);
      const to = new Ed25519Keypair().toSuiAddress();
      const paid = done('the withdrawal', await withdraw(t, owner, to));
      equal('the coin that was paid', await t.chain.balance(to), 612_345_679n);
      const after = await pool(t);
      equal(
        'total_staked and the pool’s balance',
        [before.total_staked - after.total_staked, before.balance - after.balance],
        [612_345_679n, 612_345_679n],
      );
      const { status } = await t.chain.object('StakeRecord', owner.record);
      equal('the record’s status', status, 3);
      equal('the event', onlyEvent(paid, 'UnstakeEvent'), {
        record: owner.record,
        staker: owner.address,
        amount: 612_345_679n,
      });
    },
  ),

  check(
    'CT-STK-017',
    'a stake is paid back once',
    { exclusive: true, mutants: ['withdrawal-not-recorded'] },
    async (t) => {
      const [owner] = await Promise.all([staker(t, 'user'), staker(t, 'admin')]);
      await advanceEpochs(t, USER_LOCK);
      done('the first withdrawal', await withdraw(t, owner));
      await unchanged('pool or record', both(t, owner.record), async () => {
        aborted('the second withdrawal', await withdraw(t, owner), 'staking', LOCKED);
      });
    },
  ),

  check(
    'CT-STK-018',
    'after a withdrawal address and node_id are free',
    { exclusive: true, mutants: ['address-stays-taken'] },
    async (t) => {
      const node = await staker(t, 'node');
      await advanceEpochs(t, STAKES.node.lockEpochs);
      done('the withdrawal', await withdraw(t, node));
      const again = await t.chain.attempt(node.signer, (tx) =>
        t.chain.calls.stake(tx, 'node', 1_000_000_000n, node.nodeId),
      );
      done('staking again for the same node', again);
    },
  ),

  check(
    'CT-STK-022',
    'a slashed stake cannot be withdrawn, after its lock neither',
    { exclusive: true, mutants: ['slashed-withdrawn'] },
    async (t) => {
      const owner = await staker(t, 'user');
      done('the slashing', await slash(t, owner.record));
      aborted('the withdrawal within the lock', await withdraw(t, owner), 'staking', LOCKED);
      await advanceEpochs(t, USER_LOCK);
      await unchanged('pool or record', both(t, owner.record), async () => {
        aborted('the withdrawal after the lock', await withdraw(t, owner), 'staking', LOCKED);
      });
    },
  ),

  check(
    'CT-STK-023',
    'a withdrawn stake cannot be slashed',
    { exclusive: true, mutants: ['withdrawn-slashed'] },
    async (t) => {
      const owner = await staker(t, 'user');
      await advanceEpochs(t, USER_LOCK);
      done('the withdrawal', await withdraw(t, owner));
      await unchanged('pool or record', both(t, owner.record), async () => {
        aborted('the slashing', await slash(t, owner.record), 'staking', LOCKED);
      });
    },
  ),

  check(
    'CT-STK-024',
    'what is left of a slashed stake goes to its staker after the lock',
    { exclusive: true, mutants: ['lock-ignored', 'released-to-sender'] },
    async (t) => {
      const owner = await staker(t, 'user', 700_000_001n);
      aborted('the release of an active stake', await release(t, owner.record), 'staking', LOCKED);
      done('the slashing', await slash(t, owner.record));
      await advanceEpochs(t, USER_LOCK - 1);
      aborted('the release an epoch early', await release(t, owner.record), 'staking', LOCKED);
      await advanceEpochs(t, 1);
      const left = 700_000_001n - 70_000_000n;
      const [before, balance] = [await pool(t), await t.chain.balance(owner.address)];
      done('the release', await release(t, owner.record));
      const after = await pool(t);
      equal('what the staker got', (await t.chain.balance(owner.address)) - balance, left);
      equal(
        'what the pool gave',
        [before.balance - after.balance, before.total_staked - after.total_staked],
        [left, left],
      );
      equal('the record’s status', (await t.chain.object('StakeRecord', owner.record)).status, 3);
      aborted('a second release', await release(t, owner.record), 'staking', LOCKED);
      const stranger = await t.actors.wallet();
      const { slash: cap = '' } = await t.control.operator({});
      const taken = await t.chain.attempt(stranger, (tx) => t.chain.calls.release(tx, cap, owner.record));
      stoppedByChain('a release by a stranger', taken);
    },
  ),

  check(
    'CT-TOK-004/withdrawn',
    'a withdrawn stake gets no token',
    { exclusive: true, mutants: ['withdrawn-token-made'] },
    async (t) => {
      const owner = await staker(t, 'user');
      await advanceEpochs(t, USER_LOCK);
      const paid = done('the withdrawal', await withdraw(t, owner));
      equal('tokens made by it', eventsOf(paid, 'SealTokenIssued'), []);
      const made = await createToken(t, owner.signer, 'user', owner.record);
      aborted('the token', made, 'k8s_gateway', 2);
    },
  ),
]);
