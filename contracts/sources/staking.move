/// Stakes of SUI behind users, worker nodes and administrators.
///
/// At any time `balance` of the pool is the sum of `amount` over all records that are not withdrawn, and equals
/// `total_staked`; `slashed` is what was slashed and not swept yet. No function makes or loses SUI.
module k3s_daas::staking;

use std::string::String;
use sui::balance::{Self, Balance};
use sui::coin::{Self, Coin};
use sui::event;
use sui::sui::SUI;
use sui::table::{Self, Table};

// === Abort codes (see aborts.yaml) ===

/// The coin is worth less than the minimum of this kind of stake.
const EInsufficientStake: u64 = 1;
/// Only the staker may withdraw.
const ENotStaker: u64 = 2;
/// The address or the node id already has a stake.
const EAlreadyStaked: u64 = 3;
/// The lock has not ended, or the record is not in the state that the call needs.
const ELockedOrNotActive: u64 = 4;
/// Kept for callers' tables: without a `SlashCap` a call is refused before Move runs.
#[allow(unused_const)]
const ENotAuthorised: u64 = 5;
/// The node id is not a DNS-1123 label.
const EInvalidNodeId: u64 = 6;

// === Constants ===

const STATUS_ACTIVE: u8 = 1;
const STATUS_SLASHED: u8 = 2;
const STATUS_WITHDRAWN: u8 = 3;

const TYPE_USER: u8 = 1;
const TYPE_NODE: u8 = 2;
const TYPE_ADMIN: u8 = 3;

// Minimum stakes, in MIST.
const MIN_USER_STAKE: u64 = 500_000_000;
const MIN_NODE_STAKE: u64 = 1_000_000_000;
const MIN_ADMIN_STAKE: u64 = 10_000_000_000;

// Locks, in epochs.
const USER_LOCK: u64 = 10;
const NODE_LOCK: u64 = 100;
const ADMIN_LOCK: u64 = 50;

/// A slash takes one part in so many of what is staked at the time.
const SLASH_DIVISOR: u64 = 10;

const MAX_LABEL_LENGTH: u64 = 63;

// === Objects ===

/// The one pool that holds all stakes. Shared; made when the package is published.
public struct StakingPool has key {
    id: UID,
    balance: Balance<SUI>,
    slashed: Balance<SUI>,
    /// In MIST, now.
    total_staked: u64,
    /// In MIST, ever.
    total_slashed: u64,
    /// The record of each address that has a stake.
    by_address: Table<address, ID>,
    /// The record of each node id that has a stake.
    by_node: Table<String, ID>,
}

/// One stake. Shared, so that anyone can prove its state to another contract; only the staker and the holder of the
/// `SlashCap` can change it.
public struct StakeRecord has key {
    id: UID,
    staker: address,
    /// In MIST; 0 once withdrawn.
    amount: u64,
    /// Epoch.
    staked_at: u64,
    /// The first epoch in which the stake may be withdrawn.
    locked_until: u64,
    /// 1 active, 2 slashed, 3 withdrawn.
    status: u8,
    /// Empty for users and administrators.
    node_id: String,
    /// 1 user, 2 node, 3 administrator.
    stake_type: u8,
}

/// The right to slash. The publisher gets the only one.
public struct SlashCap has key, store {
    id: UID,
}

// === Events ===

public struct StakeEvent has copy, drop {
    record: ID,
    staker: address,
    amount: u64,
    stake_type: u8,
    node_id: String,
    locked_until: u64,
}

public struct UnstakeEvent has copy, drop {
    record: ID,
    staker: address,
    amount: u64,
}

public struct SlashEvent has copy, drop {
    record: ID,
    staker: address,
    node_id: String,
    /// What was taken, in MIST.
    amount: u64,
    /// What the record is still worth, in MIST.
    remaining: u64,
    reason: String,
}

fun init(ctx: &mut TxContext) {
    transfer::share_object(StakingPool {
        id: object::new(ctx),
        balance: balance::zero(),
        slashed: balance::zero(),
        total_staked: 0,
        total_slashed: 0,
        by_address: table::new(ctx),
        by_node: table::new(ctx),
    });
    transfer::transfer(SlashCap { id: object::new(ctx) }, ctx.sender());
}

// === Staking ===

