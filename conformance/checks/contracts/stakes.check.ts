import { bcs } from '@mysten/sui/bcs';
import { Transaction } from '@mysten/sui/transactions';
import type { ContractObjects } from '../../../contracts/bindings/index.ts';
import { STAKES, type StakeKind } from '../../drivers/chain/package.ts';
import { check, defineChecks } from '../../runner/check.ts';
import type { CheckContext } from '../../runner/context.ts';
import { equal } from '../../runner/expectations.ts';
import { eachRow } from '../../runner/rows.ts';
import { randomLabel } from '../../world/actors.ts';
import { aborted, done, onlyCreated, onlyEvent, type Done } from './outcomes.ts';
import { KINDS, epoch, lookUp, staker } from './stage.ts';

const INSUFFICIENT = 1;
const ALREADY_STAKED = 3;
const INVALID_NODE_ID = 6;
const MINIMUM_MUTANTS = ['stake-minimum-unchecked', 'stake-minimum-1000-mist'];

const label = (): string => `n-${randomLabel()}`;

/** The record that a stake made; it must be shared. */
async function recordOf(t: CheckContext, staked: Done): Promise<ContractObjects['StakeRecord']> {
  const created = onlyCreated(staked, 'staking::StakeRecord');
  equal('who owns the record', created.owner, 'shared');
  return t.chain.object('StakeRecord', created.id);
}

/** One MIST too little, and less, is refused and leaves nothing; the minimum passes in the same wallet. */
async function minimumHolds(t: CheckContext, kind: StakeKind): Promise<void> {
  const { minimum, type } = STAKES[kind];
  const wallet = await t.actors.wallet(30_000_000_000n);
  const address = wallet.toSuiAddress();
  const nodeId = kind === 'node' ? label() : '';
  const pool = await t.chain.object('StakingPool', t.world.chain.ids.pool);
  const held = (): Promise<string | undefined> =>
    lookUp(t, pool.by_address.id, 'address', bcs.Address.serialize(address).toBytes());
  await eachRow(
    [minimum - 1n, minimum / 2n, 1000n, 1n, 0n].map((mist) => [`${mist} MIST`, mist] as const),
    async (mist) => {
      const attempt = await t.chain.attempt(wallet, (tx) => t.chain.calls.stake(tx, kind, mist, nodeId));
      aborted('the stake', attempt, 'staking', INSUFFICIENT);
    },
  );
  equal('the record that the pool holds for the address', await held(), undefined);
  const staked = await t.chain.attempt(wallet, (tx) => t.chain.calls.stake(tx, kind, minimum, nodeId));
  const record = await recordOf(t, done('staking the minimum', staked));
  equal(
    'the record',
    { ...record, id: '', staked_at: 0n, locked_until: 0n },
    {
      id: '',
      staker: address,
      amount: minimum,
      staked_at: 0n,
      locked_until: 0n,
      status: 1,
      node_id: nodeId,
      stake_type: type,
    },
  );
}

