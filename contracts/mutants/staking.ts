import { editOf, type ContractMutant } from './contract-mutant.ts';

const staking = editOf('sources/staking.move');

/** Defects of `staking`: stakes, locks, withdrawals and slashing. */
export const STAKING_MUTANTS: readonly ContractMutant[] = [
  {
    id: 'address-stays-taken',
    defects: [],
    title: 'who withdrew can never stake again',
    edits: [staking('    pool.by_address.remove(record.staker);\n')],
  },
  {
    id: 'cap-for-asking',
    defects: ['D40'],
    title: 'a public function gives a SlashCap to anybody',
    edits: [
      staking(
        '// === Staking ===',
        'public fun another_cap(ctx: &mut TxContext): SlashCap { SlashCap { id: object::new(ctx) } }',
      ),
    ],
  },
  {
    id: 'lock-ends-late',
    defects: [],
    title: 'a stake is locked for one epoch too many',
    edits: [staking('ctx.epoch() >= record.locked_until', 'ctx.epoch() > record.locked_until')],
  },
  {
    id: 'lock-ignored',
    defects: [],
    title: 'a stake is paid back before its lock has ended',
    edits: [staking('    assert!(ctx.epoch() >= record.locked_until, ELockedOrNotActive);\n')],
  },
  {
    id: 'locks-equal',
    defects: [],
    title: 'every kind of stake is locked for as long as a user’s',
    edits: [
      staking('NODE_LOCK: u64 = 100;', 'NODE_LOCK: u64 = 10;'),
      staking('ADMIN_LOCK: u64 = 50;', 'ADMIN_LOCK: u64 = 10;'),
    ],
  },
  {
    id: 'node-id-unchecked',
    defects: [],
    title: 'any text becomes a node id',
    edits: [staking('    assert!(is_dns_label(&node_id), EInvalidNodeId);\n')],
  },
  {
    id: 'pool-forgets-node',
    defects: [],
    title: 'the pool does not remember which node id is taken',
    edits: [
      staking('    pool.by_node.add(node_id, record);\n', '    let _ = record;\n'),
      staking('        pool.by_node.remove(record.node_id);\n'),
    ],
  },
  {
    id: 'released-to-sender',
    defects: ['D41'],
    title: 'what is left of a slashed stake goes to whoever slashed it',
    edits: [
      staking(
        'transfer::public_transfer(rest, record.staker)',
        'transfer::public_transfer(rest, ctx.sender())',
      ),
    ],
  },
  {
    id: 'slash-cap-shared',
    defects: ['D40'],
    title: 'anybody may slash: the capability is a shared object',
    edits: [
      staking(
        'transfer::transfer(SlashCap { id: object::new(ctx) }, ctx.sender())',
        'transfer::share_object(SlashCap { id: object::new(ctx) })',
      ),
    ],
  },
  {
    id: 'slash-moves-nothing',
    defects: ['D41'],
    title: 'slashing lowers the record and leaves the coins with the stakes',
    edits: [staking('    pool.slashed.join(pool.balance.split(taken));\n')],
  },
  {
    id: 'slash-totals-drift',
    defects: ['D41'],
    title: 'the total staked is not lowered by a slash',
    edits: [staking('    pool.total_staked = pool.total_staked - taken;\n')],
  },
  {
    id: 'slash-rounds-up',
    defects: ['D41'],
    title: 'a slash takes a MIST too many of what cannot be divided by ten',
    edits: [staking('record.amount / SLASH_DIVISOR', '(record.amount + SLASH_DIVISOR - 1) / SLASH_DIVISOR')],
  },
  {
    id: 'slashed-withdrawn',
    defects: ['D41'],
    title: 'a slashed stake can be withdrawn',
    edits: [
      staking(
        '    assert!(ctx.sender() == record.staker, ENotStaker);\n    assert!(record.status == STATUS_ACTIVE, ELockedOrNotActive);\n',
        '    assert!(ctx.sender() == record.staker, ENotStaker);\n',
      ),
    ],
  },
  {
    id: 'stake-by-number',
    defects: ['D30'],
    title: 'stake_for_node takes an amount in place of a coin',
    edits: [
      staking(
        '    payment: Coin<SUI>,\n    node_id: String,\n    ctx: &mut TxContext,\n) {\n    assert!(payment.value() >= MIN_NODE_STAKE',
        '    amount: u64,\n    node_id: String,\n    ctx: &mut TxContext,\n) {\n    let payment = coin::zero<SUI>(ctx);\n    assert!(amount >= MIN_NODE_STAKE',
      ),
    ],
  },
  {
    id: 'stake-event-wrong',
    defects: ['D34'],
    title: 'the event of a stake says that the lock ends at once',
    edits: [
      staking(
        '        locked_until: record.locked_until,\n    });',
        '        locked_until: staked_at,\n    });',
      ),
    ],
  },
  {
    id: 'stake-minimum-1000-mist',
    defects: ['D31'],
    title: '1,000 MIST are enough for any stake',
    edits: [
      staking('MIN_USER_STAKE: u64 = 500_000_000;', 'MIN_USER_STAKE: u64 = 1_000;'),
      staking('MIN_NODE_STAKE: u64 = 1_000_000_000;', 'MIN_NODE_STAKE: u64 = 1_000;'),
      staking('MIN_ADMIN_STAKE: u64 = 10_000_000_000;', 'MIN_ADMIN_STAKE: u64 = 1_000;'),
    ],
  },
  {
    id: 'stake-minimum-unchecked',
    defects: ['D30', 'D31'],
    title: 'a stake of any amount is taken, down to nothing',
    edits: ['USER', 'NODE', 'ADMIN'].map((kind) =>
      staking(`    assert!(payment.value() >= MIN_${kind}_STAKE, EInsufficientStake);\n`),
    ),
  },
  {
    id: 'withdraw-by-anyone',
    defects: ['D40'],
    title: 'anybody may withdraw a stake, and keeps the coin',
    edits: [staking('    assert!(ctx.sender() == record.staker, ENotStaker);\n')],
  },
  {
    id: 'withdraw-keeps-total',
    defects: ['D41'],
    title: 'the total staked is not lowered by a withdrawal',
    edits: [staking('    pool.total_staked = pool.total_staked - amount;\n')],
  },
  {
    id: 'withdrawal-not-recorded',
    defects: ['D41'],
    title: 'a stake that was paid back stays active with its amount',
    edits: [
      staking('    record.amount = 0;\n'),
      staking('    record.status = STATUS_WITHDRAWN;\n'),
      staking('    pool.by_address.remove(record.staker);\n'),
    ],
  },
  {
    id: 'withdrawn-slashed',
    defects: ['D41'],
    title: 'a withdrawn stake can be slashed',
    edits: [staking('    assert!(record.status != STATUS_WITHDRAWN, ELockedOrNotActive);\n')],
  },
];