/// Stakes the whole coin, at least 1 SUI, for a worker node, for 100 epochs. Shares a `StakeRecord`.
/// Aborts: EInsufficientStake, EInvalidNodeId, EAlreadyStaked (the sender or `node_id`).
public fun stake_for_node(
    pool: &mut StakingPool,
    payment: Coin<SUI>,
    node_id: String,
    ctx: &mut TxContext,
) {
    assert!(payment.value() >= MIN_NODE_STAKE, EInsufficientStake);
    assert!(is_dns_label(&node_id), EInvalidNodeId);
    assert!(!pool.by_node.contains(node_id), EAlreadyStaked);
    let record = stake(pool, payment, node_id, TYPE_NODE, NODE_LOCK, ctx);
    pool.by_node.add(node_id, record);
}

/// Stakes the whole coin, at least 0.5 SUI, as a user, for 10 epochs. Shares a `StakeRecord`.
/// Aborts: EInsufficientStake, EAlreadyStaked.
public fun stake_for_user(pool: &mut StakingPool, payment: Coin<SUI>, ctx: &mut TxContext) {
    assert!(payment.value() >= MIN_USER_STAKE, EInsufficientStake);
    stake(pool, payment, b"".to_string(), TYPE_USER, USER_LOCK, ctx);
}

/// Stakes the whole coin, at least 10 SUI, as an administrator, for 50 epochs. Shares a `StakeRecord`.
/// Aborts: EInsufficientStake, EAlreadyStaked.
public fun stake_for_admin(pool: &mut StakingPool, payment: Coin<SUI>, ctx: &mut TxContext) {
    assert!(payment.value() >= MIN_ADMIN_STAKE, EInsufficientStake);
    stake(pool, payment, b"".to_string(), TYPE_ADMIN, ADMIN_LOCK, ctx);
}

/// Gives an active stake back to its staker, who may stake again afterwards.
/// Aborts: ENotStaker, ELockedOrNotActive.
public fun withdraw_stake(
    pool: &mut StakingPool,
    record: &mut StakeRecord,
    ctx: &mut TxContext,
): Coin<SUI> {
    assert!(ctx.sender() == record.staker, ENotStaker);
    assert!(record.status == STATUS_ACTIVE, ELockedOrNotActive);
    close(pool, record, ctx)
}

// === Slashing ===

/// Takes a tenth of what is staked now and makes the stake inactive for good. May be repeated.
/// Aborts: ELockedOrNotActive (withdrawn).
public fun slash_stake(
    _cap: &SlashCap,
    pool: &mut StakingPool,
    record: &mut StakeRecord,
    reason: String,
    _ctx: &mut TxContext,
) {
    assert!(record.status != STATUS_WITHDRAWN, ELockedOrNotActive);
    let taken = record.amount / SLASH_DIVISOR;
    record.amount = record.amount - taken;
    record.status = STATUS_SLASHED;
    pool.total_staked = pool.total_staked - taken;
    pool.total_slashed = pool.total_slashed + taken;
    pool.slashed.join(pool.balance.split(taken));
    event::emit(SlashEvent {
        record: object::id(record),
        staker: record.staker,
        node_id: record.node_id,
        amount: taken,
        remaining: record.amount,
        reason,
    });
}

/// Pays what is left of a slashed stake to its staker, once its lock has ended. The address and the node id are free
/// again.
/// Aborts: ELockedOrNotActive.
public fun release_slashed_stake(
    _cap: &SlashCap,
    pool: &mut StakingPool,
    record: &mut StakeRecord,
    ctx: &mut TxContext,
) {
    assert!(record.status == STATUS_SLASHED, ELockedOrNotActive);
    let rest = close(pool, record, ctx);
    transfer::public_transfer(rest, record.staker);
}

/// All that was slashed and not swept before; a coin of 0 when there is nothing.
public fun sweep_slashed(_cap: &SlashCap, pool: &mut StakingPool, ctx: &mut TxContext): Coin<SUI> {
    coin::from_balance(pool.slashed.withdraw_all(), ctx)
}

// === Reading ===

public fun staker(record: &StakeRecord): address {
    record.staker
}

/// In MIST.
public fun amount(record: &StakeRecord): u64 {
    record.amount
}

/// Epoch.
public fun staked_at(record: &StakeRecord): u64 {
    record.staked_at
}

/// Epoch.
public fun locked_until(record: &StakeRecord): u64 {
    record.locked_until
}