export default defineChecks([
  check(
    'CT-STK-001',
    'one SUI, and any more, becomes an active node stake with all of the coin',
    { mutants: ['stake-by-number'] },
    async (t) => {
      await eachRow(
        [1_000_000_000n, 1_000_000_001n, 2_345_678_901n].map((mist) => [`${mist} MIST`, mist] as const),
        async (mist) => {
          const wallet = await t.actors.wallet();
          const nodeId = label();
          const staked = await t.chain.attempt(wallet, (tx) => t.chain.calls.stake(tx, 'node', mist, nodeId));
          const record = await recordOf(t, done('staking for a node', staked));
          equal(
            'the record',
            [record.staker, record.amount, record.status, record.stake_type, record.node_id],
            [wallet.toSuiAddress(), mist, 1, 2, nodeId],
          );
        },
      );
    },
  ),

  check('CT-STK-002', 'a node stake below one SUI aborts with 1', { mutants: MINIMUM_MUTANTS }, (t) =>
    minimumHolds(t, 'node'),
  ),
  check('CT-STK-003', 'half a SUI is the least for a user', { mutants: MINIMUM_MUTANTS }, (t) =>
    minimumHolds(t, 'user'),
  ),
  check('CT-STK-004', 'ten SUI are the least for an administrator', { mutants: MINIMUM_MUTANTS }, (t) =>
    minimumHolds(t, 'admin'),
  ),

  check(
    'CT-STK-005',
    'a stake is locked for the epochs of its kind',
    { mutants: ['locks-equal'] },
    async (t) => {
      const stakers = await Promise.all(KINDS.map((kind) => staker(t, kind)));
      const now = BigInt(await epoch(t));
      for (const { kind, record } of stakers) {
        const { staked_at, locked_until } = await t.chain.object('StakeRecord', record);
        equal(
          `epochs of the ${kind} stake`,
          { staked_at, locked_until },
          { staked_at: now, locked_until: now + BigInt(STAKES[kind].lockEpochs) },
        );
      }
    },
  ),

  check(
    'CT-STK-006',
    'an address with a stake of any kind gets no second of any kind',
    { mutants: ['aborts-renumbered'] },
    async (t) => {
      await eachRow(
        KINDS.map((first) => [`a ${first} stake first`, first] as const),
        async (first) => {
          const { signer } = await staker(t, first);
          await eachRow(
            KINDS.map((second) => [`then a ${second} stake`, second] as const),
            async (second) => {
              const again = await t.chain.attempt(signer, (tx) =>
                t.chain.calls.stake(tx, second, STAKES[second].minimum, label()),
              );
              aborted('the second stake', again, 'staking', ALREADY_STAKED);
            },
          );
        },
      );
    },
  ),

  check(
    'CT-STK-007',
    'a node_id that has a stake is refused to another address',
    { mutants: ['aborts-renumbered'] },
    async (t) => {
      const first = await staker(t, 'node');
      const other = await t.actors.wallet();
      const stake = (nodeId: string) =>
        t.chain.attempt(other, (tx) => t.chain.calls.stake(tx, 'node', 1_000_000_000n, nodeId));
      aborted('the stake for a taken node_id', await stake(first.nodeId), 'staking', ALREADY_STAKED);
      done('the same wallet’s stake for a free node_id', await stake(label()));
    },
  ),

  check(
    'CT-STK-008',
    'a node_id that is no DNS-1123 label is refused',
    { mutants: ['node-id-unchecked'] },
    async (t) => {
      const wallet = await t.actors.wallet();
      await eachRow(
        [
          ['empty', ''],
          ['64 characters', 'a'.repeat(64)],
          ['1000 characters', 'a'.repeat(1000)],
          ['upper case', 'Node-1'],
          ['a dot', 'node.1'],
          ['a leading hyphen', '-node'],
          ['a trailing hyphen', 'node-'],
          ['a hyphen alone', '-'],
          ['an underscore', 'node_1'],
          ['a space', 'node 1'],
          ['a slash', 'a/b'],
          ['a line feed', 'node\n'],
          ['a null character', 'node\0'],
          ['another alphabet', 'nodé'],
        ],
        async (nodeId) => {
          const attempt = await t.chain.attempt(wallet, (tx) =>
            t.chain.calls.stake(tx, 'node', 1_000_000_000n, nodeId),
          );
          aborted('the stake', attempt, 'staking', INVALID_NODE_ID);
        },
      );
      const random = randomLabel();
      await eachRow(
        [random + 'a'.repeat(63 - random.length), `0-${random}--9`].map(
          (nodeId) => [nodeId, nodeId] as const,
        ),
        async (nodeId) => {
          const other = await t.actors.wallet();
          const attempt = await t.chain.attempt(other, (tx) =>
            t.chain.calls.stake(tx, 'node', 1_000_000_000n, nodeId),
          );
          done('a stake for a label', attempt);
        },
      );
    },
  ),

  check(
    'CT-STK-009',
    'the pool leads from address and node_id to the record',
    { mutants: ['pool-forgets-node'] },
    async (t) => {
      const pool = await t.chain.object('StakingPool', t.world.chain.ids.pool);
      for (const kind of KINDS) {
        const { address, nodeId, record } = await staker(t, kind);
        const byAddress = await lookUp(
          t,
          pool.by_address.id,
          'address',
          bcs.Address.serialize(address).toBytes(),
        );
        equal(`the record under the address of the ${kind}`, byAddress, record);
        if (kind !== 'node') continue;
        const key = bcs.string().serialize(nodeId).toBytes();
        equal(
          'the record under the node_id',
          await lookUp(t, pool.by_node.id, '0x1::string::String', key),
          record,
        );
      }
    },
  ),

  check(
    'CT-STK-010',
    'a stake emits one StakeEvent with the values of its record',
    { mutants: ['stake-event-wrong'] },
    async (t) => {
      await eachRow(
        KINDS.map((kind) => [kind, kind] as const),
        async (kind) => {
          const wallet = await t.actors.wallet(30_000_000_000n);
          const attempt = await t.chain.attempt(wallet, (tx) =>
            t.chain.calls.stake(tx, kind, STAKES[kind].minimum + 7n, kind === 'node' ? label() : ''),
          );
          const staked = done('the stake', attempt);
          const record = await recordOf(t, staked);
          equal('the event', onlyEvent(staked, 'StakeEvent'), {
            record: record.id,
            staker: wallet.toSuiAddress(),
            amount: STAKES[kind].minimum + 7n,
            stake_type: record.stake_type,
            node_id: record.node_id,
            locked_until: record.locked_until,
          });
        },
      );
    },
  ),

  check(
    'CT-STK-012',
    'a coin split off the gas coin in the same transaction pays for a stake',
    { mutants: ['stake-by-number'] },
    async (t) => {
      for (const kind of KINDS) {
        const wallet = await t.actors.wallet(30_000_000_000n);
        const before = await t.chain.balance(wallet.toSuiAddress());
        const build = (tx: Transaction): void =>
          t.chain.calls.stake(tx, kind, STAKES[kind].minimum, kind === 'node' ? label() : '');
        done(`a ${kind} stake paid from the gas coin`, await t.chain.attempt(wallet, build));
        const spent = before - (await t.chain.balance(wallet.toSuiAddress()));
        const gas = spent - STAKES[kind].minimum;
        equal('the wallet paid the stake, and gas beside it', gas > 0n && gas < 200_000_000n, true);
      }
    },
  ),
]);