public fun status(record: &StakeRecord): u8 {
    record.status
}

public fun node_id(record: &StakeRecord): String {
    record.node_id
}

public fun stake_type(record: &StakeRecord): u8 {
    record.stake_type
}

/// False from the moment the stake is slashed or withdrawn.
public fun is_active(record: &StakeRecord): bool {
    record.status == STATUS_ACTIVE
}

/// What the pool owes to stakers, in MIST.
public fun balance(pool: &StakingPool): u64 {
    pool.balance.value()
}

/// Slashed and not swept, in MIST.
public fun slashed_balance(pool: &StakingPool): u64 {
    pool.slashed.value()
}

public fun total_staked(pool: &StakingPool): u64 {
    pool.total_staked
}

public fun total_slashed(pool: &StakingPool): u64 {
    pool.total_slashed
}

/// The id of the record that the address has a stake in.
public fun record_of(pool: &StakingPool, staker: address): Option<ID> {
    if (pool.by_address.contains(staker)) option::some(pool.by_address[staker]) else option::none()
}

/// The id of the record that the node has a stake in.
public fun record_of_node(pool: &StakingPool, node_id: String): Option<ID> {
    if (pool.by_node.contains(node_id)) option::some(pool.by_node[node_id]) else option::none()
}

public fun type_user(): u8 {
    TYPE_USER
}

public fun type_node(): u8 {
    TYPE_NODE
}

public fun type_admin(): u8 {
    TYPE_ADMIN
}

/// The minimum of a kind of stake, in MIST.
public fun minimum_stake(stake_type: u8): u64 {
    if (stake_type == TYPE_ADMIN) MIN_ADMIN_STAKE
    else if (stake_type == TYPE_NODE) MIN_NODE_STAKE
    else MIN_USER_STAKE
}

// === Internals ===

fun stake(
    pool: &mut StakingPool,
    payment: Coin<SUI>,
    node_id: String,
    stake_type: u8,
    lock: u64,
    ctx: &mut TxContext,
): ID {
    let staker = ctx.sender();
    assert!(!pool.by_address.contains(staker), EAlreadyStaked);
    let amount = payment.value();
    let staked_at = ctx.epoch();
    let record = StakeRecord {
        id: object::new(ctx),
        staker,
        amount,
        staked_at,
        locked_until: staked_at + lock,
        status: STATUS_ACTIVE,
        node_id,
        stake_type,
    };
    let id = object::id(&record);
    pool.balance.join(payment.into_balance());
    pool.total_staked = pool.total_staked + amount;
    pool.by_address.add(staker, id);
    event::emit(StakeEvent {
        record: id,
        staker,
        amount,
        stake_type,
        node_id,
        locked_until: record.locked_until,
    });
    transfer::share_object(record);
    id
}

/// Ends a stake whose lock has ended, and answers what it was worth.
fun close(pool: &mut StakingPool, record: &mut StakeRecord, ctx: &mut TxContext): Coin<SUI> {
    assert!(ctx.epoch() >= record.locked_until, ELockedOrNotActive);
    let amount = record.amount;
    record.amount = 0;
    record.status = STATUS_WITHDRAWN;
    pool.total_staked = pool.total_staked - amount;
    pool.by_address.remove(record.staker);
    if (record.stake_type == TYPE_NODE) {
        pool.by_node.remove(record.node_id);
    };
    event::emit(UnstakeEvent { record: object::id(record), staker: record.staker, amount });
    coin::from_balance(pool.balance.split(amount), ctx)
}

/// DNS-1123 label: 1 to 63 of a-z, 0-9 and '-', with a letter or digit at both ends.
fun is_dns_label(text: &String): bool {
    let bytes = text.as_bytes();
    let n = bytes.length();
    if (n == 0 || n > MAX_LABEL_LENGTH) return false;
    let mut i = 0;
    while (i < n) {
        let c = bytes[i];
        let letter_or_digit = (c >= 97 && c <= 122) || (c >= 48 && c <= 57);
        let inner_dash = c == 45 && i > 0 && i + 1 < n;
        if (!letter_or_digit && !inner_dash) return false;
        i = i + 1;
    };
    true
}

#[test_only]
public fun init_for_testing(ctx: &mut TxContext) {
    init(ctx)
}

#[test_only]
public fun set_amount_for_testing(record: &mut StakeRecord, amount: u64) {
    record.amount = amount
}
